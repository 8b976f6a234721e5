import type { Explanation } from '../../shared/contract.js'
import { SwitchyardError, asSwitchyardError } from '../../shared/errors.js'
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
import { explain } from './exchange/explain.js'
import type { Question } from './exchange/explain.js'
import { OriginPool } from './exchange/origin-pool.js'
import { PortMapping } from './exchange/port-mapping.js'
import { listen } from './listen/listener.js'
import type { Listener } from './listen/listener.js'
import { LiveListener } from './live-listener.js'
import type { Binding } from './live-listener.js'
import { siteSecurity } from './site-security.js'
import type { Endpoint, Wire } from './wire/wire.js'

export type { Binding } from './live-listener.js'

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
  /** One config after the other. */
  #applying: Promise<void> = Promise.resolve()
  #onQuiet: () => void = () => {}

  /** @throws SwitchyardError `bad-argument` for a map that is none. */
  constructor(parts: EngineParts) {
    this.#parts = parts
    this.#addresses = new AddressMap(parts.maps)
  }

  /** As of now: what open connections read and wrote is added up here, so that no read counts twice. */
  get counters(): Counters {
    const counters = { ...(this.#context?.counters ?? noCounters) }
    for (const { wire } of this.#connections) {
      counters.bytesFromClients += wire.bytesRead
      counters.bytesToClients += wire.bytesWritten
    }
    return counters
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
   * @param maps as `EngineParts.maps`; without them those it has stay.
   * @throws SwitchyardError `port-in-use`, `port-denied`, `address-unknown`, or what a certificate's reading throws.
   */
  apply(site: Site, bindings: readonly Binding[], maps: readonly string[] = this.#parts.maps): Promise<void> {
    const applied = this.#applying.then(() => this.#apply(site, bindings, new AddressMap(maps)))
    this.#applying = applied.catch(() => {})
    return applied
  }

  async #apply(site: Site, bindings: readonly Binding[], addresses: AddressMap): Promise<void> {
    if (this.#closed !== null) throw new SwitchyardError('internal', 'This engine was stopped; another one must serve the config.')
    const before = this.#listeners
    const kept = before.filter((live) => bindings.some((binding) => live.serves(binding)))
    const dropped = before.filter((live) => !kept.includes(live))
    const context = (this.#context ??= this.#open(site))
    const wanted = bindings.filter((binding) => !kept.some((live) => live.serves(binding)))
    const added = await this.#replace(dropped, wanted).catch((thrown: unknown) => {
      if (before.length === 0) this.#context = null
      throw thrown
    })
    const serving = [...kept, ...added]
    this.#listeners = bindings.flatMap((binding) => serving.find((live) => live.serves(binding)) ?? [])
    for (const binding of bindings) for (const live of kept) if (live.serves(binding)) live.binding = binding
    context.site = site
    this.#mapAddresses(context, addresses)
    this.#mapPorts(context, site)
    await Promise.all(dropped.map((live) => this.#drop(live)))
  }

  /** Binds what is new. What is in its way goes first, and is bound again where the new cannot be. */
  async #replace(dropped: readonly LiveListener[], bindings: readonly Binding[]): Promise<LiveListener[]> {
    const inTheWay = dropped.filter((live) => bindings.some((binding) => live.occupies(binding)))
    await Promise.all(inTheWay.map((live) => live.open.close()))
    try {
      return await this.#bind(bindings)
    } catch (thrown) {
      for (const live of inTheWay) live.open = await this.#listen(live)
      throw thrown
    }
  }

  /** Idle connections end with their listener, others after the exchange that is under way. */
  async #drop(live: LiveListener): Promise<void> {
    live.gone = true
    for (const connection of [...this.#connections]) if (connection.unlistened) connection.stop('graceful')
    await live.open.close()
  }

  /** Tunnels that were opened with an older config, by its generation. */
  tunnelsBefore(generation: number): { generation: number; tunnels: number }[] {
    const counts = new Map<number, number>()
    for (const each of this.#context?.tunnelGenerations.values() ?? []) if (each < generation) counts.set(each, (counts.get(each) ?? 0) + 1)
    return [...counts].sort(([a], [b]) => a - b).map(([each, tunnels]) => ({ generation: each, tunnels }))
  }

  /** What would be decided on a request that nobody sent. @throws SwitchyardError `request-invalid` */
  async explain(question: Question): Promise<Explanation> {
    const context = this.#context
    if (context === null) throw new SwitchyardError('request-invalid', 'Nothing is served, so nothing decides.')
    const { site, ports, chance } = context
    return await explain(question, { site, ports, chance, addresses: this.#addresses, listeners: this.listeners })
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
    this.#closed ??= this.#close()
    for (const connection of [...this.#connections]) connection.stop(how)
    if (how === 'now') for (const tunnel of [...(this.#context?.tunnels.values() ?? [])]) tunnel.close()
    return this.#closed
  }

  async #close(): Promise<void> {
    const context = this.#context
    if (context !== null) context.stopping = true
    await this.#applying
    await Promise.all(this.#listeners.map((live) => live.open.close()))
    this.#listeners = []
    // A connection lasts as long as its exchange, and so as long as its tunnel.
    if (this.#connections.size > 0) await new Promise<void>((resolve) => (this.#onQuiet = resolve))
    context?.pool.close()
    this.#deadlines.close()
  }

  #connectionGone(connection: ClientConnection): void {
    this.#connections.delete(connection)
    if (this.#connections.size === 0) this.#onQuiet()
  }

  #open(site: Site): EngineContext {
    const { recorder, gate, onLog, chance, first } = this.#parts
    return new EngineContext(
      {
        site,
        recorder,
        gate,
        chance,
        deadlines: this.#deadlines,
        pool: new OriginPool(),
        addresses: this.#addresses,
        ports: this.#parts.keepPorts ? null : new PortMapping(),
        onLog: (entry, exchange, connection) => {
          recorder?.note(RecordKind.log, exchange, connection, fromClient, entry, nowUs())
          onLog(entry, exchange, connection)
        }
      },
      first
    )
  }

  /** A connection that waits in the pool leads to where its name led before. */
  #mapAddresses(context: EngineContext, addresses: AddressMap): void {
    if (this.#addresses.equals(addresses)) return
    this.#addresses.become(addresses)
    context.pool.clear()
  }

  #mapPorts(context: EngineContext, site: Site): void {
    const mapped = this.#listeners.filter(({ binding, open }) => binding.spec.port !== open.port)
    context.ports?.serve(site.names, new Map(mapped.map(({ binding, open }) => [binding.spec.port, open.port])))
  }

  async #bind(bindings: readonly Binding[]): Promise<LiveListener[]> {
    const added: LiveListener[] = []
    try {
      for (const binding of bindings) {
        const live = new LiveListener(binding)
        const open = await this.#listen(live, added).catch((thrown: unknown) => this.#passOver(binding, thrown))
        if (open === null) continue
        live.open = open
        added.push(live)
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

  /** @param others that were opened with it and are not in the engine's list yet */
  #listen(live: LiveListener, others: readonly LiveListener[] = []): Promise<Listener> {
    const { address, port, spec } = live.binding
    return listen({
      address,
      // One that is bound again keeps the port that it was given.
      port: live.port ?? port,
      production: spec.port,
      isOurs: (taken) => [...this.#listeners, ...others].some((other) => other !== live && other.port === taken),
      onPlain: (wire) => this.#accept(live, wire),
      ...(spec.tls ? { secure: this.#security(live) } : {})
    })
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
      this.#connectionGone(gone)
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

const noCounters: Counters = {
  connections: 0,
  openConnections: 0,
  exchanges: 0,
  openExchanges: 0,
  tunnels: 0,
  openTunnels: 0,
  failures: 0,
  log: 0,
  bytesFromClients: 0,
  bytesToClients: 0
}
