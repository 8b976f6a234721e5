/** A piece of an expression (ap_expr). `text` of a string or a pattern is what stands between its marks. */
export interface Token {
  readonly kind: 'string' | 'variable' | 'pattern' | 'number' | 'name' | 'operator' | 'backref'
  readonly text: string
  /** Options behind a pattern. */
  readonly flags: string
}

const operators = ['||', '&&', '==', '!=', '<=', '>=', '=~', '!~', '!', '(', ')', '{', '}', ',', '<', '>', '=', '.', ':']

/** null: a char that no expression holds. */
export function scan(text: string): readonly Token[] | null {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    const space = /\s+/y
    space.lastIndex = at
    if (space.test(text)) {
      at = space.lastIndex
      continue
    }
    const found = tokenAt(text, at, tokens)
    if (found === null) return null
    tokens.push(found.token)
    at = found.end
  }
  return tokens
}

interface Found {
  readonly token: Token
  readonly end: number
}

function tokenAt(text: string, at: number, before: readonly Token[]): Found | null {
  const char = text[at] as string
  if (char === '"' || char === "'") return quoted(text, at, char)
  if (afterMatch(before)) return pattern(text, at)
  const variable = matchAt(/%\{([^}]*)\}/y, text, at)
  if (variable !== null) return { token: token('variable', variable[1] as string), end: at + variable[0].length }
  const backref = matchAt(/\$(\d)/y, text, at)
  if (backref !== null) return { token: token('backref', backref[1] as string), end: at + 2 }
  const option = matchAt(/-[a-zA-Z]+/y, text, at)
  if (option !== null) return { token: token('operator', option[0]), end: at + option[0].length }
  const number = matchAt(/-?\d+/y, text, at)
  if (number !== null) return { token: token('number', number[0]), end: at + number[0].length }
  const name = matchAt(/[A-Za-z_]\w*/y, text, at)
  if (name !== null) return { token: token('name', name[0]), end: at + name[0].length }
  const operator = operators.find((each) => text.startsWith(each, at))
  return operator === undefined ? null : { token: token('operator', operator), end: at + operator.length }
}

function token(kind: Token['kind'], text: string, flags = ''): Token {
  return { kind, text, flags }
}
function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}
function afterMatch(before: readonly Token[]): boolean {
  const last = before[before.length - 1]
  return last?.kind === 'operator' && (last.text === '=~' || last.text === '!~')
}

function quoted(text: string, at: number, mark: string): Found | null {
  let out = ''
  for (let i = at + 1; i < text.length; i++) {
    const char = text[i] as string
    if (char === mark) return { token: token('string', out), end: i + 1 }
    if (char === '\\' && i + 1 < text.length) out += text[++i] as string
    else out += char
  }
  return null
}

/** `/…/i`, `m#…#i`. */
function pattern(text: string, at: number): Found | null {
  const m = text[at] === 'm' ? 1 : 0
  const mark = text[at + m]
  if (mark === undefined || (m === 0 && mark !== '/')) return null
  const end = text.indexOf(mark, at + m + 1)
  if (end < 0) return null
  const flags = /^[ismn]*/.exec(text.slice(end + 1))?.[0] ?? ''
  return { token: token('pattern', text.slice(at + m + 1, end), flags), end: end + 1 + flags.length }
}
