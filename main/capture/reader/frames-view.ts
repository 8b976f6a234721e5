import { type From, fromClient } from '../../../shared/records.js'
import type { FrameRow, Gap, Lost } from '../../../shared/rows.js'
import type { Order } from '../protocol.js'
import type { SqlDatabase, SqlStatement } from '../store/sqlite.js'
import type { Filter } from './filter.js'
import { FrameMatcher } from './frame-match.js'
import { type Judges, frameRow } from './frame-rows.js'
import { Lru } from './lru.js'
import type { Slices } from './slices.js'
import type { LoadedRun } from './run-loader.js'
import { TunnelIndex, lowest, orderOf } from './tunnel-index.js'
import type { View } from './view.js'

/** What a frame is to the list, beside 0 for one that does not match. */
const [row, leftOut] = [1, 2]
const nothing: Lost = { lostFrames: 0, lostBytes: 0 }
/** Frames looked at between two looks at the clock. */
const stretch = 4096

interface FramesViewParts {
  readonly exchange: number
  /** null: nothing matches, whatever comes, since the exchange doesn't. */
  readonly filter: Filter | null
  readonly order: Order | undefined
  /** Heartbeats are left out, and counted. */
  readonly hides: boolean
  readonly judges: Judges
  readonly database: SqlDatabase
}

/**
 * The frames of one tunnel. Without a filter row n is the frame of order n and nothing is held; with one, the orders of
 * the frames that match are, four bytes each.
 */
export class FramesView implements View {
  revision = 0
  readonly #index: TunnelIndex
  readonly #judges: Judges
  readonly #hides: boolean
  readonly #filter: Filter | null
  readonly #matches: (run: LoadedRun) => Uint8Array
  readonly #descending: boolean
  readonly #gaps: SqlStatement
  /** Orders that match, in order; null while all do. */
  #orders: Uint32Array | null
  #matched = 0
  #hidden = 0
  /** Orders below this were looked at. */
  #lookedOrder = 0
  #looked = 0

