import { define, unDefine } from './define.js'
import { conditionals } from './conditionals.js'
import { ifVersion } from './if-version.js'
import { include } from './include.js'
import { loadFile, loadModule } from './load-module.js'
import { defineMacro, undefineMacro, useMacro } from './macro.js'
import { defaultRuntimeDir, serverRoot } from './server-root.js'
import type { ReadCall, ReadResult } from './state.js'

/** Directives that act while the config is read, by lower-case name. */
export const onRead: ReadonlyMap<string, (call: ReadCall) => ReadResult> = new Map([
  ...conditionals,
  ['<ifversion', ifVersion],
  ['<macro', defineMacro],
  ['use', useMacro],
  ['undefmacro', undefineMacro],
  ['define', define],
  ['undefine', unDefine],
  ['include', (call: ReadCall) => include(call, false)],
  ['includeoptional', (call: ReadCall) => include(call, true)],
  ['loadmodule', loadModule],
  ['loadfile', loadFile],
  ['serverroot', serverRoot],
  ['defaultruntimedir', defaultRuntimeDir]
])
