import { asSwitchyardError } from '../../shared/errors.js'
import type { Recorder } from '../../shared/records.js'
import { RecordKind, fromClient } from '../../shared/records.js'
import type { Arrival, ListenerSpec, Site } from '../../shared/site.js'
import type { LogEntry } from '../../shared/steps.js'
import { AddressMap } from './address-map.js'
import type { Certificates } from './certificates.js'
import { nowUs } from './clock.js'
import { Deadlines } from './deadlines.js'
import { ClientConnection } from './exchange/client-connection.js'
import { EngineContext } from './exchange/context.js'
import type { Counters, Gate } from './exchange/context.js'
import { OriginPool } from './exchange/origin-pool.js'
import { PortMapping } from './exchange/port-mapping.js'
import { listen } from './listen/listener.js'
import type { Listener } from './listen/listener.js'
import { siteSecurity } from './site-security.js'
import type { Endpoint, Wire } from './wire/wire.js'

/** Where a listener of the config is really served: the same address and port, or those it is mapped to. */
export interface Binding {
  readonly spec: ListenerSpec
  readonly address: string
  /** 0: any free port. */
  readonly port: number
  /** Served where it can be (the second family of `*`); a failure is logged and passed over. */
  readonly optional?: boolean
}

/** A listener that is open. `binding.spec` is what the config sees of it. */
export interface OpenListener {
  readonly binding: Binding
  readonly address: string
  readonly port: number
}

export interface EngineParts {
  readonly certificates: Certificates
  /** null: capture is off. */
  readonly recorder: Recorder | null
  readonly maps: readonly string[]
  readonly keepPorts: boolean
  readonly gate: Gate | null
  readonly onLog: (entry: LogEntry, exchange: number, connection: number) => void
  readonly chance: () => number
  /** Numbers run on where an earlier engine of the same capture stopped. */
  readonly first: { readonly exchange: number; readonly connection: number }
}

/** One proxy: listeners, their connections, and the site that decides. Knows no dialect. */
export class Engine {
  readonly #parts: EngineParts
  readonly #deadlines = new Deadlines()
  readonly #addresses: AddressMap
  readonly #connections = new Set<ClientConnection>()
  #context: EngineContext | null = null
  #listeners: LiveListener[] = []
  #closed: Promise<void> | null = null

  /** @throws SwitchyardError `bad-argument` for a map that is none. */
  constructor(parts: EngineParts) {
    this.#parts = parts
    this.#addresses = new AddressMap(parts.maps)
  }

  get counters(): Counters {
    return this.#context?.counters ?? noCounters
  }
  get site(): Site | null {
    return this.#context?.site ?? null
  }
  get listeners(): readonly OpenListener[] {
    return this.#listeners.map(({ binding, open }) => ({ binding, address: open.address, port: open.port }))
  }

  /**
   * Serves a site from now on. Listeners that stay keep their connections, tunnels keep the site they were opened with.
   * All or nothing: where one port cannot be bound, everything stays as it was.
   *
   * @throws SwitchyardError `port-in-use`, `port-denied`, `address-unknown`, or what a certificate's reading throws.
   */
  async apply(site: Site, bindings: readonly Binding[]): Promise<void> {
    const context = this.#context ?? this.#open(site)
    const kept = this.#listeners.filter((live) => bindings.some((binding) => live.serves(binding)))
    const added = await this.#bind(bindings.filter((binding) => !kept.some((live) => live.serves(binding))))
    const dropped = this.#listeners.filter((live) => !kept.includes(live))
    this.#listeners = [...kept, ...added]
    for (const live of this.#listeners) live.binding = bindings.find((binding) => live.serves(binding)) as Binding
    context.site = site
    this.#mapPorts(context, site)
    for (const live of dropped) live.gone = true
    await Promise.all(dropped.map((live) => live.open.close()))
  }

  /** The numbers that the next exchange and connection would have. */
  get next(): { exchange: number; connection: number } {
    return this.#context?.next ?? this.#parts.first
  }

  /** Closes the tunnel of an exchange. False: it is not open (any more). */
  closeTunnel(exchange: number): boolean {
    const tunnel = this.#context?.tunnels.get(exchange)
    tunnel?.close()
    return tunnel !== undefined
  }

  /** `now`: tunnels end, everything is let go. `graceful`: no new connections; resolves when the last exchange is over. Idempotent. */
  close(how: 'now' | 'graceful'): Promise<void> {
    if (how === 'now') for (const connection of [...this.#connections]) connection.stop('now')
    if (how === 'now') for (const tunnel of [...(this.#context?.tunnels.values() ?? [])]) tunnel.close()
    return (this.#closed ??= this.#close(how))
  }

  async #close(how: 'now' | 'graceful'): Promise<void> {
    const context = this.#context
    if (context !== null) context.stopping = true
    const closing = this.#listeners.map((live) => live.open.close())
    for (const connection of [...this.#connections]) connection.stop(how)
    await Promise.all(closing)
    if (how === 'graceful') await this.#quiet()
    context?.pool.close()
    this.#deadlines.close()
    this.#listeners = []
  }

  #quiet(): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.#connections.size === 0 && (this.#context?.tunnels.size ?? 0) === 0) resolve()
        else setTimeout(look, 50)
      }
      look()
    })
  }

  #open(site: Site): EngineContext {
    const { recorder, gate, onLog, chance, first } = this.#parts
    this.#context = new EngineContext(
      {
        site,
        recorder,
        gate,
        chance,
        deadlines: this.#deadlines,
        pool: new OriginPool(this.#deadlines),
        addresses: this.#addresses,
        ports: this.#parts.keepPorts ? null : new PortMapping(),
        onLog: (entry, exchange, connection) => {
          recorder?.note(RecordKind.log, exchange, connection, fromClient, entry, nowUs())
          onLog(entry, exchange, connection)
        }
      },
      first
    )
    return this.#context
  }

  #mapPorts(context: EngineContext, site: Site): void {
    const mapped = this.#listeners.filter(({ binding, open }) => binding.spec.port !== open.port)
    context.ports?.serve(site.names, new Map(mapped.map(({ binding, open }) => [binding.spec.port, open.port])))
  }

  async #bind(bindings: readonly Binding[]): Promise<LiveListener[]> {
    const added: LiveListener[] = []
    try {
      for (const binding of bindings) {
        const live = await this.#listen(binding).catch((thrown: unknown) => this.#passOver(binding, thrown))
        if (live !== null) added.push(live)
      }
    } catch (thrown) {
      await Promise.all(added.map((live) => live.open.close()))
      throw thrown
    }
    return added
  }

  #passOver(binding: Binding, thrown: unknown): null {
    if (binding.optional !== true) throw thrown
    const message = `${binding.address} port ${binding.port} is not served: ${asSwitchyardError(thrown).message}`
    this.#parts.onLog({ level: 'warning', source: 'switchyard', code: 'listener-passed-over', message }, 0, 0)
    return null
  }

