import type { TlsSpec } from '../../../../shared/site.js'
import { aliasModule } from '../alias/module.js'
import { authzModule } from '../authz/module.js'
import { coreModule } from '../core/module.js'
import { dirModule } from '../dir/module.js'
import { envModule } from '../env/module.js'
import type { Condition } from '../expr/expression.js'
import { headersModule } from '../headers/module.js'
import { proxyModule } from '../proxy/module.js'
import type { ApacheState } from '../proxy/state.js'
import { sslModule } from '../ssl/module.js'

/** Every module that is modelled. A further one is a further line here, and its hooks in request/phases.ts. */
export const modules = {
  core: coreModule,
  env: envModule,
  headers: headersModule,
  proxy: proxyModule,
  ssl: sslModule,
  alias: aliasModule,
  authz: authzModule,
  dir: dirModule
}
export type ModuleName = keyof typeof modules
export const moduleNames = Object.keys(modules) as readonly ModuleName[]

/** What all modules keep of one server, and of one directory (ap_conf_vector_t). */
export type ServerConf = { [M in ModuleName]: ReturnType<(typeof modules)[M]['createServer']> }
export type DirConf = { [M in ModuleName]: ReturnType<(typeof modules)[M]['createDir']> }

export function createServerConf(): ServerConf {
  return Object.fromEntries(moduleNames.map((name) => [name, modules[name].createServer()])) as ServerConf
}
export function createDirConf(): DirConf {
  return Object.fromEntries(moduleNames.map((name) => [name, modules[name].createDir()])) as DirConf
}

// each module merges its own; the pairing of name and type is what the mapped types above say
interface AnyModule {
  mergeServer(base: unknown, add: unknown): unknown
  mergeDir(base: unknown, add: unknown): unknown
}
const untyped = modules as unknown as Readonly<Record<ModuleName, AnyModule>>

export function mergeServerConf(base: ServerConf, add: ServerConf): ServerConf {
  return Object.fromEntries(moduleNames.map((name) => [name, untyped[name].mergeServer(base[name], add[name])])) as ServerConf
}
export function mergeDirConf(base: DirConf, add: DirConf): DirConf {
  return Object.fromEntries(moduleNames.map((name) => [name, untyped[name].mergeDir(base[name], add[name])])) as DirConf
}

/** A `<Location>`, `<Directory>` or `<Proxy>` with what it says. */
export interface Section {
  readonly kind: 'location' | 'directory' | 'files' | 'proxy'
  readonly path: string
  /** Of a `…Match`, a `~`, or a path with wildcards. */
  readonly pattern: RegExp | null
  readonly conf: DirConf
  readonly id: number
  /** The `<Directory>` that a `<Files>` stands in. */
  readonly within?: Section
}

export interface SiteFacts {
  readonly generation: number
  /** As `Server` names us. */
  readonly banner: string
  readonly baseVersion: string
  readonly modules: ReadonlySet<string>
  readonly state: ApacheState
  readonly types: ReadonlyMap<string, string>
}

/** Which sections hold for a request, and what they make of its configuration. */
export interface Walked {
  readonly conf: DirConf
  readonly key: string
}

/** An `<If>`, `<ElseIf>` or `<Else>`; `condition` null: holds always. `otherwise`: only where the one before did not. */
export interface IfSection {
  readonly otherwise: boolean
  readonly condition: Condition | null
  readonly conf: DirConf
  readonly id: number
}

/** One server: the main one, or a virtual host laid over it. */
export interface Server {
  /** Its place in the config; 0 is the main server. */
  readonly index: number
  readonly name: string
  readonly conf: ServerConf
  /** What holds where no section says otherwise. */
  readonly base: DirConf
  /** The same, as what no section was laid over yet. */
  readonly plain: Walked
  readonly locations: readonly Section[]
  readonly directories: readonly Section[]
  readonly files: readonly Section[]
  readonly proxies: readonly Section[]
  readonly ifs: readonly IfSection[]
  readonly documentRoot: string
  readonly tls: TlsSpec | null
  readonly site: SiteFacts
  /** Configurations of sections laid over each other, by which of them matched. */
  readonly merged: Map<string, DirConf>
  readonly id: number
  /** Timeouts of a connection, in milliseconds. */
  readonly timeoutMs: number
}
