import type { Command, Module } from '../config/module.js'
import { compileCondition, type Condition } from '../expr/expression.js'
import { fromPcre } from '../http/regex.js'
import { parseFormat, type Format } from './format.js'

export type HeaderAction = 'set' | 'setifempty' | 'add' | 'append' | 'merge' | 'unset' | 'echo' | 'edit' | 'edit*' | 'note'

/** One `Header` or `RequestHeader` line. */
export interface HeaderRule {
  readonly action: HeaderAction
  readonly name: string
  readonly lower: string
  readonly value: Format
  readonly pattern: RegExp | null
  /** `env=NAME`, `env=!NAME`. */
  readonly env: { readonly name: string; readonly not: boolean } | null
  readonly early: boolean
  /** `expr=…`. */
  readonly condition: Condition | null
  readonly id: number
}
export interface HeadersDir {
  request: HeaderRule[]
  /** `Header always`: on every answer made here, errors too. */
  always: HeaderRule[]
  onSuccess: HeaderRule[]
}
type HeadersCommand = Command<null, HeadersDir>
type Place = Parameters<HeadersCommand>[0]

const requestHeader: HeadersCommand = (place) => {
  const rule = ruleOf(place, place.args)
  if (rule !== null) place.dir.request.push(rule)
}

const header: HeadersCommand = (place) => {
  const first = place.args[0]?.toLowerCase()
  const conditioned = first === 'always' || first === 'onsuccess'
  const rule = ruleOf(place, conditioned ? place.args.slice(1) : place.args)
  if (rule !== null) (first === 'always' ? place.dir.always : place.dir.onSuccess).push(rule)
}

const actions = new Set<string>(['set', 'setifempty', 'add', 'append', 'merge', 'unset', 'echo', 'edit', 'edit*', 'note'])

/** Words are: action, name, [value | pattern replacement], [condition]. Which of them are there depends on the action. */
function ruleOf(place: Place, words: readonly string[]): HeaderRule | null {
  const action = (words[0] ?? '').toLowerCase() as HeaderAction
  const name = (words[1] ?? '').split(':')[0] as string
  if (!actions.has(action) || name === '') return null
  const rest = words.slice(2)
  const edits = action === 'edit' || action === 'edit*'
  const takesValue = action !== 'unset' && action !== 'echo'
  const source = edits ? rest.shift() : action === 'echo' ? words[1] : undefined
  const text = takesValue ? (rest.shift() ?? '') : ''
  const pattern = source === undefined ? null : fromPcre(source, action === 'echo' ? { ignoreCase: true } : {})
  if (source !== undefined && pattern === null) return refuse(place, `the pattern ${source} is not one that can be run here`)
  const condition = conditionOf(rest[0])
  if (condition === null) return refuse(place, `the condition ${rest[0] ?? ''} is not modelled yet`)
  const value = edits ? { parts: [text], constant: text } : parseFormat(text)
  if (value === null) return refuse(place, `the value ${text} holds an expression that is not modelled yet`)
  return { action, name, lower: name.toLowerCase(), value, pattern, ...condition, id: place.directive.id }
}

function refuse(place: Place, why: string): null {
  place.say('unsupported-directive', 'warning', `${place.directive.name}: ${why}; the line is left out.`)
  return null
}

function conditionOf(word: string | undefined): Pick<HeaderRule, 'env' | 'early' | 'condition'> | null {
  if (word === undefined) return { env: null, early: false, condition: null }
  if (word.toLowerCase() === 'early') return { env: null, early: true, condition: null }
  const match = /^env=(!?)(.+)$/i.exec(word)
  if (match !== null) return { env: { name: match[2] as string, not: match[1] === '!' }, early: false, condition: null }
  const condition = /^expr=/i.test(word) ? compileCondition(word.slice(5)) : null
  return condition === null ? null : { env: null, early: false, condition }
}

export const headersModule: Module<null, HeadersDir> = {
  createServer: () => null,
  mergeServer: () => null,
  createDir: () => ({ request: [], always: [], onSuccess: [] }),
  mergeDir: (base, add) => ({
    request: [...base.request, ...add.request],
    always: [...base.always, ...add.always],
    onSuccess: [...base.onSuccess, ...add.onSuccess]
  }),
  commands: { header, requestheader: requestHeader }
}
