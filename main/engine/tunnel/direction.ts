import { RecordKind, fromClient, fromServer, stageIn } from '../../../shared/records.js'
import type { From, GapNote, Recorder } from '../../../shared/records.js'
import { Framer } from './framer.js'
import type { Tap } from './tap.js'

/** What the tap sees of one direction: counts, and bytes on their way into the capture. It never waits and never throws. */
export class Direction {
  readonly from: From
  readonly framer: Framer | null
  bytes = 0
  readonly #recorder: Recorder | null
  readonly #exchange: number
  readonly #connection: number
  #lostBytes = 0
  /** Headers in what was lost. */
  #lostHeaders = 0

  constructor(tap: Tap, side: 'client' | 'server') {
    this.from = side === 'client' ? fromClient : fromServer
    this.framer = tap.websocket ? new Framer() : null
    this.#recorder = tap.recorder
    this.#exchange = tap.exchange
    this.#connection = tap.connection
  }

  get frames(): number {
    return this.framer?.frames ?? 0
  }
  get closeCode(): number {
    return this.framer?.closeCode ?? 0
  }

  /** Bytes that passed, valid during the call. */
  passed(bytes: Uint8Array, start: number, end: number, atUs: number): void {
    this.bytes += end - start
    if (this.#recorder === null) this.framer?.push(bytes, start, end)
    else this.#record(this.#recorder, bytes, start, end, atUs)
  }

  /** The direction is over: what is still owed is said. */
  close(atUs: number): void {
    if (this.#lostBytes > 0 && this.#recorder !== null) this.#noteGap(this.#recorder, atUs)
  }

  #record(recorder: Recorder, bytes: Uint8Array, start: number, end: number, atUs: number): void {
    const from = this.#lostBytes > 0 ? this.#regain(recorder, bytes, start, end, atUs) : start
    if (from === end) return
    if (recorder.bytes(RecordKind.bytes, this.#exchange, this.#connection, this.from, stageIn, bytes, from, end, atUs)) {
      this.framer?.push(bytes, from, end)
    } else this.#lose(bytes, from, end)
  }

  /** After a gap: says where the next byte stands. Not in a header, so the rest of one is lost as well. @returns from where bytes can be recorded */
  #regain(recorder: Recorder, bytes: Uint8Array, start: number, end: number, atUs: number): number {
    const at = this.framer?.inHeader === true ? this.#loseHeader(this.framer, bytes, start, end) : start
    if (at === end && this.framer?.inHeader === true) return end
    if (this.#noteGap(recorder, atUs)) return at
    this.#lose(bytes, at, end)
    return end
  }

  #loseHeader(framer: Framer, bytes: Uint8Array, start: number, end: number): number {
    const before = framer.frames
    const at = framer.pushToHeaderEnd(bytes, start, end)
    this.#lostBytes += at - start
    this.#lostHeaders += framer.frames - before
    return at
  }

  #lose(bytes: Uint8Array, start: number, end: number): void {
    const before = this.frames
    this.framer?.push(bytes, start, end)
    this.#lostBytes += end - start
    this.#lostHeaders += this.frames - before
  }

  #noteGap(recorder: Recorder, atUs: number): boolean {
    const framer = this.framer
    const frame = framer?.frame ?? null
    const note: GapNote = {
      from: this.from,
      lostBytes: this.#lostBytes,
      // The frame that goes on behind the gap is shown, although its header is lost.
      lostFrames: this.#lostHeaders - (frame !== null && this.#lostHeaders > 0 ? 1 : 0),
      frameLeft: framer?.frameLeft ?? 0,
      frame,
      nextFrame: this.frames,
      inMessage: framer?.inMessage ?? false,
      messageCompressed: framer?.messageCompressed ?? false
    }
    if (!recorder.note(RecordKind.gap, this.#exchange, this.#connection, this.from, note, atUs)) return false
    this.#lostBytes = this.#lostHeaders = 0
    return true
  }
}