  async #listen(binding: Binding): Promise<LiveListener> {
    const live = new LiveListener(binding)
    live.open = await listen({
      address: binding.address,
      port: binding.port,
      onPlain: (wire) => this.#accept(live, wire),
      ...(binding.spec.tls ? { secure: this.#security(live) } : {})
    })
    return live
  }

  #security(live: LiveListener): ReturnType<typeof siteSecurity> {
    return siteSecurity({
      site: () => (this.#context as EngineContext).site,
      certificates: this.#parts.certificates,
      arrival: (remote, local) => this.#arrivalBefore(live, remote, local),
      onSecure: (wire) => this.#accept(live, wire),
      onPlainInstead: (wire) => this.#accept(live, wire).fault({ fault: 'plainOnTls', on: 'a plain request on a TLS port' }),
      onRefused: (entries, failure, remote) => this.#refused(live, entries, failure, remote)
    })
  }

  #accept(live: LiveListener, wire: Wire): ClientConnection {
    const spec = (): ListenerSpec | null => (live.gone ? null : live.binding.spec)
    const connection = new ClientConnection(this.#context as EngineContext, wire, live.binding.spec, spec, (gone) =>
      this.#connections.delete(gone)
    )
    this.#connections.add(connection)
    if (this.#closed !== null) connection.stop('now')
    return connection
  }

  #arrivalBefore(live: LiveListener, remote: Endpoint, local: Endpoint): Arrival {
    const { spec } = live.binding
    const { chance } = this.#parts
    return { listener: spec, address: local.address, port: spec.port, client: remote, tls: null, connection: 0, request: 0, chance }
  }

  /** A client whose TLS came to nothing is a connection all the same: it is counted, logged and stored. */
  #refused(live: LiveListener, entries: readonly LogEntry[], failure: string, remote: Endpoint): void {
    const context = this.#context as EngineContext
    const id = context.nextConnection()
    const { address, port } = live.binding.spec
    context.note(RecordKind.connectionOpened, 0, id, {
      listener: `${address}:${port}`,
      client: `${remote.address}:${remote.port}`,
      tls: null
    })
    context.log(entries, 0, id)
    context.note(RecordKind.connectionClosed, 0, id, { failure })
    context.counters.failures++
  }
}

class LiveListener {
  binding: Binding
  open!: Listener
  /** The newest config does not have it any more. */
  gone = false
  constructor(binding: Binding) {
    this.binding = binding
  }
  /** Whether it can go on for this binding: the same socket, with or without TLS as it was. */
  serves(binding: Binding): boolean {
    const { binding: mine } = this
    return (
      mine.address === binding.address &&
      mine.port === binding.port &&
      mine.spec.tls === binding.spec.tls &&
      mine.spec.port === binding.spec.port
    )
  }
}

const noCounters: Counters = {
  connections: 0,
  openConnections: 0,
  exchanges: 0,
  openExchanges: 0,
  tunnels: 0,
  openTunnels: 0,
  failures: 0,
  log: 0
}
