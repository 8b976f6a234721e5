import { FrameMark, type Run, indexEntryBytes, indexEntryWords } from '../store/run-index.js'
import type { SegmentWriter } from '../store/segments.js'
import type { FrameFinder } from './frame-finder.js'
import { GrowingBytes } from './growing-bytes.js'
import type { PendingBudget } from './pending-budget.js'
import { unmask } from './unmask.js'

/** A run is closed when it has this many frames, or this much payload of its own. */
export const maxRunFrames = 2048
const maxRunBytes = 256 * 1024
/** A run shorter than this is written again, longer, with the next batch, so that quiet tunnels don't make a row a frame. */
const smallRunBytes = 4096
/** µs since the run's begin fit 32 bits for 71 minutes. */
const longestRunUs = 2 ** 31

export interface RunLimits {
  readonly maxPayloadBytes: number
  readonly maxInlineBytes: number
}

/**
 * Puts frames into runs: payloads unmasked, one behind the other, and an index of 32 bytes a frame. The frame that is
 * still coming stands at the payload's end and is no part of a run until it is over.
 */
export class RunBuilder {
  readonly #limits: RunLimits
  readonly #segments: SegmentWriter
  readonly #payload: GrowingBytes
  readonly #nextRunId: () => number
  readonly #emit: (run: Run) => void
  #words = new Uint32Array(16 * indexEntryWords)
  #count = 0
  #first = 0
  #beganAtUs = 0
  #lastUs = 0
  #segment = 0
  #id = 0
  /** Where the frame that is still coming begins in the payload. */
  #open = 0
  /** Frames of this run that were written with an earlier batch. */
  #written = 0

  constructor(limits: RunLimits, segments: SegmentWriter, budget: PendingBudget, nextRunId: () => number, emit: (run: Run) => void) {
    this.#limits = limits
    this.#segments = segments
    this.#payload = new GrowingBytes(budget)
    this.#nextRunId = nextRunId
    this.#emit = emit
  }

  /** Appends a stretch of the frame that is coming, unmasked, up to the limit. */
  payload(finder: FrameFinder, bytes: Uint8Array, start: number, end: number): void {
    const stored = this.#payload.length - this.#open
    // Once a byte is left out, all that follow are: what is kept is a beginning.
    if (stored < finder.seen) return
    const take = Math.min(end - start, this.#limits.maxPayloadBytes - stored)
    if (take <= 0 || !this.#payload.append(bytes, start, start + take)) return
    if (finder.masked) unmask(this.#payload.raw, this.#payload.length - take, take, finder.maskKey, stored)
  }

  /** What is stored of the frame that is coming: a view, good until the next call. */
  get current(): Buffer {
    return this.#payload.view(this.#open)
  }

  /** The frame is over: it becomes the run's next. `inflated` (or null) is stored behind it. */
  add(finder: FrameFinder, order: number, atUs: number, marks: number, inflated: Uint8Array | null): void {
    if (this.#mustClose(finder, atUs)) this.#close()
    if (this.#count === 0) this.#begin(finder, atUs)
    const stored = this.#payload.length - this.#open
    const kept = inflated === null ? 0 : this.#keepInflated(inflated)
    const placed = stored + kept > this.#limits.maxInlineBytes ? this.#moveToSegment() : this.#open
    const inSegment = stored + kept > this.#limits.maxInlineBytes ? FrameMark.inSegment : 0
    const cut = inflated !== null && kept < inflated.length ? FrameMark.inflateCut : 0
    this.#write(finder, order, atUs, marks | inSegment | cut | (finder.masked ? FrameMark.masked : 0), placed, stored, kept)
    this.#open = this.#payload.length
    if (this.#count >= maxRunFrames || this.#open >= maxRunBytes) this.#close()
  }

  /** Hands out what is not written yet: called once a batch. */
  flush(): void {
    if (this.#count === this.#written) return
    if (this.#count * indexEntryBytes + this.#open >= smallRunBytes) return this.#close()
    this.#hand()
  }

  /** Takes over the frame that is coming from the builder of another file. */
  seed(payload: Uint8Array): void {
    this.#payload.append(payload, 0, payload.length)
  }

  /** What stands in the run so far is not written (again): the next frame begins another. */
  cut(): void {
    this.#count = this.#written = 0
    this.#payload.dropFirst(this.#open)
    this.#open = 0
  }

  /** The direction is over: nothing is kept. */
  end(): void {
    this.#close()
    this.#payload.release()
  }

  #mustClose(finder: FrameFinder, atUs: number): boolean {
    if (this.#count === 0) return false
    if (this.#segments.full) return true
    return finder.number !== this.#first + this.#count || atUs - this.#beganAtUs > longestRunUs || this.#segment !== this.#segments.segment
  }

  #begin(finder: FrameFinder, atUs: number): void {
    if (this.#segments.full) this.#segments.rollOver()
    this.#id = this.#nextRunId()
    this.#first = finder.number
    this.#beganAtUs = this.#lastUs = Math.round(atUs)
    this.#segment = this.#segments.segment
  }

  #keepInflated(inflated: Uint8Array): number {
    const kept = Math.min(inflated.length, this.#limits.maxPayloadBytes)
    return this.#payload.append(inflated, 0, kept) ? kept : 0
  }

  #moveToSegment(): number {
    const position = this.#segments.append(this.#payload.view(this.#open))
    this.#payload.truncate(this.#open)
    return position
  }

  #write(finder: FrameFinder, order: number, atUs: number, marks: number, offset: number, stored: number, inflated: number): void {
    const at = this.#count * indexEntryWords
    if (at === this.#words.length) this.#growIndex()
    const words = this.#words
    // Never backwards: a list sorted by time must not depend on a clock.
    this.#lastUs = Math.max(this.#lastUs, Math.round(atUs))
    words[at] = order
    words[at + 1] = this.#lastUs - this.#beganAtUs
    words[at + 2] = finder.length % 2 ** 32
    words[at + 3] = finder.firstByte | (marks << 8) | (Math.min(Math.floor(finder.length / 2 ** 32), 0xffff) << 16)
    words[at + 4] = finder.maskKey
    words[at + 5] = offset
    words[at + 6] = stored
    words[at + 7] = inflated
    this.#count++
  }

  #growIndex(): void {
    const grown = new Uint32Array(this.#words.length * 2)
    grown.set(this.#words)
    this.#words = grown
  }

  #hand(): void {
    this.#emit({
      id: this.#id,
      first: this.#first,
      count: this.#count,
      firstOrder: this.#words[0] as number,
      lastOrder: this.#words[(this.#count - 1) * indexEntryWords] as number,
      beganAtUs: this.#beganAtUs,
      segment: this.#segment,
      frames: new Uint8Array(this.#words.buffer, 0, this.#count * indexEntryBytes),
      payload: this.#payload.view(0, this.#open)
    })
    this.#written = this.#count
  }

  #close(): void {
    if (this.#count > this.#written) this.#hand()
    this.cut()
  }
}
