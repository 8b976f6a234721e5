import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { SwitchyardError } from '../../shared/errors.js'
import type { ConfigSource, Dialect, DialectName } from '../../shared/site.js'

/**
 * Reads the files that the command line names, in order, as latin1 (one char a byte: nothing is lost).
 * @throws SwitchyardError `config-unreadable`
 */
export function readSources(files: readonly string[]): ConfigSource[] {
  return files.map((file) => {
    const path = resolve(file)
    try {
      return { path, text: readFileSync(path, 'latin1') }
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException
      const why =
        code === 'ENOENT'
          ? 'there is no such file'
          : code === 'EISDIR'
            ? 'it is a folder'
            : code === 'EACCES'
              ? 'it may not be read'
              : String(code)
      throw new SwitchyardError('config-unreadable', `${file} cannot be read: ${why}.`, { hint: 'Check the path.', cause: thrown })
    }
  })
}

/**
 * Which dialect all of these files speak.
 * @throws SwitchyardError `bad-argument` where they speak several, or none that is known.
 */
export function dialectOf(sources: readonly ConfigSource[], dialects: readonly Dialect[], wanted: DialectName | null): Dialect {
  if (wanted !== null) return named(dialects, wanted)
  const detected = sources.map((source) => ({ source, dialect: detect(source, dialects) }))
  const unknown = detected.find(({ dialect }) => dialect === null)
  if (unknown !== undefined) {
    throw new SwitchyardError('bad-argument', `${unknown.source.path} does not look like a config that Switchyard knows.`, {
      hint: `Say what it is: --dialect ${dialects.map(({ name }) => spoken(name)).join('|')}`
    })
  }
  const [first, ...others] = detected as { source: ConfigSource; dialect: Dialect }[]
  const other = others.find(({ dialect }) => dialect !== first?.dialect)
  if (first === undefined || other !== undefined) {
    throw new SwitchyardError('bad-argument', `${first?.source.path} and ${other?.source.path} are of different kinds.`, {
      hint: 'Several files of one kind are one site; serve different kinds in two commands.'
    })
  }
  return first.dialect
}

/** As the command line says it: Switchyard's own dialect goes by the product's name. */
export function spoken(name: DialectName): string {
  return name === 'native' ? 'switchyard' : name
}

function named(dialects: readonly Dialect[], wanted: DialectName): Dialect {
  const dialect = dialects.find(({ name }) => name === wanted)
  if (dialect !== undefined) return dialect
  throw new SwitchyardError('bad-argument', `This version of Switchyard does not read ${spoken(wanted)} configs yet.`, {
    hint: `It reads: ${dialects.map(({ name }) => spoken(name)).join(', ')}`
  })
}

function detect({ text, path }: ConfigSource, dialects: readonly Dialect[]): Dialect | null {
  const [best] = dialects.map((dialect) => ({ dialect, sure: dialect.detect(text, path) })).sort((a, b) => b.sure - a.sure)
  return best !== undefined && best.sure > 0 ? best.dialect : null
}
