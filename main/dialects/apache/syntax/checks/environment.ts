import type { Check, CheckCall } from '../walking/call.js'
import { nextWord } from '../words.js'
import { expressionError } from './expression.js'
import { compiles } from './pattern.js'

/** Behind a header's name: pattern, then variables. mod_setenvif's add_setenvif_core. */
function patternAndVariables(call: CheckCall, text: string, name: string | null): string | null {
  const { word: pattern, rest } = nextWord(text)
  if (pattern === '') return `Missing regular expression for ${call.name}`
  if (!compiles(pattern)) return `${call.name} regex could not be compiled.`
  if (name !== null && !/^[-\w]+$/.test(name) && !compiles(name)) return `${call.name}Header name regex could not be compiled.`
  return variables(call, rest)
}
function variables(call: CheckCall, rest: string): string | null {
  return nextWord(rest).word === '' ? `Missing envariable expression for ${call.name}` : null
}

const setEnvIf: Check = (call) => {
  const { word, rest } = nextWord(call.text)
  return word === '' ? `Missing header-field name for ${call.name}` : patternAndVariables(call, rest, word)
}
const browserMatch: Check = (call) => patternAndVariables(call, call.text, null)

const setEnvIfExpr: Check = (call) => {
  const { word: text, rest } = nextWord(call.text)
  if (text === '') return `Missing expression for ${call.name}`
  const wrong = expressionError(text)
  return wrong === null ? variables(call, rest) : `Could not parse expression "${text}": ${wrong}`
}

export const environment: readonly (readonly [string, Check])[] = [
  ['setenvif', setEnvIf],
  ['setenvifnocase', setEnvIf],
  ['browsermatch', browserMatch],
  ['browsermatchnocase', browserMatch],
  ['setenvifexpr', setEnvIfExpr]
]
