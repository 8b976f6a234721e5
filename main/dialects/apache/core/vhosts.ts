import { isIP } from 'node:net'
import type { Server } from '../config/server.js'

/** One address of a `<VirtualHost …>` line. `port` 0: any. */
export interface VirtualAddress {
  readonly host: string
  readonly port: number
  readonly server: Server
}
/** The virtual hosts that share an address, in the order of the file; the first is the default. */
export interface AddressSet {
  readonly entries: readonly VirtualAddress[]
  /** By name and port, filled as names are asked for. */
  readonly found: Map<string, Server | null>
}

/** ap_update_vhost_given_ip: an address that is named counts more than `*` with the port, that more than `*:*`. */
export class VirtualHosts {
  readonly #main: Server
  readonly #addresses: readonly VirtualAddress[]
  readonly #sets = new Map<string, AddressSet | null>()

  constructor(main: Server, addresses: readonly VirtualAddress[]) {
    this.#main = main
    this.#addresses = addresses
  }

  at(address: string, port: number): { readonly server: Server; readonly set: AddressSet | null } {
    const key = `${address} ${port}`
    let set = this.#sets.get(key)
    if (set === undefined) {
      set = this.#setOf(address, port)
      if (this.#sets.size >= mostSets) this.#sets.clear()
      this.#sets.set(key, set)
    }
    return { server: set?.entries[0]?.server ?? this.#main, set }
  }

  #setOf(address: string, port: number): AddressSet | null {
    const named = this.#addresses.filter((each) => each.host !== '*' && sameAddress(each.host, address))
    const exact = named.filter((each) => each.port === port)
    const entries = exact.length > 0 ? exact : named.filter((each) => each.port === 0)
    if (entries.length > 0) return { entries, found: new Map() }
    const anywhere = this.#addresses.filter((each) => each.host === '*')
    const wild = anywhere.filter((each) => each.port === port)
    const rest = wild.length > 0 ? wild : anywhere.filter((each) => each.port === 0)
    return rest.length === 0 ? null : { entries: rest, found: new Map() }
  }
}
const mostSets = 4096

function sameAddress(configured: string, address: string): boolean {
  if (configured === address) return true
  return isIP(configured) === 0 && configured === 'localhost' && (address === '127.0.0.1' || address === '::1')
}

/** update_server_from_aliases: ServerName, ServerAlias (`*` and `?` span dots). null: nobody is called that. */
export function selectByName(set: AddressSet | null, host: string, port: number): Server | null {
  if (set === null) return null
  const key = `${host} ${port}`
  const known = set.found.get(key)
  if (known !== undefined) return known
  const server = set.entries.find((entry) => answersTo(entry.server, host))?.server ?? byWrittenHost(set, host)
  if (set.found.size >= mostSets) set.found.clear()
  set.found.set(key, server)
  return server
}

/** A name written in the `<VirtualHost name:port>` line itself. */
function byWrittenHost(set: AddressSet, host: string): Server | null {
  return set.entries.find((entry) => entry.host.toLowerCase() === host)?.server ?? null
}

/** By its ServerName or one of its ServerAliases. */
export function answersTo(server: Server, host: string): boolean {
  if (server.name.toLowerCase() === host) return true
  return server.conf.core.aliases.some((alias) => {
    const lower = alias.toLowerCase()
    return /[*?]/.test(lower) ? wildcard(lower).test(host) : lower === host
  })
}

function wildcard(pattern: string): RegExp {
  const source = pattern.replace(/[.*+?^${}()|[\]\\]/g, (char) => (char === '*' ? '.*' : char === '?' ? '.' : `\\${char}`))
  return new RegExp(`^${source}$`, 's')
}
