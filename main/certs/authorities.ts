import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { asSwitchyardError, type SwitchyardError } from '../../shared/errors.js'
import { makeAuthority, type Authority } from './authority.js'
import { authorityNames, placeAuthority, readAuthority } from './authority-folder.js'
import { refreshBundles } from './bundle.js'
import { hostName, type HostName } from './host-name.js'
import { localPermitted, permits, permittedFor, rangeText, tooBroad, type Permitted } from './permitted.js'

export interface AuthoritiesOptions {
  /** The data folder; authorities stand in its `authorities/`. */
  readonly dataDir: string
  /** Milliseconds since the epoch. Default: the system's clock. */
  readonly now?: () => number
}
/** Which authorities cover a set of names, and which names none may cover. */
export interface Coverage {
  /** Each name's, without doubles; at least the first authority. */
  readonly authorities: readonly Authority[]
  readonly refused: readonly { readonly name: string; readonly why: string }[]
}
/** An authority's folder: read, or broken and why. */
export type Found = { readonly name: string; readonly authority: Authority } | { readonly name: string; readonly broken: SwitchyardError }

const firstName = 'local'
/** An authority this near its end is not issued from: its successor is made while there is time to trust it. */
const lastDaysMs = 60 * 86_400_000
const maxGenerations = 100

/**
 * The local authorities of a data folder. The first covers what never leaves a machine; other names get one more, permitted
 * to just these; old ones stay. Any number of processes may do this on one folder at once.
 */
export class Authorities {
  readonly dataDir: string
  readonly #parent: string
  readonly #now: () => number
  readonly #known = new Map<string, Authority>()
  readonly #making = new Map<string, Promise<Authority>>()

  constructor(options: AuthoritiesOptions) {
    this.dataDir = options.dataDir
    this.#parent = join(options.dataDir, 'authorities')
    this.#now = options.now ?? Date.now
  }

  /**
   * The authorities that cover these names, made where they are lacking. To be called with all names of a config at its
   * start, so that they get one authority together.
   * @throws SwitchyardError `authority-broken`
   */
  async authoritiesFor(names: readonly string[]): Promise<Coverage> {
    const { hosts, refused } = sortOut(names)
    const first = await this.first()
    if (hosts.some((host) => !this.covering(host))) await this.#lookAgain()
    const uncovered = hosts.filter((host) => !this.covering(host))
    if (uncovered.length > 0) await this.#makeOrTake(permittedFor(uncovered))
    const each = hosts.flatMap((host) => this.covering(host) ?? [])
    return { authorities: [...new Set([first, ...each])], refused }
  }

  /** The one for localhost, `*.localhost`, `*.test`, loopback and private addresses: made on first use. */
  async first(): Promise<Authority> {
    const known = this.#usable().find((authority) => isFirst(authority.permitted))
    return known ?? (await this.#makeOrTake(localPermitted))
  }

  /** The authority among those read so far that may issue for this name: the first, else the one that lasts longest. */
  covering(name: HostName): Authority | undefined {
    const able = this.#usable().filter((authority) => permits(authority.permitted, name))
    return able.sort(
      (a, b) => Number(isFirst(b.permitted)) - Number(isFirst(a.permitted)) || b.notAfter.getTime() - a.notAfter.getTime()
    )[0]
  }

  /** All there are, in order of name; makes none. */
  async list(): Promise<Found[]> {
    const names = await authorityNames(this.#parent)
    return await Promise.all(names.map((name) => this.#find(name)))
  }

  async #find(name: string): Promise<Found> {
    try {
      const authority = await readAuthority(this.#parent, name)
      return authority ? { name, authority } : { name, broken: asSwitchyardError(new Error(`${name} is gone`)) }
    } catch (thrown) {
      return { name, broken: asSwitchyardError(thrown) }
    }
  }

  /** Another process may have made what is lacking here. A broken one covers nothing; it is told of where it is needed. */
  async #lookAgain(): Promise<void> {
    for (const found of await this.list())
      if ('authority' in found && !this.#known.has(found.name)) this.#known.set(found.name, found.authority)
  }

  #makeOrTake(permitted: Permitted): Promise<Authority> {
    const base = folderName(permitted)
    const underWay = this.#making.get(base)
    if (underWay) return underWay
    const making = this.#generations(base, permitted).finally(() => this.#making.delete(base))
    this.#making.set(base, making)
    return making
  }

  /** `local`, and when that nears its end `local-2`, …: the same in every process, so that just one of them wins. */
  async #generations(base: string, permitted: Permitted): Promise<Authority> {
    for (let generation = 1; generation <= maxGenerations; generation++) {
      const name = generation === 1 ? base : `${base}-${generation}`
      const authority = (await readAuthority(this.#parent, name)) ?? (await this.#make(name, permitted))
      this.#known.set(name, authority)
      if (this.#lasts(authority)) return authority
    }
    throw asSwitchyardError(new Error(`${base}: ${maxGenerations} authorities, all at their end. Is the clock right?`))
  }

  async #make(name: string, permitted: Permitted): Promise<Authority> {
    const made = await makeAuthority(permitted, this.#now())
    const authority = await placeAuthority(this.#parent, name, made, permitted, this.#now())
    await refreshBundles(this.dataDir, this)
    return authority
  }

  #usable(): Authority[] {
    return [...this.#known.values()].filter((authority) => this.#lasts(authority))
  }

  #lasts(authority: Authority): boolean {
    return authority.notAfter.getTime() - this.#now() > lastDaysMs
  }
}

/** The names that no authority may cover, and why. Makes nothing. */
export function refusedNames(names: readonly string[]): Coverage['refused'] {
  return sortOut(names).refused
}

/** Names of a config as hosts; patterns, garbage and whole registries are told apart and refused. */
function sortOut(names: readonly string[]): { hosts: HostName[]; refused: { name: string; why: string }[] } {
  const hosts: HostName[] = []
  const refused: { name: string; why: string }[] = []
  for (const name of names) {
    const host = hostName(name)
    const why = host ? tooBroad(host) : 'not a host name that a certificate can carry'
    if (host && !why) hosts.push(host)
    else refused.push({ name: name.slice(0, 253), why: why ?? '' })
  }
  return { hosts, refused }
}

/** Whether it is the one of names and addresses that never leave a machine, or a private network. */
export function isFirst(permitted: Permitted): boolean {
  return permitted.names[0] === localPermitted.names[0] && permitted.ranges.length === localPermitted.ranges.length
}

/** Told by the set alone. The host's name leads, for people; a hash parts sets that begin alike. */
function folderName(permitted: Permitted): string {
  if (permitted === localPermitted) return firstName
  const all = [...permitted.names, ...permitted.ranges.map(rangeText)]
  const hash = createHash('sha256').update(all.join('\n')).digest('hex').slice(0, 10)
  return `${(all[0] as string).replaceAll(/[^a-z0-9.-]/g, '_').slice(0, 80)}-${hash}`
}