  constructor({ exchange, filter, order, hides, judges, database }: FramesViewParts) {
    const { loader } = judges
    this.#index = new TunnelIndex(exchange, database, loader)
    this.#judges = judges
    this.#hides = hides
    this.#filter = filter
    const matcher = new FrameMatcher(filter ?? [], loader)
    this.#matches = remembered((run) => this.#withoutHeartbeats(run, matcher.match(run)))
    this.#descending = order?.descending ?? false
    this.#gaps = database.prepare(
      'SELECT before_order, side, lost_frames, lost_bytes FROM gaps WHERE exchange = ? AND before_order BETWEEN ? AND ?'
    )
    this.#orders = this.#all ? null : new Uint32Array(1024)
  }

  get total(): number {
    return this.#index.total
  }
  get matched(): number {
    return this.#orders === null ? this.#index.total : this.#matched
  }
  get hidden(): number {
    return this.#hidden
  }
  get looked(): number {
    return this.#orders === null ? this.#index.total : this.#looked
  }

  async advance(slices: Slices): Promise<void> {
    if (this.#index.refresh()) this.revision++
    // After a time in which nothing could be written, orders have holes: rows are counted then instead of computed.
    if (this.#orders === null && !this.#index.dense) this.#orders = new Uint32Array(1024)
    if (this.#orders === null || this.#filter === null) return
    const end = this.#index.endOrder
    while (this.#lookedOrder < end) {
      this.#lookAt(Math.min(end, this.#lookedOrder + stretch))
      this.revision++
      if (slices.due) await slices.pause()
    }
  }

  rows(first: number, count: number): FrameRow[] {
    const last = Math.min(first + count, this.matched)
    const orders = Array.from({ length: Math.max(0, last - first) }, (_, at) => this.#orderAt(first + at))
    if (orders.length === 0) return []
    const gaps = this.#gapsBetween(Math.min(...orders), Math.max(...orders))
    const consecutive = this.#orders === null && !this.#descending
    const places = consecutive ? this.#index.from(orders[0] as number) : orders.map((order) => this.#index.at(order))[Symbol.iterator]()
    const rows: FrameRow[] = []
    for (let next = places.next(); next.done !== true && rows.length < orders.length; next = places.next()) {
      if (next.value !== undefined) rows.push(frameRow(next.value, this.#judges, gaps.get(orderOf(next.value)) ?? null))
    }
    return rows
  }

  indexOf(rowId: number): number | null {
    const orders = this.#orders
    const at = orders === null ? rowId : lowest(this.#matched, (i) => (orders[i] as number) >= rowId)
    if (at >= this.matched || (orders !== null && orders[at] !== rowId)) return null
    return this.#descending ? this.matched - 1 - at : at
  }

  contains(text: string): (index: number) => boolean {
    const matcher = new FrameMatcher(
      [{ field: 'text', negated: false, tests: [{ kind: 'contains', text: text.toLowerCase() }] }],
      this.#judges.loader
    )
    const matches = remembered((run) => matcher.match(run))
    return (index) => {
      const place = this.#index.at(this.#orderAt(index))
      return place !== undefined && matches(place.run)[place.at] === 1
    }
  }

  wentBadly(): (index: number) => boolean {
    const gaps = this.#gapsBetween(0, this.#index.endOrder)
    const troubled = remembered((run) => this.#judges.troubles.match(run))
    return (index) => {
      const order = this.#orderAt(index)
      const place = this.#index.at(order)
      return gaps.has(order) || (place !== undefined && troubled(place.run)[place.at] === 1)
    }
  }

  get #all(): boolean {
    return this.#filter !== null && this.#filter.length === 0 && !this.#hides
  }

  #orderAt(index: number): number {
    const at = this.#descending ? this.matched - 1 - index : index
    return this.#orders === null ? at : (this.#orders[at] as number)
  }

  #lookAt(endOrder: number): void {
    for (const place of this.#index.from(this.#lookedOrder)) {
      const order = orderOf(place)
      if (order >= endOrder) break
      this.#looked++
      const becomes = this.#matches(place.run)[place.at]
      if (becomes === row) this.#push(order)
      else if (becomes === leftOut) this.#hidden++
    }
    this.#lookedOrder = endOrder
  }

  #withoutHeartbeats(run: LoadedRun, matches: Uint8Array): Uint8Array {
    if (!this.#hides) return matches
    for (let at = 0; at < run.count; at++) if (matches[at] === row && this.#isMereHeartbeat(run, at)) matches[at] = leftOut
    return matches
  }

  #isMereHeartbeat(run: LoadedRun, at: number): boolean {
    const { heartbeats, troubles } = this.#judges
    return heartbeats.has(run, at) && troubles.of(run, at) === null
  }

  #push(order: number): void {
    let orders = this.#orders as Uint32Array
    if (this.#matched === orders.length) {
      orders = new Uint32Array(orders.length * 2)
      orders.set(this.#orders as Uint32Array)
      this.#orders = orders
    }
    orders[this.#matched++] = order
  }

  #gapsBetween(low: number, high: number): Map<number, Gap> {
    const gaps = new Map<number, Gap>()
    for (const row of this.#gaps.all(this.#index.exchange, low, high)) {
      const [order, side, lostFrames, lostBytes] = row as [number, From, number, number]
      const lost = { lostFrames, lostBytes }
      const before = gaps.get(order) ?? { ...nothing, fromClient: nothing }
      const fromClientToo = side === fromClient ? sum(before.fromClient, lost) : before.fromClient
      gaps.set(order, { ...sum(before, lost), fromClient: fromClientToo })
    }
    return gaps
  }
}

function sum(a: Lost, b: Lost): Lost {
  return { lostFrames: a.lostFrames + b.lostFrames, lostBytes: a.lostBytes + b.lostBytes }
}

/** Matches each run once, as long as it doesn't grow: a stretch of frames goes back and forth between two runs. */
function remembered(match: (run: LoadedRun) => Uint8Array): (run: LoadedRun) => Uint8Array {
  const known = new Lru<number, Uint8Array>(64)
  return (run) => {
    const before = known.get(run.id)
    if (before !== undefined && before.length >= run.count) return before
    const matches = match(run)
    known.set(run.id, matches, 1)
    return matches
  }
}
