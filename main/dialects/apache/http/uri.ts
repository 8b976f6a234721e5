/** Outcome of cleaning a path: the path, or the status that httpd answers with. */
export type Cleaned = string | 400 | 404

/**
 * Nothing to clean: no escape, no empty, `.` or `..` segment. Looked at char by char, as almost every path is like that.
 */
export function isClean(path: string): boolean {
  if (path.charCodeAt(0) !== slash) return false
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i)
    if (code === percent) return false
    if (code === slash && i + 1 < path.length) {
      const next = path.charCodeAt(i + 1)
      if (next === slash || next === dot) return false
    }
  }
  return true
}
const slash = 0x2f
const dot = 0x2e
const percent = 0x25

export interface CleanOptions {
  readonly mergeSlashes: boolean
  readonly encodedSlashes: 'off' | 'on' | 'nodecode'
}

/** Decodes and cleans a path as httpd does before it maps it: unreserved chars, then `/./` `/../` `//`, then the other escapes. */
export function cleaned(path: string, options: CleanOptions): Cleaned {
  if (isClean(path)) return path
  const decoded = decodeUnreserved(path)
  if (decoded === null) return 400
  const normal = normalized(decoded, options.mergeSlashes)
  if (normal === null) return 400
  const unescaped = unescape(normal, options.encodedSlashes)
  if (typeof unescaped === 'number' || options.encodedSlashes !== 'on') return unescaped
  return normalized(unescaped, options.mergeSlashes) ?? 400
}

/** RFC 3986 §2.3: letters, digits, `-` `.` `_` `~`. null: a broken escape. */
function decodeUnreserved(path: string): string | null {
  if (!path.includes('%')) return path
  if (/%(?![0-9A-Fa-f]{2})/.test(path)) return null
  return path.replace(/%([0-9A-Fa-f]{2})/g, (whole, hex: string) => {
    const char = String.fromCharCode(Number.parseInt(hex, 16))
    return /[A-Za-z0-9\-._~]/.test(char) ? char : whole
  })
}

/** null: above the root. */
function normalized(path: string, mergeSlashes: boolean): string | null {
  if (!path.startsWith('/')) return path === '*' ? path : null
  const out: string[] = []
  const segments = path.slice(1).split('/')
  for (const [i, segment] of segments.entries()) {
    const last = i === segments.length - 1
    if (segment === '.') {
      if (last) out.push('')
    } else if (segment === '..') {
      if (out.length === 0) return null
      out.pop()
      if (last) out.push('')
    } else if (segment !== '' || last || !mergeSlashes) out.push(segment)
  }
  return `/${out.join('/')}`
}

function unescape(path: string, slashes: CleanOptions['encodedSlashes']): Cleaned {
  let bad: 400 | 404 | 0 = 0
  const text = path.replace(/%([0-9A-Fa-f]{2})/g, (whole, hex: string) => {
    const code = Number.parseInt(hex, 16)
    if (code === 0 || (code === slash && slashes === 'off')) bad = 404
    return code === slash && slashes === 'nodecode' ? whole : String.fromCharCode(code)
  })
  return bad === 0 ? text : bad
}

/** Chars that stand unescaped in a path sent to an origin (ap_proxy_canonenc, enc_path), `/` among them. */
const proxyPathChars = charTable("~$-_.+!*'(),;:@&=/")
/** Chars that mod_alias and redirects leave as they are (ap_os_escape_path). */
const osPathChars = charTable("$-_.+!*'(),:@&=/~")

function charTable(marks: string): Uint8Array {
  const table = new Uint8Array(256)
  for (const char of `ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789${marks}`) table[char.charCodeAt(0)] = 1
  return table
}

/** `keepEscapedSlash`: `%2F` was left as it is and stays so. */
export function escapeForOrigin(path: string, keepEscapedSlash: boolean): string {
  return escaped(path, proxyPathChars, keepEscapedSlash ? 'slash' : 'none', true)
}
export function escapePath(path: string): string {
  return escaped(path, osPathChars, 'none', false)
}

function escaped(path: string, allowed: Uint8Array, keep: 'slash' | 'none', upper: boolean): string {
  let i = 0
  while (i < path.length && allowed[path.charCodeAt(i) & 255] === 1) i++
  if (i === path.length) return path
  let out = path.slice(0, i)
  for (; i < path.length; i++) {
    const code = path.charCodeAt(i) & 255
    if (allowed[code] === 1) out += path[i] as string
    else if (keep === 'slash' && /^%2f/i.test(path.slice(i, i + 3))) {
      out += path.slice(i, i + 3)
      i += 2
    } else {
      const hex = code.toString(16).padStart(2, '0')
      out += `%${upper ? hex.toUpperCase() : hex}`
    }
  }
  return out
}
