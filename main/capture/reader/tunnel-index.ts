import { type From, fromClient, fromServer } from '../../../shared/records.js'
import { type FrameEntry, indexEntryWords, orderAt, unpackFrame } from '../store/run-index.js'
import type { SqlDatabase, SqlStatement } from '../store/sqlite.js'
import type { LoadedRun, RunFacts, RunLoader } from './run-loader.js'

/** A frame, and the run it stands in. */
export interface FramePlace {
  readonly run: LoadedRun
  readonly at: number
}

/** Where the frames of one tunnel stand: the facts of its runs, side by side, kept up as it grows. No frame is held. */
export class TunnelIndex {
  readonly exchange: number
  /** Frames of both sides. */
  total = 0
  /** One more than the highest order. */
  endOrder = 0
  readonly #sides: [RunFacts[], RunFacts[]] = [[], []]
  readonly #select: SqlStatement
  readonly #loader: RunLoader

  constructor(exchange: number, database: SqlDatabase, loader: RunLoader) {
    this.exchange = exchange
    this.#loader = loader
    // One statement for both sides, so that both are seen as of the same batch.
    this.#select = database.prepare(
      `SELECT id, side, first, count, first_order, last_order, began_at, segment FROM runs
       WHERE exchange = ? AND stage = 0 AND ((side = 0 AND first >= ?) OR (side = 1 AND first >= ?)) ORDER BY side, first`
    )
    this.refresh()
  }

  /** Looks for runs that came or grew. True: there are more frames. */
  refresh(): boolean {
    const before = this.total
    const last = this.#sides.map((runs) => runs.pop())
    for (const run of last) this.total -= run?.count ?? 0
    for (const row of this.#select.all(this.exchange, last[fromClient]?.first ?? 0, last[fromServer]?.first ?? 0)) {
      const facts = runFacts(row as readonly number[])
      this.#sides[facts.side].push(facts)
      this.total += facts.count
    }
    this.endOrder = Math.max(...this.#sides.map((runs) => (runs.at(-1)?.lastOrder ?? -1) + 1))
    return this.total !== before
  }

  /** Every order has its frame: row n of the tunnel is the frame of order n. Not so after writing failed for a while. */
  get dense(): boolean {
    return this.endOrder === this.total
  }

  /** The frames of orders ≥ `order`, both sides merged, as long as the caller takes them. */
  *from(order: number): Generator<FramePlace> {
    const heads = [this.#cursor(fromClient, order), this.#cursor(fromServer, order)]
    const next = heads.map((cursor) => cursor.next().value)
    for (;;) {
      const [client, server] = next
      if (client === undefined && server === undefined) return
      const side = server === undefined || (client !== undefined && orderOf(client) < orderOf(server)) ? fromClient : fromServer
      yield next[side] as FramePlace
      next[side] = heads[side]?.next().value
    }
  }

  /** The frame of one order. */
  at(order: number): FramePlace | undefined {
    for (const side of [fromClient, fromServer] as const) {
      const run = this.#sides[side][this.#runFrom(side, order)]
      if (run === undefined || run.firstOrder > order) continue
      const loaded = this.#loader.load(run)
      const at = entryFrom(loaded, order)
      if (at < loaded.count && orderAt(loaded.words, at) === order) return { run: loaded, at }
    }
    return undefined
  }

  /** Frame `number` of a side. */
  numbered(side: From, number: number): FramePlace | undefined {
    const runs = this.#sides[side]
    const run = runs[lowest(runs.length, (at) => (runs[at] as RunFacts).first + (runs[at] as RunFacts).count > number)]
    if (run === undefined || run.first > number) return undefined
    return { run: this.#loader.load(run), at: number - run.first }
  }

  *#cursor(side: From, order: number): Generator<FramePlace, undefined> {
    const runs = this.#sides[side]
    for (let at = this.#runFrom(side, order); at < runs.length; at++) {
      const run = this.#loader.load(runs[at] as RunFacts)
      for (let i = run.firstOrder >= order ? 0 : entryFrom(run, order); i < run.count; i++) {
        // A run may have grown since the last refresh: what is newer waits for the next.
        if (orderAt(run.words, i) >= this.endOrder) return undefined
        yield { run, at: i }
      }
    }
    return undefined
  }

  /** Index of the first run that has a frame of this order or a later one. */
  #runFrom(side: From, order: number): number {
    const runs = this.#sides[side]
    return lowest(runs.length, (at) => (runs[at] as RunFacts).lastOrder >= order)
  }
}

export const orderOf = ({ run, at }: FramePlace): number => run.words[at * indexEntryWords] as number
export const entryOf = ({ run, at }: FramePlace): FrameEntry => unpackFrame(run.words, at, run.first, run.beganAtUs)

function entryFrom(run: LoadedRun, order: number): number {
  return lowest(run.count, (at) => orderAt(run.words, at) >= order)
}

/** The lowest of 0…count for which `holds`, which must go from false to true once; `count` where there is none. */
export function lowest(count: number, holds: (at: number) => boolean): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}

function runFacts(row: readonly number[]): RunFacts {
  const [id, side, first, count, firstOrder, lastOrder, beganAtUs, segment] = row as [
    number,
    From,
    number,
    number,
    number,
    number,
    number,
    number
  ]
  return { id, side, first, count, firstOrder, lastOrder, beganAtUs, segment }
}
