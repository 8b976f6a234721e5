import type { From } from '../../../shared/records.js'
import { FrameMark, indexWords, unpackFrame } from '../store/run-index.js'
import type { SegmentReader } from '../store/segments.js'
import type { SqlDatabase, SqlStatement } from '../store/sqlite.js'
import { Lru } from './lru.js'

/** What is known of a run without its frames. */
export interface RunFacts {
  readonly id: number
  readonly side: From
  readonly first: number
  readonly count: number
  readonly firstOrder: number
  readonly lastOrder: number
  readonly beganAtUs: number
  readonly segment: number
}
/** A run with its frames. */
export interface LoadedRun extends RunFacts {
  readonly words: Uint32Array
  readonly payload: Buffer
}
const cachedBytes = 48 * 1024 * 1024

/** Loads runs and payloads of one capture; what was used last stays in memory. */
export class RunLoader {
  readonly #select: SqlStatement
  readonly #segments: SegmentReader
  readonly #loaded = new Lru<number, LoadedRun>(cachedBytes)
  constructor(database: SqlDatabase, segments: SegmentReader) {
    this.#select = database.prepare('SELECT frames, payload, count FROM runs WHERE id = ?')
    this.#segments = segments
  }
  load(facts: RunFacts): LoadedRun {
    const known = this.#loaded.get(facts.id)
    // A run that was short is written again, longer.
    if (known !== undefined && known.count >= facts.count) return known
    const [frames, payload, count] = (this.#select.first(facts.id) ?? [Buffer.alloc(0), Buffer.alloc(0), 0]) as [Buffer, Buffer, number]
    const loaded = { ...facts, count, words: indexWords(frames), payload }
    this.#loaded.set(facts.id, loaded, frames.length + payload.length + 256)
    return loaded
  }
  /** Stored payload of frame `at`, and its inflated text. Views, or read from the segment file; short where that ends. */
  content(run: LoadedRun, at: number, firstBytes = Infinity): { readonly payload: Buffer; readonly text: Buffer } {
    const { offset, stored, inflated, marks } = unpackFrame(run.words, at, run.first, run.beganAtUs)
    const inSegment = (marks & FrameMark.inSegment) !== 0
    const read = (from: number, length: number): Buffer => {
      const take = Math.min(length, firstBytes)
      return inSegment ? this.#segments.read(run.segment, from, take) : run.payload.subarray(from, from + take)
    }
    return { payload: read(offset, stored), text: read(offset + stored, inflated) }
  }
}
