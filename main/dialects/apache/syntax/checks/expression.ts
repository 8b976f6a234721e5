import { unknownName } from './expression-words.js'
import { compiles } from './pattern.js'

/** What httpd says of an expression that is true or false (`<If>`, `expr=`); null where it parses. */
export function expressionError(text: string): string | null {
  return attempt(() => new ExpressionReader(text).boolean())
}
/** What httpd says of a text with `%{…}` in it (`ErrorDocument`, `Require host`); null where it parses. */
export function stringExpressionError(text: string): string | null {
  return attempt(() => new ExpressionReader(text).string(null))
}

class Wrong extends Error {}
function attempt(read: () => void): string | null {
  try {
    read()
    return null
  } catch (thrown) {
    if (thrown instanceof Wrong) return thrown.message
    throw thrown
  }
}

const comparisons = /(?:==?|!=|<=?|>=?|-(?:eq|ne|ge|le|gt|lt)(?![a-zA-Z_0-9])|(?:eq|ne|ge|le|gt|lt)(?![a-zA-Z_0-9]))/y
const blanks = /[ \t\n]*/y
const name = /[a-zA-Z][a-zA-Z0-9_]*/y
const maxDepth = 200

/** A recursive descent over the grammar of util_expr_parse.y; the texts of a syntax error are not all httpd's. */
class ExpressionReader {
  readonly #text: string
  #at = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text
  }

  boolean(): void {
    this.#either()
    this.#skip()
    if (this.#at < this.#text.length) this.#unexpected()
  }

  /** Up to `end`, a quote or `}`; to the end of the text where that is null. */
  string(end: string | null): void {
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at] ?? ''
      if (char === end) return
      if (char === '\n') throw new Wrong('Unterminated string or variable')
      if (char === '\\') this.#escape()
      else if (this.#text.startsWith('%{', this.#at)) this.#variable()
      else this.#at++
    }
    if (end !== null) throw new Wrong('syntax error, unexpected $end: Unterminated string or variable')
  }

  #either(): void {
    if (++this.#depth > maxDepth) throw new Wrong('memory exhausted')
    do this.#term()
    while (this.#take(/&&|\|\||(?:and|or)(?![a-zA-Z0-9_])/y) !== null)
    this.#depth--
  }

  #term(): void {
    if (this.#take(/!(?![~=])|not(?![a-zA-Z0-9_])/y) !== null) return this.#nested(() => this.#term())
    if (this.#take(/(?:true|false)(?![a-zA-Z0-9_])/y) !== null) return
    if (this.#take(/\(/y) !== null) return this.#nested(() => this.#parenthesis())
    const unary = this.#take(/-[a-zA-Z_](?![a-zA-Z0-9_])/y)
    if (unary === null) return this.#comparison()
    this.#word()
    this.#known(unknownName.unary(unary.slice(1)))
  }
  #nested(read: () => void): void {
    if (++this.#depth > maxDepth) throw new Wrong('memory exhausted')
    read()
    this.#depth--
  }
  #parenthesis(): void {
    this.#either()
    if (this.#take(/\)/y) === null) this.#unexpected()
  }

  #comparison(): void {
    this.#word()
    if (this.#take(/=~|!~/y) !== null) return this.#pattern()
    if (this.#take(/(?:-in|in)(?![a-zA-Z0-9_])/y) !== null) return this.#list()
    if (this.#take(comparisons) !== null) return this.#word()
    const binary = this.#take(/-[a-zA-Z_][a-zA-Z_0-9]+/y)
    if (binary === null) this.#unexpected()
    this.#word()
    this.#known(unknownName.binary(binary.slice(1)))
  }

  #word(): void {
    do this.#part()
    while (this.#take(/\./y) !== null)
  }

  #part(): void {
    const quote = this.#take(/["']/y)
    if (quote !== null) return this.#quoted(quote)
    if (this.#take(/-?\d+|\$\d/y) !== null) return
    this.#skip()
    if (this.#text.startsWith('%{', this.#at)) return this.#variable()
    const called = this.#take(name)
    if (called === null) this.#unexpected()
    this.#call(called, unknownName.function)
  }
  #quoted(quote: string): void {
    this.string(quote)
    this.#at++
  }

  #call(called: string, unknown: (name: string) => string | null): void {
    if (this.#take(/\(/y) === null) this.#unexpected()
    this.#nested(() => this.#word())
    if (this.#take(/\)/y) === null) this.#unexpected()
    this.#known(unknown(called))
  }

  #list(): void {
    if (this.#take(/\{/y) === null) return this.#call(this.#take(name) ?? this.#unexpected(), unknownName.list)
    do this.#word()
    while (this.#take(/,/y) !== null)
    if (this.#take(/\}/y) === null) this.#unexpected()
  }

  #pattern(): void {
    const found = this.#take(/(?:m([/#$%^,;:_?|\-!.'"])|(\/))/y) ?? this.#unexpected()
    const end = this.#text.indexOf(found.slice(-1), this.#at)
    if (end === -1) throw new Wrong('syntax error, unexpected $end, expecting T_REGEX or T_REGEX_I')
    const pattern = this.#text.slice(this.#at, end)
    this.#at = end + 1
    if (this.#text[this.#at] === 'i') this.#at++
    if (!compiles(pattern)) throw new Wrong('Failed to compile regular expression')
  }

  /** `%{NAME}` or `%{function:text}`. */
  #variable(): void {
    this.#at += 2
    name.lastIndex = this.#at
    const found = name.exec(this.#text)?.[0]
    if (found === undefined) this.#badVariable()
    this.#at += found.length
    const isCall = this.#text[this.#at] === ':'
    if (isCall) this.#argument()
    if (this.#text[this.#at] !== '}') this.#badVariable()
    this.#at++
    this.#known(isCall ? unknownName.function(found) : unknownName.variable(found))
  }
  #argument(): void {
    this.#at++
    if (this.#text[this.#at] === '}') this.#unexpected()
    this.#nested(() => this.string('}'))
  }
  #badVariable(): never {
    const char = this.#text[this.#at]
    if (char === undefined || char === '\n') throw new Wrong('Unterminated string or variable')
    throw new Wrong(`Invalid character in variable name '${char}'`)
  }

  #escape(): void {
    const digits = /\\(\d+)/y
    digits.lastIndex = this.#at
    const number = digits.exec(this.#text)?.[1]
    if (number !== undefined && !/^[0-7]{1,3}$/.test(number)) throw new Wrong('Bad escape sequence')
    this.#at += number === undefined ? 2 : 1 + number.length
  }

  #known(error: string | null): void {
    if (error !== null) throw new Wrong(error)
  }
  #unexpected(): never {
    this.#skip()
    const char = this.#text[this.#at]
    throw new Wrong(char === undefined ? 'syntax error, unexpected $end' : `syntax error, unexpected '${char}'`)
  }
  #skip(): void {
    blanks.lastIndex = this.#at
    this.#at += blanks.exec(this.#text)?.[0].length ?? 0
  }
  /** Blanks, then what `wanted` (sticky) finds; null and no step where it finds nothing. */
  #take(wanted: RegExp): string | null {
    this.#skip()
    wanted.lastIndex = this.#at
    const found = wanted.exec(this.#text)?.[0]
    if (found === undefined || found === '') return null
    this.#at += found.length
    return found
  }
}
