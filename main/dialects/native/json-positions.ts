import { isUtf8 } from 'node:buffer'
import type { Finding, Span } from '../../../shared/trace.js'

/** A JSON value with the place where it stands (RFC 8259). Strings are UTF-8 bytes, one char a byte, as fields on the wire are. */
export type JsonNode = JsonObject | JsonArray | JsonScalar
export interface JsonObject {
  readonly kind: 'object'
  readonly members: readonly JsonMember[]
  readonly span: Span
}
export interface JsonMember {
  readonly name: string
  readonly nameSpan: Span
  readonly value: JsonNode
}
export interface JsonArray {
  readonly kind: 'array'
  readonly items: readonly JsonNode[]
  readonly span: Span
}
export interface JsonScalar {
  readonly kind: 'string' | 'number' | 'boolean' | 'null'
  readonly value: string | number | boolean | null
  readonly span: Span
}

/** A config is a few hundred lines; what is larger is another file. */
const maxJsonBytes = 4 * 1024 * 1024
export const maxJsonDepth = 64

/**
 * Reads a JSON text and keeps where each value stands. The first error of syntax ends it: `root` is null and the finding
 * says what was expected there. A name that stands twice in one object is a finding too, and the first one counts.
 *
 * @param text as read from a file in latin1; a text that was decoded already is taken as well
 */
export function readJson(text: string, file: string): { readonly root: JsonNode | null; readonly findings: readonly Finding[] } {
  const bytes = holdsUtf8(text) ? text : bytesOf(text)
  const reader = new JsonReader(bytes, file)
  try {
    return { root: reader.whole(), findings: reader.findings }
  } catch (thrown) {
    if (!(thrown instanceof SyntaxFault)) throw thrown
    return { root: null, findings: [...reader.findings, thrown.finding] }
  }
}

/** Leaves the descent at the first error; never leaves this file. */
class SyntaxFault extends Error {
  readonly finding: Finding
  constructor(finding: Finding) {
    super(finding.message)
    this.finding = finding
  }
}

const blank = /[ \t\r\n]*/y
const plainChars = /[^"\\\u0000-\u001f]*/y
const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const word = /[A-Za-z_][A-Za-z0-9_]*/y
const escapes: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }
const words: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null }
const byteOrderMark = '\xef\xbb\xbf'

class JsonReader {
  readonly findings: Finding[] = []
  readonly #text: string
  readonly #file: string
  readonly #lineStarts: readonly number[]
  /** Where bytes stand that follow the first of a character. */
  readonly #followers: readonly number[]
  #at = 0
  #depth = 0

  constructor(text: string, file: string) {
    this.#text = text
    this.#file = file
    this.#lineStarts = lineStartsOf(text)
    this.#followers = followersOf(text)
  }

