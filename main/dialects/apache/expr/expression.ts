import { addressBytes, holds, network } from '../authz/network.js'
import { fnmatch } from '../core/fnmatch.js'
import { variable } from '../headers/variables.js'
import { fromPcre } from '../http/regex.js'
import type { Request } from '../request/request.js'
import { scan, type Token } from './scanner.js'

/** A condition of ap_expr, compiled. `groups`: what the last pattern that matched has captured. */
export type Condition = (r: Request, groups: Groups) => boolean
type Word = (r: Request, groups: Groups) => string
interface Groups {
  last: readonly (string | undefined)[]
}

/** Tells whether a condition holds. */
export function holdsFor(r: Request, condition: Condition): boolean {
  return condition(r, { last: [] })
}

/** null: not a condition, or one with a function or test that is not modelled. */
export function compileCondition(text: string): Condition | null {
  const tokens = scan(text)
  if (tokens === null || tokens.length > mostTokens) return null
  try {
    const parser = new Parser(tokens)
    const condition = parser.or(0)
    return parser.done ? condition : null
  } catch (thrown) {
    if (thrown instanceof NotModelled) return null
    throw thrown
  }
}
const mostTokens = 2000
const deepest = 100
class NotModelled extends Error {}

/** `||` binds loosest, then `&&`, then `!`. */
class Parser {
  readonly #tokens: readonly Token[]
  #at = 0
  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }
  get done(): boolean {
    return this.#at === this.#tokens.length
  }

  or(depth: number): Condition {
    if (depth > deepest) throw new NotModelled()
    let left = this.#and(depth)
    while (this.#takes('||')) {
      const [a, b] = [left, this.#and(depth)]
      left = (r, groups) => a(r, groups) || b(r, groups)
    }
    return left
  }

  #and(depth: number): Condition {
    let left = this.#not(depth)
    while (this.#takes('&&')) {
      const [a, b] = [left, this.#not(depth)]
      left = (r, groups) => a(r, groups) && b(r, groups)
    }
    return left
  }

  #not(depth: number): Condition {
    if (this.#takes('!')) {
      const inner = this.#not(depth + 1)
      return (r, groups) => !inner(r, groups)
    }
    if (this.#takes('(')) {
      const inner = this.or(depth + 1)
      this.#must(')')
      return inner
    }
    return this.#test()
  }

  #test(): Condition {
    const first = this.#tokens[this.#at]
    if (first?.kind === 'name' && (first.text === 'true' || first.text === 'false')) {
      this.#at++
      return () => first.text === 'true'
    }
    if (first?.kind === 'operator' && first.text.startsWith('-')) {
      this.#at++
      return unary(first.text, this.#word())
    }
    return this.#comparison(this.#word())
  }

  #comparison(left: Word): Condition {
    const operator = this.#tokens[this.#at++]
    if (operator === undefined) throw new NotModelled()
    const name = operator.text.replace(/^-/, '').toLowerCase()
    if (operator.text === '=~' || operator.text === '!~') return this.#match(left, operator.text === '!~')
    if (name === 'in') return this.#list(left)
    const make = comparisons[operator.kind === 'operator' && !operator.text.startsWith('-') ? operator.text : name]
    if (make === undefined) throw new NotModelled()
    const right = this.#word()
    return (r, groups) => make(left(r, groups), right(r, groups))
  }

  #match(left: Word, not: boolean): Condition {
    const token = this.#tokens[this.#at++]
    const pattern =
      token?.kind === 'pattern' || token?.kind === 'string' ? fromPcre(token.text, { ignoreCase: token.flags.includes('i') }) : null
    if (pattern === null) throw new NotModelled()
    return (r, groups) => {
      const match = pattern.exec(left(r, groups))
      if (match !== null) groups.last = match
      return (match !== null) !== not
    }
  }

  #list(left: Word): Condition {
    this.#must('{')
    const words = [this.#word()]
    while (this.#takes(',')) words.push(this.#word())
    this.#must('}')
    return (r, groups) => words.some((word) => word(r, groups) === left(r, groups))
  }

  #word(): Word {
    let word = this.#part()
    while (this.#takes('.')) {
      const [a, b] = [word, this.#part()]
      word = (r, groups) => a(r, groups) + b(r, groups)
    }
    return word
  }

  #part(): Word {
    const token = this.#tokens[this.#at++]
    switch (token?.kind) {
      case 'string':
        return interpolated(token.text)
      case 'number':
        return () => token.text
      case 'variable':
        return readable(token.text)
      case 'backref':
        return (_, groups) => groups.last[Number(token.text)] ?? ''
      case 'name':
        return this.#function(token.text.toLowerCase())
      default:
        throw new NotModelled()
    }
  }

  #function(name: string): Word {
    const does = functions[name]
    if (does === undefined) throw new NotModelled()
    this.#must('(')
    const argument = this.#word()
    this.#must(')')
    return (r, groups) => does(argument(r, groups), r)
  }

  #takes(operator: string): boolean {
    const token = this.#tokens[this.#at]
    if (token?.kind !== 'operator' || token.text !== operator) return false
    this.#at++
    return true
  }
  #must(operator: string): void {
    if (!this.#takes(operator)) throw new NotModelled()
  }
}

