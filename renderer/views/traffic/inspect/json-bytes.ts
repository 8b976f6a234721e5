export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'literal'

/** A value of a JSON text, by its place in the bytes. */
export interface JsonNode {
  readonly kind: JsonKind
  readonly start: number
  /** One past its last byte; where the text stopped, for one that is not whole. */
  end: number
  /** Its key in an object, as text. */
  readonly key: string | null
  readonly children: JsonNode[]
  whole: boolean
}
export interface JsonReading {
  readonly root: JsonNode | null
  /** Where reading stopped, and why; null: it is a whole JSON text. */
  readonly stopped: { readonly at: number; readonly why: string } | null
}

const deepest = 400
const quote = 0x22
const backslash = 0x5c
class Stop extends Error {
  constructor(
    readonly at: number,
    why: string
  ) {
    super(why)
  }
}

/**
 * Reads JSON (RFC 8259) out of bytes, from `from` on. Values keep their place and nothing is converted, so that numbers are shown
 * exactly as sent. What was read before an error stays.
 */
export function readJson(bytes: Uint8Array, from = 0): JsonReading {
  const reader = new Reader(bytes, from)
  return reader.read()
}

/** The text of a string value, or of any value as it was sent. */
export function textOf(bytes: Uint8Array, node: Pick<JsonNode, 'kind' | 'start' | 'end'>): string {
  const raw = new TextDecoder().decode(bytes.subarray(node.start, node.end))
  return node.kind === 'string' ? unquoted(raw) : raw
}

function unquoted(raw: string): string {
  try {
    return JSON.parse(raw) as string
  } catch {
    return raw.slice(1)
  }
}

class Reader {
  readonly #bytes: Uint8Array
  #at: number
  #root: JsonNode | null = null

  constructor(bytes: Uint8Array, from: number) {
    this.#bytes = bytes
    this.#at = from
  }

  read(): JsonReading {
    try {
      this.#space()
      if (this.#at >= this.#bytes.length) throw new Stop(this.#at, 'there is no value')
      this.#value(null, null, 0)
      this.#space()
      if (this.#at < this.#bytes.length) throw new Stop(this.#at, 'something stands behind the value')
      return { root: this.#root, stopped: null }
    } catch (thrown) {
      if (!(thrown instanceof Stop)) throw thrown
      return { root: this.#root, stopped: { at: thrown.at, why: thrown.message } }
    }
  }

  #value(parent: JsonNode | null, key: string | null, depth: number): void {
    const byte = this.#bytes[this.#at]
    if (byte === undefined) throw new Stop(this.#at, 'the text ends here')
    if (depth > deepest) throw new Stop(this.#at, `nested deeper than ${deepest} levels`)
    const node: JsonNode = { kind: kindOf(byte), start: this.#at, end: this.#at, key, children: [], whole: false }
    // It stands in its parent before it is read, so that half a value is shown too; one that is nothing is taken out again.
    if (parent === null) this.#root = node
    else parent.children.push(node)
    try {
      this.#inside(node, depth)
      node.whole = true
    } catch (thrown) {
      const nothing = node.kind === 'literal' || node.kind === 'number'
      if (nothing && parent !== null) parent.children.pop()
      if (nothing && parent === null) this.#root = null
      throw thrown
    } finally {
      node.end = this.#at
    }
  }

  #inside(node: JsonNode, depth: number): void {
    if (node.kind === 'object') this.#members(node, depth)
    else if (node.kind === 'array') this.#items(node, depth)
    else if (node.kind === 'string') this.#string()
    else this.#word(node.kind)
  }

  #members(node: JsonNode, depth: number): void {
    this.#at++
    for (let first = true; !this.#closes(0x7d, first); first = false) {
      if (this.#bytes[this.#at] !== quote) throw new Stop(this.#at, this.#ended('a key in quotes was expected'))
      const start = this.#at
      this.#string()
      const key = textOf(this.#bytes, { kind: 'string', start, end: this.#at })
      this.#space()
      this.#sign(0x3a, 'a colon')
      this.#space()
      this.#value(node, key, depth + 1)
    }
  }

  #items(node: JsonNode, depth: number): void {
    this.#at++
    for (let first = true; !this.#closes(0x5d, first); first = false) this.#value(node, null, depth + 1)
  }

  /** Past the closing sign: true. Otherwise a comma (not before the first) is taken, and a value comes. */
  #closes(sign: number, first: boolean): boolean {
    this.#space()
    if (this.#bytes[this.#at] === sign) {
      this.#at++
      return true
    }
    if (!first) {
      this.#sign(0x2c, `a comma or ${String.fromCharCode(sign)}`)
      this.#space()
    }
    return false
  }

  #string(): void {
    for (let at = this.#at + 1; at < this.#bytes.length; at++) {
      const byte = this.#bytes[at] as number
      if (byte === backslash) at++
      else if (byte === quote) {
        this.#at = at + 1
        return
      } else if (byte < 0x20) {
        this.#at = at
        throw new Stop(at, 'a control character stands in a string')
      }
    }
    this.#at = this.#bytes.length
    throw new Stop(this.#at, 'the text ends in a string')
  }

  #word(kind: 'number' | 'literal'): void {
    const start = this.#at
    let end = start
    while (end < this.#bytes.length && isWordByte(this.#bytes[end] as number)) end++
    const word = String.fromCharCode(...this.#bytes.subarray(start, Math.min(end, start + 4096)))
    const fits = kind === 'literal' ? /^(?:true|false|null)$/ : /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
    if (!fits.test(word)) throw new Stop(start, this.#ended(`${JSON.stringify(word.slice(0, 20))} is no JSON value`))
    this.#at = end
  }

  #sign(sign: number, name: string): void {
    if (this.#bytes[this.#at] !== sign) throw new Stop(this.#at, this.#ended(`${name} was expected`))
    this.#at++
  }
  #ended(otherwise: string): string {
    return this.#at >= this.#bytes.length ? 'the text ends here' : otherwise
  }
  #space(): void {
    for (; ; this.#at++) {
      const byte = this.#bytes[this.#at]
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return
    }
  }
}

function kindOf(byte: number): JsonKind {
  if (byte === 0x7b) return 'object'
  if (byte === 0x5b) return 'array'
  if (byte === quote) return 'string'
  return byte === 0x2d || (byte >= 0x30 && byte <= 0x39) ? 'number' : 'literal'
}
function isWordByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x2b ||
    byte === 0x2d ||
    byte === 0x2e
  )
}
