import type { ReadCall, ReadResult } from './state.js'

const colon = { error: "Variable name must not contain ':'" }

/** `Define NAME [VALUE]`: known to `<IfDefine>`; with a value, to `${NAME}` too. */
export function define({ reading, words }: ReadCall): ReadResult {
  const [name = '', value] = words
  if (name.includes(':')) return colon
  reading.defined.add(name)
  if (value !== undefined) reading.variables.set(name, value)
  return []
}

/** `UnDefine NAME`, also of what `-D` defined. */
export function unDefine({ reading, words }: ReadCall): ReadResult {
  const [name = ''] = words
  if (name.includes(':')) return colon
  reading.defined.delete(name)
  reading.variables.delete(name)
  return []
}
