import { readFileSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { ConfigHost } from '../../../../../shared/site.js'

/** This machine's files. `instead`: texts that stand in place of a file. */
export function diskHost(instead: ReadonlyMap<string, string> = new Map()): ConfigHost {
  return {
    readFile: (path) => instead.get(path) ?? attempt(() => readFileSync(path, 'latin1'), null),
    stat: (path) => attempt(() => (statSync(path).isDirectory() ? 'directory' : 'file'), 'missing'),
    glob: (pattern) => namesLike(pattern).map((name) => join(dirname(pattern), name)),
    environment: (name) => process.env[name],
    checkCertificate: () => null
  }
}
function namesLike(pattern: string): string[] {
  const wanted = basename(pattern)
  const like = new RegExp(
    `^${wanted
      .replace(/[.+^${}()|\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`
  )
  const names = attempt(() => readdirSync(dirname(pattern)), [])
  return names.filter((name) => like.test(name) && (wanted.startsWith('.') || !name.startsWith('.'))).sort()
}
function attempt<T, U>(read: () => T, otherwise: U): T | U {
  try {
    return read()
  } catch {
    return otherwise
  }
}
