/**
 * A pattern of PCRE as a RegExp, or null where this engine has no equal. Options at the start (`(?i)`) become flags; `\A`,
 * `\z`, `\Z`, `\h` and POSIX classes are put into words that both know. Strings are latin1.
 */
export function fromPcre(pattern: string, options: { ignoreCase?: boolean } = {}): RegExp | null {
  let flags = options.ignoreCase === true ? 'i' : ''
  const inline = /^\(\?([ismx]+)\)/.exec(pattern)
  if (inline !== null) {
    if (inline[1]?.includes('x') === true) return null
    for (const flag of inline[1] as string) if (!flags.includes(flag)) flags += flag
    pattern = pattern.slice(inline[0].length)
  }
  try {
    const ours = rewritten(pattern)
    return ours === null ? null : new RegExp(ours, flags)
  } catch {
    return null
  }
}

const words: Readonly<Record<string, string>> = {
  A: '^',
  z: '$',
  Z: '$',
  h: '[ \\t]',
  H: '[^ \\t]',
  R: '(?:\\r\\n|\\n|\\r)',
  e: '\\x1b',
  a: '\\x07'
}
/** The same inside of brackets, where a set cannot stand in another. */
const members: Readonly<Record<string, string>> = { h: ' \\t', e: '\\x1b', a: '\\x07' }
/** Escapes that a RegExp takes for plain letters. */
const otherMeaning = /^\\(?:[QEKGNCXgopP]|x\{)/
const classes: Readonly<Record<string, string>> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  digit: '0-9',
  xdigit: 'A-Fa-f0-9',
  lower: 'a-z',
  upper: 'A-Z',
  space: '\\s',
  punct: '!-\\/:-@\\[-`{-~',
  word: '\\w',
  print: ' -~',
  graph: '!-~',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f'
}

/** What is read at once: outside of brackets (a bracket right behind the first is a member in PCRE, the end here) and inside. */
const outside = /\\x\{|\\[^]?|\(\?P<|\[\^?\]?|[^]/y
const inside = /\\x\{|\\[^]?|\[:\^?\w+:\]|[^]/y

/** null: something in it has another meaning here. */
function rewritten(pattern: string): string | null {
  let out = ''
  let inSet = false
  for (let at = 0; at < pattern.length;) {
    const next: RegExp = inSet ? inside : outside
    next.lastIndex = at
    const piece = (next.exec(pattern) as RegExpExecArray)[0]
    const ours = otherMeaning.test(piece) ? null : inSet ? memberOf(piece) : pieceOf(piece)
    if (ours === null) return null
    out += ours
    at += piece.length
    inSet = inSet ? piece !== ']' : piece.startsWith('[')
  }
  return out
}

function pieceOf(piece: string): string {
  if (piece.startsWith('\\')) return words[piece.slice(1)] ?? piece
  if (piece === '(?P<') return '(?<'
  return piece.startsWith('[') ? piece.replace(']', '\\]') : piece
}

function memberOf(piece: string): string | null {
  if (piece.startsWith('\\')) return members[piece.slice(1)] ?? (/[HR]/.test(piece) ? null : piece)
  return piece.startsWith('[:') ? (classes[piece.slice(2, -2)] ?? null) : piece
}

/** A substitution as httpd fills it in (ap_pregsub): `$0`…`$9`; a backslash makes the next char an ordinary one. */
export function substitute(template: string, match: readonly (string | undefined)[]): string {
  if (!template.includes('$') && !template.includes('\\')) return template
  return template.replace(
    /\\([^])|\$([0-9])/g,
    (_, escaped: string | undefined, digit: string | undefined) => escaped ?? match[Number(digit)] ?? ''
  )
}
