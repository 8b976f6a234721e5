import { dirname } from 'node:path'
import { apacheDialect } from '../dialects/apache/index.js'
import { nativeDialect } from '../dialects/native/index.js'
import type { ConfigHost, ConfigSource, Dialect, DialectName, Loaded, SiteState } from '../../shared/site.js'
import type { ServeSpec } from './serve-spec.js'
import { dialectOf, readSources } from './sources.js'

export const dialects: readonly Dialect[] = [apacheDialect, nativeDialect]

export interface LoadedConfig {
  readonly loaded: Loaded
  readonly dialect: DialectName
  readonly sources: readonly ConfigSource[]
}

/**
 * Reads what a spec names into a site.
 * @throws SwitchyardError `config-unreadable` | `bad-argument`
 */
export function loadConfig(spec: ServeSpec, host: ConfigHost, generation: number, previous?: SiteState): LoadedConfig {
  const sources = spec.inline === null ? readSources(spec.files, spec.overlays) : [spec.inline]
  const dialect =
    spec.inline === null ? dialectOf(sources, dialects, spec.dialect) : (dialects.find(({ name }) => name === 'native') as Dialect)
  const options = {
    generation,
    defines: new Map(spec.defines),
    lenient: spec.lenient,
    listen: spec.listen,
    root: dirname(sources[0]?.path ?? process.cwd())
  }
  const carried = previous !== undefined && previous.dialect === dialect.name ? previous : undefined
  return { loaded: dialect.load(sources, host, options, carried), dialect: dialect.name, sources }
}
