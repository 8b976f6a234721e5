import type { ConfigSource, DialectName } from '../../shared/site.js'
import type { Finding } from '../../shared/trace.js'
import type { ConfigFacts, ListenerFacts } from '../../shared/contract.js'
import type { PlainError } from '../../shared/errors.js'

/** What is served and how: the command line's words, or the app's settings, as plain data. */
export interface ServeSpec {
  /** Config files, in order, one site together. Empty: `inline` alone. */
  readonly files: readonly string[]
  /** A config that stands in no file: routes of the command line, the demo. */
  readonly inline: ConfigSource | null
  /** null: detected. */
  readonly dialect: DialectName | null
  readonly defines: readonly (readonly [name: string, value: string])[]
  readonly lenient: boolean
  /** Ports for a config that names none. */
  readonly listen: readonly { readonly address: string; readonly port: number; readonly tls: boolean }[]
  /** Production port → port here. */
  readonly ports: readonly (readonly [production: number, here: number])[]
  readonly expose: boolean
  readonly keepPorts: boolean
  readonly maps: readonly string[]
  /** Texts that stand in for files of the disk while the config is read: drafts, what was served before. */
  readonly overlays: readonly ConfigSource[]
}

/** Files and nothing else said about them: what a check reads. */
export function plainSpec(files: readonly string[]): ServeSpec {
  return {
    files,
    inline: null,
    dialect: null,
    defines: [],
    lenient: false,
    listen: [],
    ports: [],
    expose: false,
    keepPorts: false,
    maps: [],
    overlays: []
  }
}

/** What came of reading a config, and of serving it. */
export interface Served {
  readonly findings: readonly Finding[]
  /** Every file that was read for it, served or not, as latin1; empty for what stands in no file. */
  readonly read: readonly ConfigSource[]
  /** null: it could not be served; `error` says why. */
  readonly config: ConfigFacts | null
  readonly listeners: readonly ListenerFacts[]
  readonly error: PlainError | null
}