function readable(name: string): Word {
  const colon = name.indexOf(':')
  const prefix = colon < 0 ? '' : name.slice(0, colon).toUpperCase()
  if (colon >= 0 && !['HTTP', 'REQ', 'ENV', 'REQENV', 'RESP', 'TOLOWER', 'TOUPPER'].includes(prefix)) throw new NotModelled()
  return (r) => variable(r, name) ?? ''
}

/** `%{NAME}` and `$1` inside of a string. */
function interpolated(text: string): Word {
  const parts = [...text.matchAll(/%\{([^}]*)\}|\$(\d)|[^%$]+|[%$]/g)].map((match): Word => {
    if (match[1] !== undefined) return readable(match[1])
    const digit = match[2]
    return digit === undefined ? () => match[0] : (_, groups) => groups.last[Number(digit)] ?? ''
  })
  return (r, groups) => parts.map((part) => part(r, groups)).join('')
}

const comparisons: Readonly<Record<string, (a: string, b: string) => boolean>> = {
  '==': (a, b) => a === b,
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  eq: (a, b) => integer(a) === integer(b),
  ne: (a, b) => integer(a) !== integer(b),
  lt: (a, b) => integer(a) < integer(b),
  le: (a, b) => integer(a) <= integer(b),
  gt: (a, b) => integer(a) > integer(b),
  ge: (a, b) => integer(a) >= integer(b),
  strmatch: (a, b) => wild(b, false, false).test(a),
  strcmatch: (a, b) => wild(b, false, true).test(a),
  fnmatch: (a, b) => wild(b, true, false).test(a),
  ipmatch: (a, b) => inNetwork(a, b)
}

function integer(text: string): number {
  const value = Number.parseInt(text, 10)
  return Number.isNaN(value) ? 0 : value
}
function wild(pattern: string, slashes: boolean, ignoreCase: boolean): RegExp {
  const found = fnmatch(pattern, slashes)
  return found === null ? /(?!)/ : new RegExp(`${found.source}$`, ignoreCase ? 'i' : '')
}
function inNetwork(address: string, range: string): boolean {
  const found = network(range)
  return found !== null && holds(found, addressBytes(address))
}

function unary(operator: string, word: Word): Condition {
  switch (operator) {
    case '-n':
      return (r, groups) => word(r, groups) !== ''
    case '-z':
      return (r, groups) => word(r, groups) === ''
    case '-T':
      return (r, groups) => !['', '0', 'off', 'false', 'no'].includes(word(r, groups).toLowerCase())
    case '-R':
      return (r, groups) => inNetwork(r.arrival.client.address, word(r, groups))
    default:
      // tests of files would need a look at the disk
      throw new NotModelled()
  }
}

const functions: Readonly<Record<string, (argument: string, r: Request) => string>> = {
  tolower: (text) => text.toLowerCase(),
  toupper: (text) => text.toUpperCase(),
  req: (name, r) => variable(r, `HTTP:${name}`) ?? '',
  http: (name, r) => variable(r, `HTTP:${name}`) ?? '',
  env: (name, r) => variable(r, `ENV:${name}`) ?? '',
  reqenv: (name, r) => variable(r, `ENV:${name}`) ?? '',
  osenv: () => '',
  resp: (name, r) => variable(r, `RESP:${name}`) ?? '',
  escape: (text) => encodeURI(text),
  unescape: (text) => text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
