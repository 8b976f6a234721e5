/** A request as a person asks about it. */
export interface Asked {
  readonly method: string
  readonly url: string
  readonly fields: readonly (readonly [name: string, value: string])[]
  readonly upgrade: boolean
}

/**
 * Reads a `curl` command line, as browsers copy it: the method, the URL and the fields. What else it says (proxies, files,
 * output) decides nothing here.
 *
 * @returns null: it is no curl command, or has no URL
 */
export function readCurl(line: string): Asked | null {
  const words = shellWords(line)
  const at = words.findIndex((word) => /(?:^|[/\\])curl(?:\.exe)?$/i.test(word))
  if (at < 0 || at > 1) return null
  const found = new CurlReader(words.slice(at + 1)).read()
  return found.url === '' ? null : found
}

/** Options that take a word, and mean nothing here. */
const skipped = new Set(
  (
    '-o --output -w --write-out -x --proxy -c --cookie-jar -m --max-time --connect-timeout --resolve --connect-to --cacert --capath ' +
    '-E --cert --key --ciphers --interface --retry -T --upload-file -F --form --limit-rate -C --continue-at -K --config --cert-type ' +
    '--key-type --pass --tls-max --dns-servers --noproxy --unix-socket --max-redirs'
  ).split(' ')
)

class CurlReader {
  readonly #words: string[]
  readonly #fields: [string, string][] = []
  #method = ''
  #url = ''
  #body: string | null = null
  #head = false
  #get = false

  constructor(words: readonly string[]) {
    this.#words = [...words]
  }

  read(): Asked {
    for (let word = this.#words.shift(); word !== undefined; word = this.#words.shift()) this.#take(word)
    const hasBody = this.#body !== null && !this.#get
    if (hasBody) this.#default('Content-Type', 'application/x-www-form-urlencoded')
    if (hasBody) this.#default('Content-Length', String(new TextEncoder().encode(this.#body ?? '').length))
    const method = this.#method !== '' ? this.#method : this.#head ? 'HEAD' : hasBody ? 'POST' : 'GET'
    const query = this.#get && this.#body !== null ? (this.#url.includes('?') ? '&' : '?') + this.#body : ''
    const upgrade = this.#fields.some(([name, value]) => /^upgrade$/i.test(name) && /websocket/i.test(value))
    return { method, url: withScheme(this.#url) + query, fields: this.#fields, upgrade: upgrade || /^wss?:/i.test(this.#url) }
  }

  #take(word: string): void {
    if (!word.startsWith('-') || word === '-') this.#url ||= word
    else if (word.startsWith('--')) this.#long(word)
    else this.#short(word)
  }

  #long(word: string): void {
    const equals = word.indexOf('=')
    if (equals < 0) return this.#option(word, () => this.#words.shift() ?? '')
    this.#option(word.slice(0, equals), () => word.slice(equals + 1))
  }
  /** `-XPOST`, `-H 'A: b'`, and several at once, `-sSk`. */
  #short(word: string): void {
    for (let at = 1; at < word.length; at++) {
      const name = `-${word[at]}`
      let took = false
      this.#option(name, () => {
        took = true
        const rest = word.slice(at + 1)
        return rest === '' ? (this.#words.shift() ?? '') : rest
      })
      if (took) return
    }
  }

  #option(name: string, value: () => string): void {
    switch (name) {
      case '-X':
      case '--request':
        this.#method = value().toUpperCase()
        return
      case '--url':
        this.#url ||= value()
        return
      case '-H':
      case '--header':
        return this.#header(value())
      case '-A':
      case '--user-agent':
        return this.#add('User-Agent', value())
      case '-e':
      case '--referer':
        return this.#add('Referer', value())
      case '-b':
      case '--cookie':
        return this.#add('Cookie', value())
      case '-u':
      case '--user':
        return this.#add('Authorization', `Basic ${base64(value())}`)
      case '-d':
      case '--data':
      case '--data-raw':
      case '--data-ascii':
      case '--data-binary':
      case '--data-urlencode':
        this.#body = this.#body === null ? value() : `${this.#body}&${value()}`
        return
      case '--json':
        this.#body = (this.#body ?? '') + value()
        this.#default('Content-Type', 'application/json')
        return this.#default('Accept', 'application/json')
      case '-G':
      case '--get':
        this.#get = true
        return
      case '-I':
      case '--head':
        this.#head = true
        return
      case '--compressed':
        return this.#default('Accept-Encoding', 'deflate, gzip, br, zstd')
      default:
        if (skipped.has(name)) value()
    }
  }

  /** `Name: value`; `Name;` is a field without a value, `Name:` takes one away. */
  #header(line: string): void {
    const at = line.indexOf(':')
    if (at < 0) return line.endsWith(';') ? this.#add(line.slice(0, -1), '') : undefined
    const value = line.slice(at + 1).trim()
    // HTTP/2's own fields stand for parts of the URL.
    if (at > 0 && value !== '') this.#add(line.slice(0, at).trim(), value)
  }
  #add(name: string, value: string): void {
    if (name !== '') this.#fields.push([name, value])
  }
  #default(name: string, value: string): void {
    if (!this.#fields.some(([own]) => own.toLowerCase() === name.toLowerCase())) this.#add(name, value)
  }
}

function withScheme(url: string): string {
  return url === '' || /^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `http://${url}`
}
function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)))
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

/** The words of a POSIX command line: quotes, `$'…'`, backslashes, lines that go on. cmd.exe's carets go, too. */
export function shellWords(line: string): string[] {
  const words: string[] = []
  let word: string | null = null
  const text = /\^\r?\n|\^"/.test(line) ? line.replace(/\^(\r?\n|.)/g, (_, char: string) => (char.endsWith('\n') ? ' ' : char)) : line
  for (let at = 0; at < text.length;) {
    const part = /^(?:\\\r?\n|\s+)/.exec(text.slice(at))?.[0]
    if (part !== undefined) {
      if (word !== null && !part.startsWith('\\')) words.push(word)
      if (!part.startsWith('\\')) word = null
      at += part.length
      continue
    }
    const piece = quotedPiece(text, at)
    word = (word ?? '') + piece.text
    at += piece.length
  }
  return word === null ? words : [...words, word]
}

function quotedPiece(text: string, at: number): { readonly text: string; readonly length: number } {
  const rest = text.slice(at)
  const single = /^'([^']*)'?/.exec(rest)
  if (single !== null) return { text: single[1] ?? '', length: single[0].length }
  const ansi = /^\$'((?:[^'\\]|\\[\s\S])*)'?/.exec(rest)
  if (ansi !== null) return { text: unescaped(ansi[1] ?? ''), length: ansi[0].length }
  const double = /^"((?:[^"\\]|\\[\s\S])*)"?/.exec(rest)
  if (double !== null) return { text: (double[1] ?? '').replace(/\\(["\\$`])/g, '$1').replace(/\\\n/g, ''), length: double[0].length }
  if (rest.startsWith('\\')) return { text: rest.slice(1, 2), length: 2 }
  const plain = /^[^\s'"\\$]+/.exec(rest)?.[0] ?? rest.slice(0, 1)
  return { text: plain, length: plain.length }
}

function unescaped(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([\s\S]))/g, (_, unicode?: string, hex?: string, char?: string) => {
    const code = unicode ?? hex
    return code === undefined ? (escapes[char ?? ''] ?? char ?? '') : String.fromCharCode(Number.parseInt(code, 16))
  })
}
