import { nextWord } from '../words.js'
import { readContainer, skipContainer } from './container.js'
import type { ReadCall, ReadResult, Reading } from './state.js'

/** What each conditional section asks of its argument. */
const tests: readonly (readonly [string, (reading: Reading, argument: string) => boolean])[] = [
  ['<ifmodule', (reading, argument) => reading.modules.has(argument)],
  ['<ifdefine', (reading, argument) => reading.defined.has(argument)],
  ['<iffile', (reading, argument) => reading.host.stat(reading.path(argument)) !== 'missing'],
  ['<ifdirective', (reading, argument) => reading.modules.commands(argument.toLowerCase()).length > 0],
  ['<ifsection', (reading, argument) => reading.modules.commands(`<${argument.toLowerCase()}`).length > 0]
]

/** `<IfModule>` and its like: start_cond_section. */
export const conditionals: readonly (readonly [string, (call: ReadCall) => ReadResult])[] = tests.map(([key, test]) => [
  key,
  (call: ReadCall) => conditional(call, test)
])

function conditional(call: ReadCall, test: (reading: Reading, argument: string) => boolean): ReadResult {
  const end = call.text.lastIndexOf('>')
  if (end === -1) return { error: `${call.name}> directive missing closing '>'` }
  const not = call.text.startsWith('!')
  const argument = nextWord(call.text.slice(not ? 1 : 0, end)).word
  if (argument === '') return { error: `${call.name}> directive requires additional arguments` }
  return whenApplies(call, test(call.reading, argument) !== not)
}

/** The directives of a conditional section that applies, none of one that does not. */
export function whenApplies({ reading, input, name }: ReadCall, applies: boolean): ReadResult {
  if (applies) return readContainer(reading, input, name.slice(1))
  const says = skipContainer(input, name.slice(1))
  return says === null ? [] : { error: says }
}
