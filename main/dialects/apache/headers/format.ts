import type { Request } from '../request/request.js'
import { variable } from './variables.js'

/** A value with its `%{NAME}e` and kin taken apart once, when the config is read. */
export interface Format {
  readonly parts: readonly (string | Item)[]
  /** The whole value, where nothing in it depends on the request. */
  readonly constant: string | null
}
interface Item {
  readonly letter: string
  readonly argument: string
}

/** null: an expression that is not modelled. A string expression (`expr=…`) of plain text and `%{VARIABLES}` is. */
export function parseFormat(text: string): Format | null {
  if (/^expr=/i.test(text)) return parseExpression(text.slice(5))
  const parts: (string | Item)[] = []
  let at = 0
  while (at < text.length) {
    const percent = text.indexOf('%', at)
    if (percent < 0) {
      parts.push(unescaped(text.slice(at)))
      break
    }
    if (percent > at) parts.push(unescaped(text.slice(at, percent)))
    const match = /%(?:\{([^}]*)\})?(.?)/y
    match.lastIndex = percent
    const found = match.exec(text) as RegExpExecArray
    at = percent + found[0].length
    const letter = found[2] as string
    if (letter === '%' || letter === '') parts.push('%')
    else parts.push({ letter, argument: found[1] ?? '' })
  }
  return finished(parts)
}

/** `\t`, `\r`, `\n` and `\\`; any other backslash stays. */
function unescaped(text: string): string {
  return text.replace(/\\([\\trn])/g, (_, char: string) => ({ '\\': '\\', t: '\t', r: '\r', n: '\n' })[char] ?? char)
}

function parseExpression(text: string): Format | null {
  const parts: (string | Item)[] = []
  let at = 0
  for (const match of text.matchAll(/%\{([^}]*)\}/g)) {
    if (match.index > at) parts.push(text.slice(at, match.index))
    const name = match[1] as string
    if (!/^[\w-]+$|^(HTTP|REQ|ENV|reqenv|req|http|env|resp):[\w-]+$/i.test(name)) return null
    parts.push({ letter: 'expr', argument: name })
    at = match.index + match[0].length
  }
  if (at < text.length) parts.push(text.slice(at))
  return finished(parts)
}

function finished(parts: (string | Item)[]): Format {
  const constant = parts.every((part) => typeof part === 'string') ? parts.join('') : null
  return { parts: constant === null ? parts : [constant], constant }
}

export function formatted(r: Request, format: Format): string {
  if (format.constant !== null) return format.constant
  return format.parts.map((part) => (typeof part === 'string' ? part : item(r, part))).join('')
}

function item(r: Request, { letter, argument }: Item): string {
  switch (letter) {
    case 'e':
      return oneLine(r.env.get(argument) ?? '(null)')
    case 's':
      return oneLine(variable(r, argument) ?? '(null)')
    case 'expr':
      return oneLine(variable(r, argument) ?? '')
    case 't':
      return `t=${Math.floor(r.startedAtUs)}`
    case 'D':
      return `D=${Math.max(0, Math.floor(r.nowUs - r.startedAtUs))}`
    default:
      return ''
  }
}

/** A value cannot hold a line end. */
function oneLine(value: string): string {
  return /[\r\n]/.test(value) ? value.replace(/[\r\n]+/g, ' ') : value
}
