import {
  type AttemptNote,
  type ConfigNote,
  type ConnectionEnd,
  type ConnectionNote,
  type DecisionNote,
  type ExchangeEnd,
  type ExchangeNote,
  type GapNote,
  RecordKind,
  type TunnelNote
} from '../../../shared/records.js'
import type { LogEntry } from '../../../shared/steps.js'
import type { CaptureLimits } from '../limits.js'
import type { RingRecord } from '../ring/ring-reader.js'
import type { CaptureStore } from '../store/capture-store.js'
import { ExchangeRecorder } from './exchange-recorder.js'
import { PendingBudget } from './pending-budget.js'
import { RoutePlaces } from './route-places.js'

/** Longest note or head that is put together from pieces. The longest are the texts of a config. */
const longestNoteBytes = 64 * 1024 * 1024
const rememberedEnds = 1024

/**
 * Makes rows of records: one call a record, one {@link commit} a batch. Knows no ring, no thread and no clock of its own,
 * so that tests can play records to it.
 */
export class CaptureWriter {
  #store: CaptureStore
  readonly #limits: CaptureLimits
  readonly #budget: PendingBudget
  readonly #exchanges = new Map<number, ExchangeRecorder>()
  readonly #touched = new Set<ExchangeRecorder>()
  /** Addresses of clients by connection, for the exchanges on them. */
  readonly #clients = new Map<number, string>()
  /** Exchanges that ended lately: a record that comes after the end (which the engine should not send) must not begin them anew. */
  readonly #over = new Set<number>()
  readonly #routes = new RoutePlaces()
  /** Configs that came while nothing was written: what comes later was decided by them. */
  readonly #configsToTell: { at: number; note: ConfigNote }[] = []
  #pieces: Buffer[] = []
  #pieceBytes = 0
  #notes = false

  constructor(store: CaptureStore, limits: CaptureLimits) {
    this.#store = store
    this.#limits = limits
    this.#budget = new PendingBudget(limits.maxPendingBytes)
  }

  /** Exchanges that have not ended. */
  get open(): number {
    return this.#exchanges.size
  }
  /** Whether a batch would write anything. */
  get dirty(): boolean {
    return this.#touched.size > 0 || this.#notes
  }

  take(record: RingRecord): void {
    if (record.kind === RecordKind.bytes) {
      this.#exchange(record)?.tunnelBytes(record.from, record.stage, record.bytes, record.start, record.end, record.atUs)
    } else if (record.kind === RecordKind.body) {
      this.#exchange(record)?.body(record.from, record.stage, record.bytes, record.start, record.end, record.atUs)
    } else this.#piece(record)
  }

