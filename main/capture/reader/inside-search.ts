import { type From, fromClient, fromServer } from '../../../shared/records.js'
import type { SegmentReader } from '../store/segments.js'
import type { SqlDatabase, SqlRow, SqlStatement } from '../store/sqlite.js'
import { bytesMatch } from './content-test.js'
import type { FilterTerm, TextTest } from './filter.js'
import { FrameMatcher } from './frame-match.js'
import type { Slices } from './slices.js'
import { type LoadedRun, RunLoader } from './run-loader.js'
import { indexWords } from '../store/run-index.js'

/** How far an exchange was searched. */
interface Searched {
  found: boolean
  /** First frame of the last run of each side. */
  readonly frames: [number, number]
  body: number
  head: number
}

/** Looks into the heads, bodies and frames of exchanges for one term; an exchange that grew is searched where it is new. */
export class InsideSearch {
  readonly #tests: readonly TextTest[]
  readonly #matcher: FrameMatcher
  readonly #segments: SegmentReader
  readonly #heads: SqlStatement
  readonly #bodies: SqlStatement
  readonly #runs: SqlStatement
  readonly #searched = new Map<number, Searched>()

  constructor(term: FilterTerm, database: SqlDatabase, segments: SegmentReader) {
    this.#tests = term.tests as readonly TextTest[]
    this.#segments = segments
    this.#matcher = new FrameMatcher([{ ...term, negated: false }], new RunLoader(database, segments))
    this.#heads = database.prepare('SELECT id, bytes FROM heads WHERE exchange = ? AND id > ? ORDER BY id')
    this.#bodies = database.prepare('SELECT id, segment, position, length, data FROM bodies WHERE exchange = ? AND id > ? ORDER BY id')
    this.#runs = database.prepare(
      `SELECT id, side, first, count, first_order, last_order, began_at, segment, frames, payload FROM runs
       WHERE exchange = ? AND stage = 0 AND side = ? AND first >= ? ORDER BY first LIMIT 1`
    )
  }

  /** Whether the term's text is anywhere in the exchange. */
  async find(exchange: number, slices: Slices): Promise<boolean> {
    const searched: Searched = this.#searched.get(exchange) ?? { found: false, frames: [0, 0], body: 0, head: 0 }
    this.#searched.set(exchange, searched)
    searched.found ||= this.#inHeads(exchange, searched) || this.#inBodies(exchange, searched)
    searched.found ||=
      (await this.#inRuns(exchange, fromClient, searched, slices)) || (await this.#inRuns(exchange, fromServer, searched, slices))
    return searched.found
  }

  #inHeads(exchange: number, searched: Searched): boolean {
    return this.#heads.all(exchange, searched.head).some((row) => {
      searched.head = row[0] as number
      return bytesMatch(this.#tests, row[1] as Buffer)
    })
  }

  /** A body is stored in pieces, one a batch; what stands across two of them is found, too. */
  #inBodies(exchange: number, searched: Searched): boolean {
    let before: Buffer = Buffer.alloc(0)
    return this.#bodies.all(exchange, searched.body).some((row) => {
      const piece = this.#piece(row)
      const joined = Buffer.concat([before, piece])
      before = Buffer.from(joined.subarray(-4096))
      searched.body = row[0] as number
      return bytesMatch(this.#tests, joined)
    })
  }
  #piece([, segment, position, length, data]: SqlRow): Buffer {
    return (data as Buffer | null) ?? this.#segments.read(segment as number, position as number, length as number)
  }

  async #inRuns(exchange: number, side: From, searched: Searched, slices: Slices): Promise<boolean> {
    for (let from = searched.frames[side]; ;) {
      const row = this.#runs.first(exchange, side, from)
      if (row === undefined) return false
      const run = loadedRun(row)
      // The last run may grow: it is searched again.
      searched.frames[side] = run.first
      from = run.first + run.count
      if (this.#matcher.match(run).includes(1)) return true
      if (slices.due) await slices.pause()
    }
  }
}

function loadedRun(row: SqlRow): LoadedRun {
  const [id, side, first, count, firstOrder, lastOrder, beganAtUs, segment, frames, payload] = row as [
    number,
    0 | 1,
    number,
    number,
    number,
    number,
    number,
    number,
    Buffer,
    Buffer
  ]
  return { id, side, first, count, firstOrder, lastOrder, beganAtUs, segment, words: indexWords(frames), payload }
}
