import type { LogEntry, Step } from '../../../shared/steps.js'
import type { Site } from '../../../shared/site.js'
import { fromClient } from '../../../shared/records.js'
import type { From, RecordKind, Recorder, Stage } from '../../../shared/records.js'
import type { AddressMap } from '../address-map.js'
import { nowUs } from '../clock.js'
import type { Deadlines } from '../deadlines.js'
import type { Tunnel } from '../tunnel/tunnel.js'
import type { OriginPool } from './origin-pool.js'
import type { PortMapping } from './port-mapping.js'

/** Stands between a step and its doing, where the user set a breakpoint or a rule. Absent otherwise. */
export type Gate = (exchange: number, step: Step) => Step | Promise<Step>

export interface Counters {
  connections: number
  openConnections: number
  exchanges: number
  openExchanges: number
  tunnels: number
  openTunnels: number
  failures: number
  log: number
  /** Over connections that are gone; {@link Engine.counters} adds the open ones. Of TLS: what was inside. */
  bytesFromClients: number
  bytesToClients: number
}

/** What the connections of one engine share. */
export class EngineContext {
  readonly deadlines: Deadlines
  readonly pool: OriginPool
  readonly addresses: AddressMap
  readonly recorder: Recorder | null
  readonly gate: Gate | null
  readonly ports: PortMapping | null
  readonly onLog: (entry: LogEntry, exchange: number, connection: number) => void
  readonly chance: () => number
  /** Open tunnels by exchange. */
  readonly tunnels = new Map<number, Tunnel>()
  /** Which config each of them was opened with. */
  readonly tunnelGenerations = new Map<number, number>()
  readonly counters: Counters = {
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
  /** The site that new exchanges are opened with. */
  site: Site
  /** True once the engine is to stop when the last exchange is over. */
  stopping = false
  #lastExchange: number
  #lastConnection: number

  constructor(
    parts: Pick<EngineContext, 'deadlines' | 'pool' | 'addresses' | 'recorder' | 'gate' | 'ports' | 'onLog' | 'chance' | 'site'>,
    first: { exchange: number; connection: number }
  ) {
    this.deadlines = parts.deadlines
    this.pool = parts.pool
    this.addresses = parts.addresses
    this.recorder = parts.recorder
    this.gate = parts.gate
    this.ports = parts.ports
    this.onLog = parts.onLog
    this.chance = parts.chance
    this.site = parts.site
    this.#lastExchange = first.exchange - 1
    this.#lastConnection = first.connection - 1
  }

  nextExchange(): number {
    this.counters.exchanges++
    return ++this.#lastExchange
  }
  nextConnection(): number {
    this.counters.connections++
    return ++this.#lastConnection
  }

  get next(): { exchange: number; connection: number } {
    return { exchange: this.#lastExchange + 1, connection: this.#lastConnection + 1 }
  }

  tunnelOpened(exchange: number, tunnel: Tunnel, generation: number): void {
    this.tunnels.set(exchange, tunnel)
    this.tunnelGenerations.set(exchange, generation)
    this.counters.tunnels++
    this.counters.openTunnels++
  }
  tunnelEnded(exchange: number): void {
    this.tunnelGenerations.delete(exchange)
    if (this.tunnels.delete(exchange)) this.counters.openTunnels--
  }

  log(entries: readonly LogEntry[], exchange: number, connection: number): void {
    for (const entry of entries) {
      this.counters.log++
      this.onLog(entry, exchange, connection)
    }
  }

  note(kind: RecordKind, exchange: number, connection: number, note: object, from: From = fromClient): void {
    this.recorder?.note(kind, exchange, connection, from, note, nowUs())
  }
  recordBytes(
    kind: RecordKind,
    exchange: number,
    connection: number,
    from: From,
    stage: Stage,
    bytes: Uint8Array,
    start: number,
    end: number
  ): void {
    this.recorder?.bytes(kind, exchange, connection, from, stage, bytes, start, end, nowUs())
  }
  /** A head that we wrote ourselves. */
  recordText(kind: RecordKind, exchange: number, connection: number, from: From, stage: Stage, text: string): void {
    if (this.recorder === null) return
    this.recorder.bytes(kind, exchange, connection, from, stage, Buffer.from(text, 'latin1'), 0, text.length, nowUs())
  }
}