  /** Writes what is new and commits it. `last`: counts of quiet exchanges, too. Throws when the store cannot. */
  commit(nowMs: number, last = false): void {
    for (const exchange of this.#touched) exchange.flush(nowMs, last)
    this.#store.trimLogs(this.#limits.maxLogLines)
    this.#store.commit()
    for (const exchange of this.#touched) {
      if (!this.#store.paused) exchange.committed()
      // While nothing is written, the end of one that stands in the file waits; one that began and ended meanwhile leaves no trace.
      const over = exchange.ended && !(this.#store.paused && exchange.stored)
      if (over) this.#forget(exchange.row.id)
      if (over || !exchange.pending) this.#touched.delete(exchange)
    }
    this.#notes = false
  }

  /** From here on nothing is written: call right after a commit, then pause the store. */
  stopWriting(): void {
    for (const exchange of this.#exchanges.values()) exchange.cut()
  }
  /** Everything since the last commit is lost, and nothing is written for now. */
  batchLost(): void {
    for (const exchange of this.#touched) exchange.batchLost()
  }
  /** Writing goes on: what passed meanwhile is told as gaps. Call right after a commit that wrote nothing. */
  resumeWriting(atUs: number): void {
    for (const exchange of this.#exchanges.values()) {
      exchange.cut()
      exchange.resumed(atUs)
      this.#touched.add(exchange)
    }
    for (const { at, note } of this.#configsToTell.splice(0)) this.#store.addConfig(at, note)
  }

  /** The capture is closed in the middle of traffic: what is in memory goes to the store. */
  release(atUs: number): void {
    for (const exchange of this.#exchanges.values()) {
      exchange.release(atUs)
      this.#touched.add(exchange)
    }
  }

  /** Goes on in another file, with what is open. Call right after a commit; commits both files. */
  moveTo(store: CaptureStore, atUs: number): void {
    this.#store.carryOver([...this.#exchanges.keys()], store)
    for (const exchange of this.#exchanges.values()) {
      exchange.moveTo(store, atUs)
      this.#touched.add(exchange)
    }
    this.#store.commit()
    this.#store = store
    this.commit(0, true)
  }

  #forget(exchange: number): void {
    this.#exchanges.delete(exchange)
    this.#over.add(exchange)
    if (this.#over.size > rememberedEnds) this.#over.delete(this.#over.values().next().value as number)
  }

  #piece(record: RingRecord): void {
    this.#pieceBytes += record.end - record.start
    if (this.#pieceBytes <= longestNoteBytes) this.#pieces.push(Buffer.from(record.bytes.slice(record.start, record.end)))
    if (record.continues) return
    const whole = this.#pieces.length === 1 ? (this.#pieces[0] as Buffer) : Buffer.concat(this.#pieces)
    const tooLong = this.#pieceBytes > longestNoteBytes
    this.#pieces = []
    this.#pieceBytes = 0
    if (tooLong) return
    this.#notes = true
    if (record.kind === RecordKind.head) this.#exchange(record)?.head(record.from, record.stage, whole, record.atUs)
    else this.#note(record, JSON.parse(whole.toString()))
  }

  #note(record: RingRecord, note: unknown): void {
    const { exchange, connection, atUs } = record
    switch (record.kind) {
      case RecordKind.connectionOpened:
        this.#clients.set(connection, (note as ConnectionNote).client)
        return this.#store.openConnection(connection, atUs, note as ConnectionNote)
      case RecordKind.connectionClosed:
        this.#clients.delete(connection)
        return this.#store.closeConnection(connection, atUs, note as ConnectionEnd)
      case RecordKind.exchangeOpened:
        return this.#exchange(record)?.opened(note as ExchangeNote, atUs)
      case RecordKind.decision:
        return this.#exchange(record)?.decided(note as DecisionNote, this.#routes.of(note as DecisionNote), atUs)
      case RecordKind.tunnelOpened:
        return this.#exchange(record)?.tunnel(note as TunnelNote, atUs)
      case RecordKind.gap:
        return this.#exchange(record)?.gap(note as GapNote, atUs)
      case RecordKind.attempt:
        return this.#exchange(record)?.attempt(note as AttemptNote, atUs)
      case RecordKind.exchangeEnded:
        return this.#exchange(record)?.end(note as ExchangeEnd, atUs)
      case RecordKind.log:
        return this.#store.addLog(exchange, connection, atUs, note as LogEntry)
      case RecordKind.config:
        this.#routes.add(note as ConfigNote)
        if (this.#store.paused) return void this.#configsToTell.push({ at: atUs, note: note as ConfigNote })
        return this.#store.addConfig(atUs, note as ConfigNote)
      default:
        // A kind of a later engine: nothing that this writer could say about it.
        return
    }
  }

  /** The exchange of a record. One whose opening was missed begins here. */
  #exchange(record: RingRecord): ExchangeRecorder | undefined {
    let exchange = this.#exchanges.get(record.exchange)
    if (exchange === undefined) {
      if (this.#over.has(record.exchange)) return undefined
      const client = this.#clients.get(record.connection) ?? ''
      exchange = new ExchangeRecorder(record.exchange, record.connection, record.atUs, client, this.#store, this.#limits, this.#budget)
      this.#exchanges.set(record.exchange, exchange)
    }
    this.#touched.add(exchange)
    return exchange
  }
}
