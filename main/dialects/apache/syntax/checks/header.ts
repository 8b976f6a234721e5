import type { Check, CheckCall } from '../walking/call.js'
import { nextWord } from '../words.js'
import { expressionError, stringExpressionError } from './expression.js'
import { compiles } from './pattern.js'

const actions = new Set('set setifempty add append merge unset echo edit edit* note'.split(' '))
const unknownAction = "first argument must be 'add', 'set', 'setifempty', 'append', 'merge', 'unset', 'echo', 'note', 'edit', or 'edit*'."
/** Letters that a format knows behind `%` or `%{…}`. */
const formats = /[Dtlibesz]/

/** `Header`, `RequestHeader`: mod_headers' header_cmd. */
function header(response: boolean): Check {
  return (call) => {
    const [first = '', ...others] = leadingWords(call, 6)
    const condition = response && /^(always|onsuccess)$/i.test(first)
    const [action = '', name = '', value, substitute, clause, tooMany] = condition ? others : [first, ...others]
    const extra = condition ? leadingWords(call, 7)[6] : tooMany
    if (extra !== undefined) return `${call.name} has too many arguments`
    return headerError(action.toLowerCase(), name, { value, substitute, clause }, response)
  }
}
/** Words up to a count, and one more where the line goes on. */
function leadingWords(call: CheckCall, count: number): string[] {
  const words: string[] = []
  for (let rest = call.text; rest !== '' && words.length < count;) {
    const next = nextWord(rest)
    words.push(next.word)
    rest = next.rest
  }
  return words
}

interface Rest {
  readonly value: string | undefined
  readonly substitute: string | undefined
  readonly clause: string | undefined
}

function headerError(action: string, name: string, rest: Rest, response: boolean): string | null {
  if (!actions.has(action)) return unknownAction
  if (action.startsWith('edit')) return editError(rest)
  if (rest.clause !== undefined) return 'Too many arguments to directive'
  if (action === 'unset' || action === 'echo') return valueless(action, name, rest, response)
  if (rest.value === undefined) return 'Header requires three arguments'
  return clauseError(rest.substitute) ?? formatError(rest.value)
}

function editError({ value = '', substitute, clause }: Rest): string | null {
  if (substitute === undefined) return 'Header edit requires a match and a substitution'
  if (!compiles(value)) return 'Header edit regex could not be compiled'
  return clauseError(clause) ?? formatError(substitute)
}

function valueless(action: 'unset' | 'echo', name: string, { value, substitute }: Rest, response: boolean): string | null {
  if (value !== undefined && substitute !== undefined)
    return action === 'unset' ? 'header unset takes two arguments' : 'Header echo takes two arguments'
  if (action === 'echo' && !response) return 'Header echo only valid on Header directives'
  if (action === 'echo' && !compiles(name)) return 'Header echo regex could not be compiled'
  return clauseError(value ?? substitute)
}

function clauseError(clause: string | undefined): string | null {
  if (clause === undefined || clause.toLowerCase() === 'early') return null
  const [, kind, condition = ''] = /^(env=|expr=)(.*)$/is.exec(clause) ?? []
  if (kind === undefined) return `Unknown parameter: ${clause}`
  if (kind.toLowerCase() === 'expr=') {
    const wrong = expressionError(condition)
    return wrong === null ? null : `Can't parse envclause/expression: ${wrong}`
  }
  return condition === '' || condition === '!'
    ? 'error: missing environment variable name. envclause should be in the form env=envar '
    : null
}

function formatError(format: string): string | null {
  if (/^expr=/i.test(format)) {
    const wrong = stringExpressionError(format.slice(5))
    return wrong === null ? null : `Can't parse value expression : ${wrong}`
  }
  for (const [, letter = ''] of format.matchAll(/%(?:%|(?:\{[^}]*\}?)?([\s\S]?))/g)) {
    if (letter !== '' && !formats.test(letter)) return `Unrecognized header format %${letter}`
  }
  return /%\{[^}]*\}?$/.test(format) ? 'Unrecognized header format %' : null
}

export const headers: readonly (readonly [string, Check])[] = [
  ['header', header(true)],
  ['requestheader', header(false)]
]
