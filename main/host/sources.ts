import { resolve } from 'node:path'
import { SwitchyardError } from '../../shared/errors.js'
import type { ConfigSource, Dialect, DialectName } from '../../shared/site.js'
import { NoConfigError, readBounded } from './read-bounded.js'

/** Below it, a text is nobody's: a config of another server, or no config at all. */
const leastSure = 0.1

/**
 * Reads the files that a config is opened with, in order, as latin1 (one char a byte: nothing is lost). `overlays` stand in
 * for the files of their paths.
 * @throws SwitchyardError `config-unreadable`
 */
export function readSources(files: readonly string[], overlays: readonly ConfigSource[] = []): ConfigSource[] {
  return files.map((file) => {
    const path = resolve(file)
    const over = overlays.find((overlay) => overlay.path === path)
    if (over !== undefined) return over
    try {
      return { path, text: readBounded(path) }
    } catch (thrown) {
      throw new SwitchyardError('config-unreadable', `${file} cannot be read: ${whyNot(thrown)}.`, {
        hint: 'Check the path.',
        cause: thrown
      })
    }
  })
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'it may not be read by this user'
}
function whyNot(thrown: unknown): string {
  if (thrown instanceof NoConfigError) return thrown.message
  const { code, message } = thrown as NodeJS.ErrnoException
  return reasons[code ?? ''] ?? message
}

/**
 * Which dialect all of these files speak.
 * @throws SwitchyardError `bad-argument` where they speak several, `config-unreadable` where one speaks none that is known.
 */
export function dialectOf(sources: readonly ConfigSource[], dialects: readonly Dialect[], wanted: DialectName | null): Dialect {
  if (wanted !== null) return named(dialects, wanted)
  const detected = sources.map((source) => ({ source, dialect: detect(source, dialects) }))
  const unknown = detected.find(({ dialect }) => dialect === null)
  if (unknown !== undefined) {
    throw new SwitchyardError('config-unreadable', `${unknown.source.path} does not look like a config that this version reads.`, {
      hint: `It reads those of ${dialects.map(({ name }) => spoken(name)).join(' and ')}. If this is one, say which: --dialect NAME`
    })
  }
  const [first, ...others] = detected as { source: ConfigSource; dialect: Dialect }[]
  const other = others.find(({ dialect }) => dialect !== first?.dialect)
  if (first === undefined) throw new SwitchyardError('bad-argument', 'No config was named.')
  if (other !== undefined) {
    const kinds = [first, other].map(({ source, dialect }) => `${source.path} is ${spoken(dialect.name)}`).join(', ')
    throw new SwitchyardError('bad-argument', `These configs are of different kinds: ${kinds}.`, {
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
  return best !== undefined && best.sure >= leastSure ? best.dialect : null
}
