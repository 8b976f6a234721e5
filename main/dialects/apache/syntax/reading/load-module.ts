import { basename, dirname } from 'node:path'
import { findModule, moduleInObject } from '../modules.js'
import type { ReadCall, ReadResult } from './state.js'

/**
 * `LoadModule SYMBOL FILE`. A production config names files that this machine need not have: a module that httpd ships
 * counts as loaded by its name. One of another maker does too, and then no directive is refused as unknown.
 */
export function loadModule(call: ReadCall): ReadResult {
  const { reading, words, span } = call
  const [symbol = '', file = ''] = words
  reading.loadsModules = true
  if (reading.modules.has(symbol)) return []
  const path = reading.path(file)
  const { host } = reading
  if (host.stat(dirname(path)) === 'directory' && host.stat(path) === 'missing') {
    const says = `Cannot load ${file} into server: ${path}: cannot open shared object file: No such file or directory`
    reading.note('path-missing', 'warning', says, span, 'httpd would not start with it here; the module counts as loaded.')
  }
  const inObject = moduleInObject(basename(path))
  const known = findModule(symbol)
  if (inObject !== undefined && inObject !== known) {
    return { error: `Can't locate API module structure \`${symbol}' in file ${path}: ${path}: undefined symbol: ${symbol}` }
  }
  if (known === undefined || known.symbol !== symbol) foreign(call, symbol)
  else reading.modules.add(known)
  return []
}

function foreign({ reading, span }: ReadCall, symbol: string): void {
  reading.modules.addForeign(symbol)
  reading.note('module-unknown', 'warning', `${symbol} is not a module of httpd itself: its directives are not checked`, span)
}

/** `LoadFile`: libraries for modules; nothing of a config depends on them. */
export function loadFile(): ReadResult {
  return []
}
