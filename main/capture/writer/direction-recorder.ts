import type { GapNote } from '../../../shared/records.js'
import { FrameMark } from '../store/run-index.js'
import { FrameFinder, type FrameSink } from './frame-finder.js'
import type { MessageInflater } from './message-inflater.js'
import type { RunBuilder } from './run-builder.js'
import { unmask } from './unmask.js'

const opcodeContinuation = 0
const opcodeClose = 8
const rsv1 = 0x40
const fin = 0x80

/** Counts of one direction, as they stand in the exchange's row. */
export interface DirectionCounts {
  frames: number
  bytes: number
  /** A bit for each opcode seen. */
  opcodes: number
  /** The same since the tunnel began, over all files that it was written to. */
  allFrames: number
  allBytes: number
  /** Frames that ended in their header, which the engine does not count: it has one at most. */
  headersCut: number
  /** Status code of the last Close frame (RFC 6455 §7.4); 1005 where it had none, 0 where there was no Close. */
  close: number
}

/** One direction of a tunnel: bytes in, frames into runs, compressed messages inflated. */
export class DirectionRecorder implements FrameSink {
  readonly counts: DirectionCounts = { frames: 0, bytes: 0, opcodes: 0, allFrames: 0, allBytes: 0, headersCut: 0, close: 0 }
  readonly #finder = new FrameFinder(this)
  #runs: RunBuilder
  readonly #inflater: MessageInflater | null
  readonly #nextOrder: () => number
  /** Whether the message that is coming is compressed: only its first frame says so (RFC 7692 §6.1). */
  #compressed = false
  /** Bytes of the coming frame that were inflated before its end: they are more than is kept of it. */
  #inflatedEarly = 0

  constructor(runs: RunBuilder, inflater: MessageInflater | null, nextOrder: () => number) {
    this.#runs = runs
    this.#inflater = inflater
    this.#nextOrder = nextOrder
  }

  push(bytes: Uint8Array, start: number, end: number, atUs: number): void {
    this.counts.bytes += end - start
    this.counts.allBytes += end - start
    this.#finder.push(bytes, start, end, atUs)
  }

  gap(note: GapNote, atUs: number): void {
    this.#finder.resume(note, atUs)
    this.#compressed = note.inMessage && note.messageCompressed
    this.#inflater?.gap(note.inMessage && note.messageCompressed)
  }

  /** The tunnel is over, and with it what was still coming. */
  close(atUs: number): void {
    this.#finder.close(atUs)
    this.#runs.end()
  }

  /** Goes on in another file, in the middle of a frame if need be. Counts begin anew, numbers run on. */
  moveTo(runs: RunBuilder): void {
    runs.seed(this.#runs.current)
    this.#runs.end()
    this.#runs = runs
    Object.assign(this.counts, { frames: 0, bytes: 0, opcodes: 0 })
  }

  flush(): void {
    this.#runs.flush()
  }

  /** Frames that are over, and their bytes, since the tunnel began. */
  get over(): { readonly frames: number; readonly bytes: number } {
    return { frames: this.counts.allFrames, bytes: this.counts.allBytes - this.#finder.partialBytes }
  }
  /** Frames that are over and not written are left out. */
  cut(): void {
    this.#runs.cut()
  }

  began(finder: FrameFinder): void {
    const opcode = finder.firstByte & 15
    if (opcode < opcodeClose && opcode !== opcodeContinuation) this.#compressed = this.#inflater !== null && (finder.firstByte & rsv1) !== 0
  }

  payload(finder: FrameFinder, bytes: Uint8Array, start: number, end: number): void {
    this.#runs.payload(finder, bytes, start, end)
    const beyond = finder.seen + end - start - this.#runs.current.length
    if (beyond > 0 && this.#isCompressed(finder)) this.#inflateBeyond(finder, bytes, Math.max(start, end - beyond), end)
  }

  /** What is not kept is not stored, but what comes later may point at it. */
  #inflateBeyond(finder: FrameFinder, bytes: Uint8Array, start: number, end: number): void {
    const inflater = this.#inflater as MessageInflater
    if (this.#inflatedEarly === 0) inflater.push(this.#runs.current)
    this.#inflatedEarly ||= this.#runs.current.length
    const more = Buffer.from(bytes.slice(start, end))
    if (finder.masked) unmask(more, 0, more.length, finder.maskKey, this.#inflatedEarly)
    inflater.push(more)
    this.#inflatedEarly += more.length
  }

  #isCompressed(finder: FrameFinder): boolean {
    return this.#compressed && this.#inflater !== null && (finder.firstByte & 15) < opcodeClose
  }

  ended(finder: FrameFinder, atUs: number, whole: boolean): void {
    const opcode = finder.firstByte & 15
    this.counts.frames++
    this.counts.allFrames++
    if (finder.headerCut) this.counts.headersCut++
    this.counts.opcodes |= 1 << opcode
    if (opcode === opcodeClose) this.counts.close = closeCode(this.#runs.current)
    const marks = whole ? 0 : FrameMark.incomplete
    if (this.#isCompressed(finder)) this.#compressedFrame(finder, atUs, marks, whole)
    else this.#runs.add(finder, this.#nextOrder(), atUs, marks, null)
  }

  /** The text of a message is kept with its last frame. */
  #compressedFrame(finder: FrameFinder, atUs: number, marks: number, whole: boolean): void {
    const inflater = this.#inflater as MessageInflater
    if (this.#inflatedEarly === 0) inflater.push(this.#runs.current)
    if (!whole || Math.max(this.#inflatedEarly, this.#runs.current.length) < finder.length) inflater.lose()
    this.#inflatedEarly = 0
    const all = marks | FrameMark.compressed
    if ((finder.firstByte & fin) === 0) return this.#runs.add(finder, this.#nextOrder(), atUs, all, null)
    const inflated = inflater.end()
    if (inflated.was === 'inflated')
      this.#runs.add(finder, this.#nextOrder(), atUs, all | (inflated.cut ? FrameMark.inflateCut : 0), inflated.bytes)
    else
      this.#runs.add(
        finder,
        this.#nextOrder(),
        atUs,
        all | (inflated.was === 'broken' ? FrameMark.inflateBroken : FrameMark.contextLost),
        null
      )
  }
}

function closeCode(payload: Buffer): number {
  return payload.length >= 2 ? payload.readUInt16BE(0) : 1005
}
