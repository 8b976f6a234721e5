import { moduleTable, type ModuleRow } from '../directives.data.js'
import type { ArgumentKind } from './arguments.js'

/** A directive as a loaded module offers it. */
export interface Command {
  /** httpd's own spelling. */
  readonly name: string
  readonly kind: ArgumentKind
  /** Bits of http_config.h: {@link override}. */
  readonly overrides: number
  /** Sections that its own function refuses besides: bits of walking/context.ts. */
  readonly forbidden: number
  readonly module: string
}

/** `req_override` of http_config.h. */
export const override = {
  limit: 1,
  options: 2,
  fileInfo: 4,
  authConfig: 8,
  indexes: 16,
  all: 31,
  directory: 64,
  server: 128,
  onRead: 256,
  proxy: 2048
} as const

/** What Debian enables, and what a proxy needs besides. Taken where neither the config nor the caller says. */
export const distributionModules: readonly string[] =
  'access_compat alias allowmethods auth_basic authn_core authn_file authz_core authz_host authz_user autoindex deflate dir env expires filter headers http2 lbmethod_bybusyness lbmethod_byrequests lbmethod_bytraffic macro mime mpm_event negotiation proxy proxy_balancer proxy_connect proxy_hcheck proxy_http proxy_wstunnel remoteip reqtimeout rewrite setenvif slotmem_shm socache_shmcb ssl status substitute'
    .split(' ')
    .map((name) => `${name}_module`)

const bySymbol = new Map(moduleTable.map((row) => [row.symbol, row]))
const byFile = new Map(moduleTable.map((row) => [row.file, row]))
const byObject = new Map(moduleTable.flatMap((row) => (row.so === null ? [] : [[row.so, row] as const])))
const ownerByKey = new Map(moduleTable.flatMap((row) => row.directives.map(([name]) => [name.toLowerCase(), row.file] as const)))

/** Of all modules, a section's with its bracket. */
export const directiveNames: readonly string[] = moduleTable.flatMap((row) => row.directives.map(([name]) => name))

/** The module that has a directive, whether loaded or not: `mod_proxy_html.c`. */
export function moduleOf(key: string): string | undefined {
  return ownerByKey.get(key)
}
/** A module by `proxy_module`, `mod_proxy.c`, `mod_proxy.so` or plain `proxy`. */
export function findModule(name: string): ModuleRow | undefined {
  return bySymbol.get(name) ?? byFile.get(name) ?? byObject.get(name) ?? bySymbol.get(`${name}_module`)
}
/** The module whose object a file's name says. */
export function moduleInObject(object: string): ModuleRow | undefined {
  return byObject.get(object)
}

/** Modules loaded so far and the directives that they bring. What is built into the server is there from the start. */
export class LoadedModules {
  readonly #commands = new Map<string, Command[]>()
  readonly #names = new Set<string>()
  /** Whether a module was loaded that the table does not know: its directives are nobody's to judge. */
  foreign = false

  constructor() {
    for (const row of moduleTable) if (row.so === null) this.add(row)
  }

  /** Both kinds of names, as `<IfModule>` takes them: `mod_proxy.c` and `proxy_module`. */
  get names(): ReadonlySet<string> {
    return this.#names
  }
  has(name: string): boolean {
    return this.#names.has(name)
  }
  add(row: ModuleRow): void {
    if (this.#names.has(row.symbol)) return
    this.#names.add(row.symbol).add(row.file)
    for (const [name, kind, overrides, forbidden = 0] of row.directives) {
      const key = name.toLowerCase()
      const command = { name, kind, overrides, forbidden, module: row.file }
      this.#commands.set(key, [...(this.#commands.get(key) ?? []), command])
    }
  }
  /** A module of another maker. */
  addForeign(symbol: string): void {
    this.foreign = true
    this.#names.add(symbol).add(`mod_${symbol.replace(/_module$/, '')}.c`)
  }
  /** Processes some multi-processing module, without which there is no `Listen`. */
  get hasMpm(): boolean {
    return [...this.#names].some((name) => name.startsWith('mpm_'))
  }
  /** The directives of that name, lower case with `<`: mostly one; more where several modules share a name. */
  commands(key: string): readonly Command[] {
    return this.#commands.get(key) ?? []
  }
}
