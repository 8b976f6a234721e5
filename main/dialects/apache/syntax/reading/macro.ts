import type { Span } from '../../../../../shared/trace.js'
import { allWords, nextWord } from '../words.js'
import type { ReadCall, ReadResult } from './state.js'

/** A line of a macro's body, at the place where it was written. */
interface BodyLine {
  readonly text: string
  readonly span: Span
}
/** mod_macro's `<Macro>`. */
export interface Macro {
  readonly name: string
  readonly parameters: readonly string[]
  readonly body: readonly BodyLine[]
  /** `defined on line N of "FILE"` */
  readonly location: string
}
/** The longest line of a macro, substituted or not: mod_macro's MAX_STRING_LEN. */
const maxLine = 8192

/** `<Macro name $parameter …>` up to its `</Macro>`. */
export function defineMacro(call: ReadCall): ReadResult {
  call.reading.anyMacro = true
  const end = call.text.lastIndexOf('>')
  if (end === -1) return { error: "<Macro> directive missing closing '>'" }
  if (end === 0) return { error: '<Macro macro definition: empty name' }
  const [written = '', ...parameters] = allWords(call.text.slice(0, end))
  if (written === '') return { error: '<Macro macro definition: name not found' }
  const name = written.toLowerCase()
  const location = `defined on line ${call.span.endLine} of "${call.input.name}"`
  const wrong = parameterError(name, location, parameters)
  if (wrong !== null) return { error: wrong }
  const body = readBody(call)
  if (body === null) return { error: `macro '${name}' (${location})\n\tcontents error: expected token not found: </Macro>` }
  call.reading.macros.set(name, { name, parameters, body, location })
  return []
}

function parameterError(name: string, location: string, parameters: readonly string[]): string | null {
  for (const [i, parameter] of parameters.entries()) {
    if (parameter === '') return `macro '${name}' (${location}): empty argument #${i + 1} name`
    const again = parameters.indexOf(parameter, i + 1)
    if (again === -1) continue
    return `argument name conflict in macro '${name}' (${location}): argument '${parameter}': #${i + 1} and #${again + 1}, change argument names!`
  }
  return null
}

function readBody({ input }: ReadCall): BodyLine[] | null {
  const body: BodyLine[] = []
  let open = 1
  for (let line = input.next(); line !== null; line = input.next()) {
    if (line.text.startsWith('#')) continue
    const first = nextWord(line.text).word.toLowerCase()
    if (first === '</macro>' && --open === 0) return body
    if (first === '<macro') open++
    body.push({ text: line.text, span: line.span })
  }
  return null
}

/** `Use name value …`: the macro's lines are read next, values in place of its parameters. */
export function useMacro(call: ReadCall): ReadResult {
  const { reading, input, span } = call
  if (!reading.anyMacro) return { error: 'no macro defined before Use' }
  const [written = '', ...values] = allWords(call.text)
  const name = written.toLowerCase()
  if (name === '') return { error: 'no macro name specified with Use' }
  const macro = reading.macros.get(name)
  if (macro === undefined) return { error: `macro '${name}' undefined` }
  if (input.name.includes(`macro '${name}'`)) return { error: `recursive use of macro '${name}' is invalid` }
  if (values.length !== macro.parameters.length) {
    return { error: `macro '${name}' (${macro.location}) used with ${values.length} arguments instead of ${macro.parameters.length}` }
  }
  const where = `macro '${name}' (${macro.location}) used on line ${span.endLine} of "${input.name}"`
  const lines = macro.body.map((line) => ({ ...line, text: substitute(line.text, macro.parameters, values) }))
  const tooLong = lines.findIndex((line) => line.text.length >= maxLine)
  if (tooLong !== -1) return { error: tooLongError(where, macro, tooLong) }
  input.insert(where, lines)
  return []
}
function tooLongError(where: string, macro: Macro, line: number): string {
  return `${where} error while substituting: while processing line ${line + 1} of macro '${macro.name}' (${macro.location}) cannot substitute, buffer size too small`
}

/** Leftmost parameter first, the longest of those that begin there; a value is not looked at again. `@…` is quoted. */
function substitute(text: string, parameters: readonly string[], values: readonly string[]): string {
  if (parameters.length === 0) return text
  const longestFirst = [...parameters].sort((a, b) => b.length - a.length)
  const pattern = new RegExp(longestFirst.map((name) => name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|'), 'g')
  return text.replace(pattern, (name) => {
    const value = values[parameters.indexOf(name)] ?? ''
    return name.startsWith('@') ? `"${value.replace(/["\\]/g, '\\$&')}"` : value
  })
}

/** `UndefMacro name`. */
export function undefineMacro({ reading, words }: ReadCall): ReadResult {
  if (!reading.anyMacro) return { error: 'no macro defined before UndefMacro' }
  const name = (words[0] ?? '').toLowerCase()
  return reading.macros.delete(name) ? [] : { error: `cannot remove undefined macro '${name}'` }
}