  whole(): JsonNode {
    if (this.#text.length > maxJsonBytes) this.#fail(`This file is larger than ${maxJsonBytes} bytes.`, 0, 1)
    if (this.#text.startsWith(byteOrderMark)) this.#at = byteOrderMark.length
    this.#skipBlank()
    const root = this.#value()
    this.#skipBlank()
    if (this.#at < this.#text.length) this.#expected('the end of the file')
    return root
  }

  #value(): JsonNode {
    const start = this.#at
    const char = this.#text[start]
    if (char === '{') return this.#nested(() => this.#object(start))
    if (char === '[') return this.#nested(() => this.#array(start))
    if (char === '"') return this.#scalar('string', this.#string(), start)
    if (char !== undefined && /[-0-9]/.test(char)) return this.#number(start)
    return this.#word(start)
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > maxJsonDepth) this.#fail(`Values stand more than ${maxJsonDepth} deep in each other.`, this.#at, this.#at + 1)
    const node = read()
    this.#depth--
    return node
  }

  #object(start: number): JsonObject {
    const members = new Map<string, JsonMember>()
    this.#list('}', () => {
      const nameAt = this.#at
      if (this.#text[nameAt] !== '"') this.#expected('a name in double quotes')
      const name = this.#string()
      const nameSpan = this.#span(nameAt, this.#at)
      this.#skipBlank()
      this.#take(':', `a colon after "${name}"`)
      const member = { name, nameSpan, value: this.#value() }
      if (members.has(name)) this.#twice(name, nameSpan, members.get(name) as JsonMember)
      else members.set(name, member)
    })
    return { kind: 'object', members: [...members.values()], span: this.#span(start, this.#at) }
  }

  #array(start: number): JsonArray {
    const items: JsonNode[] = []
    this.#list(']', () => items.push(this.#value()))
    return { kind: 'array', items, span: this.#span(start, this.#at) }
  }

  /** From the opening bracket through the closing one. */
  #list(close: ']' | '}', item: () => void): void {
    this.#at++
    this.#skipBlank()
    if (this.#text[this.#at] === close) {
      this.#at++
      return
    }
    for (;;) {
      item()
      this.#skipBlank()
      if (this.#text[this.#at] === close) break
      this.#take(',', `a comma or ${close}`)
      if (this.#text[this.#at] === close) this.#expected(`another item, since a comma stands before ${close}`)
    }
    this.#at++
  }

  #string(): string {
    const start = this.#at
    let text = ''
    this.#at++
    for (;;) {
      text += this.#match(plainChars)
      const char = this.#text[this.#at]
      if (char === '"') break
      if (char === '\\') text += this.#escape()
      else if (char === undefined || char === '\n' || char === '\r') this.#fail('This string has no closing quote.', start, this.#at)
      else this.#fail('A control character in a string must be written as an escape, such as \\t.', this.#at, this.#at + 1)
    }
    this.#at++
    return text
  }

  #escape(): string {
    const start = this.#at
    const kind = this.#text[start + 1] ?? ''
    this.#at += 2
    const plain = escapes[kind]
    if (plain !== undefined) return plain
    if (kind !== 'u') this.#fail(`\\${kind} is no escape of JSON.`, start, this.#at)
    const unit = this.#hex(start)
    // A pair of surrogates is one character (RFC 8259 §7); one alone cannot be said in UTF-8.
    const pair = unit >= 0xd800 && unit < 0xdc00 && /^\\u[dD][c-fC-F]/.test(this.#text.slice(this.#at, this.#at + 4))
    if (!pair) return bytesOf(String.fromCharCode(unit))
    this.#at += 2
    return bytesOf(String.fromCharCode(unit, this.#hex(start)))
  }

  #hex(start: number): number {
    const digits = this.#text.slice(this.#at, this.#at + 4)
    if (!/^[0-9A-Fa-f]{4}$/.test(digits)) this.#fail('\\u must be followed by four hexadecimal digits.', start, this.#at)
    this.#at += 4
    return parseInt(digits, 16)
  }

  #number(start: number): JsonScalar {
    const digits = this.#match(number)
    if (digits === '' || /[0-9A-Za-z.]/.test(this.#text[this.#at] ?? '')) this.#fail('This is no number of JSON.', start, this.#at + 1)
    return this.#scalar('number', Number(digits), start)
  }

  #word(start: number): JsonScalar {
    if (this.#text.startsWith('//', start) || this.#text.startsWith('/*', start)) this.#fail('JSON has no comments.', start, start + 2)
    const found = this.#match(word)
    const value = Object.hasOwn(words, found) ? words[found] : undefined
    if (value === undefined) {
      this.#at = start
      this.#expected('a value')
    }
    return this.#scalar(value === null ? 'null' : 'boolean', value, start)
  }

  #scalar(kind: JsonScalar['kind'], value: JsonScalar['value'], start: number): JsonScalar {
    return { kind, value, span: this.#span(start, this.#at) }
  }

  #take(char: string, what: string): void {
    if (this.#text[this.#at] !== char) this.#expected(what)
    this.#at++
    this.#skipBlank()
  }

  #skipBlank(): void {
    this.#match(blank)
    if (this.#text.startsWith('//', this.#at) || this.#text.startsWith('/*', this.#at)) {
      this.#fail('JSON has no comments.', this.#at, this.#at + 2)
    }
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0] ?? ''
    this.#at += found.length
    return found
  }

  #twice(name: string, span: Span, first: JsonMember): void {
    const message = `"${name}" stands here for the second time; the first is on line ${first.nameSpan.line}.`
    this.findings.push({ code: 'duplicate-key', severity: 'error', message, span, routing: false })
  }

  #expected(what: string): never {
    const found = this.#at >= this.#text.length ? 'the file ends' : `${JSON.stringify(this.#text[this.#at])} stands`
    return this.#fail(`Here ${found}, where ${what} is expected.`, this.#at, this.#at + 1)
  }

  #fail(message: string, start: number, end: number): never {
    throw new SyntaxFault({ code: 'json-syntax', severity: 'error', message, span: this.#span(start, end), routing: false })
  }

  #span(start: number, end: number): Span {
    const from = this.#place(start)
    const to = this.#place(end)
    return { file: this.#file, line: from.line, column: from.column, endLine: to.line, endColumn: to.column }
  }

  #place(offset: number): { readonly line: number; readonly column: number } {
    const line = countBelow(this.#lineStarts, offset + 1)
    const lineStart = this.#lineStarts[line - 1] as number
    const followers = countBelow(this.#followers, offset) - countBelow(this.#followers, lineStart)
    return { line, column: offset - lineStart - followers + 1 }
  }
}

/** How many of the sorted `offsets` are less than `limit`: a file may be one long line, so nothing is counted twice. */
function countBelow(offsets: readonly number[], limit: number): number {
  let low = 0
  let high = offsets.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((offsets[middle] as number) < limit) low = middle + 1
    else high = middle
  }
  return low
}

function lineStartsOf(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** A column is a character, whose following bytes in UTF-8 are 0x80 to 0xbf. */
function followersOf(text: string): number[] {
  const followers: number[] = []
  const follower = /[\x80-\xbf]/g
  while (follower.test(text)) followers.push(follower.lastIndex - 1)
  return followers
}

/** Whether each char is a byte, and the bytes are UTF-8: what has been decoded hardly ever looks like that. */
function holdsUtf8(text: string): boolean {
  if (/[^\x00-\xff]/.test(text)) return false
  return !/[\x80-\xff]/.test(text) || isUtf8(Buffer.from(text, 'latin1'))
}

function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}
