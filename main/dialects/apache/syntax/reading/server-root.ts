import { resolve } from 'node:path'
import type { ReadCall, ReadResult } from './state.js'

/** `ServerRoot`: what relative names are relative to from here on. Where this machine lacks it, the old root stays. */
export function serverRoot({ reading, words, span }: ReadCall): ReadResult {
  const path = resolve(words[0] ?? '')
  if (reading.host.stat(path) === 'directory') reading.serverRoot = path
  else
    reading.note(
      'path-missing',
      'warning',
      'ServerRoot must be a valid directory',
      span,
      `${path} is not here: relative names are taken from ${reading.serverRoot}.`
    )
  return []
}

/** `DefaultRuntimeDir`: where httpd keeps its own files. */
export function defaultRuntimeDir(): ReadResult {
  return []
}
