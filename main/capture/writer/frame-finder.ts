import type { GapNote } from '../../../shared/records.js'

/** Who is told what the finder finds. Bytes are valid during the call only. */
export interface FrameSink {
  /** The header of a frame is whole: its facts stand in the finder. */
  began(finder: FrameFinder): void
  /** A stretch of the frame's payload as on the wire; `finder.seen` bytes of it came before. */
  payload(finder: FrameFinder, bytes: Uint8Array, start: number, end: number): void
  /** The frame is over. `whole` is false where some of it never came. */
  ended(finder: FrameFinder, atUs: number, whole: boolean): void
}

/** Longest header: 2 bytes, 8 of length, 4 of masking key (RFC 6455 §5.2). */
const longestHeader = 14

/**
 * Finds the frames in the bytes of one direction (RFC 6455 §5.2), however they are cut. It judges nothing: reserved
 * bits and opcodes, fragmented control frames and masks on the wrong side are facts to show, not errors.
 */
export class FrameFinder {
  readonly #sink: FrameSink
  readonly #header = new Uint8Array(longestHeader)
  #headerBytes = 0
  #headerNeed = 2
  #inFrame = false

  /** Number of the frame that stands in the finder, or of the next one: frames of this direction before it. */
  number = 0
  /** fin, rsv and opcode as on the wire. */
  firstByte = 0
  masked = false
  /** Masking key, big endian as on the wire. */
  maskKey = 0
  /** Bytes of payload, as the header says. */
  length = 0
  /** Bytes of payload that have passed. */
  seen = 0
  /** The direction ended in the middle of its header. */
  headerCut = false

  constructor(sink: FrameSink) {
    this.#sink = sink
  }

  push(bytes: Uint8Array, start: number, end: number, atUs: number): void {
    let at = start
    while (at < end || (this.#inFrame && this.seen >= this.length)) {
      at = this.#inFrame ? this.#payload(bytes, at, end, atUs) : this.#headerByte(bytes, at)
    }
  }

  /** Records were lost: what was in the finder is over, and the next byte stands where the note says. */
  resume(note: GapNote, atUs: number): void {
    if (this.#inFrame) this.#end(atUs, false)
    this.#headerBytes = 0
    this.#headerNeed = 2
    // The frame that the next byte stands in was begun before the next one: it may be the one that just ended here.
    const sameFrame = this.number === note.nextFrame
    this.number = note.frameLeft > 0 ? note.nextFrame - 1 : note.nextFrame
    if (note.frameLeft > 0 && note.frame !== null) this.#enterCutFrame(note.frame, note.frameLeft, sameFrame)
  }

  /** The direction is over. A header that was begun is a frame, too, of which nothing more came. */
  close(atUs: number): void {
    if (this.#headerBytes > 0) this.#beginCutHeader()
    if (this.#inFrame) this.#end(atUs, false)
    this.#headerBytes = 0
  }

  /** Bytes of payload still to come; 0 between frames. */
  get left(): number {
    return this.#inFrame ? this.length - this.seen : 0
  }

  /** Bytes of the frame that is coming, its header among them. */
  get partialBytes(): number {
    return this.#inFrame ? headerBytes(this.length, this.masked) + this.seen : this.#headerBytes
  }

  #enterCutFrame(frame: NonNullable<GapNote['frame']>, left: number, known: boolean): void {
    this.firstByte = (frame.fin ? 0x80 : 0) | (frame.rsv << 4) | frame.opcode
    this.masked = frame.maskKey !== null
    this.maskKey = (frame.maskKey ?? 0) >>> 0
    this.length = frame.length
    this.seen = frame.length - left
    this.#inFrame = true
    this.#cut = true
    this.#known = known
    if (!known) this.#sink.began(this)
  }
  /** The frame in the finder lost bytes: what still comes of it is passed over, since what is kept is always its beginning. */
  #cut = false
  /** The sink was already told of this frame, and of its end. */
  #known = false

  #payload(bytes: Uint8Array, at: number, end: number, atUs: number): number {
    const take = Math.min(end - at, this.length - this.seen)
    if (take > 0 && !this.#cut) this.#sink.payload(this, bytes, at, at + take)
    this.seen += take
    if (this.seen >= this.length) this.#end(atUs, !this.#cut)
    return at + take
  }

  #end(atUs: number, whole: boolean): void {
    this.#inFrame = false
    if (!this.#known) this.#sink.ended(this, atUs, whole)
    this.#cut = this.#known = false
    this.number++
  }

  #headerByte(bytes: Uint8Array, at: number): number {
    const byte = bytes[at] as number
    this.#header[this.#headerBytes++] = byte
    if (this.#headerBytes === 2)
      this.#headerNeed = 2 + ((byte & 0x7f) === 127 ? 8 : (byte & 0x7f) === 126 ? 2 : 0) + ((byte & 0x80) !== 0 ? 4 : 0)
    if (this.#headerBytes === this.#headerNeed) this.#begin()
    return at + 1
  }

  /** What of it came: a length or a key that is cut is none. */
  #beginCutHeader(): void {
    const [first = 0, second = 0] = this.#header.subarray(0, this.#headerBytes)
    const short = second & 0x7f
    this.firstByte = first
    this.masked = false
    this.maskKey = 0
    this.length = short < 126 ? short : 0
    this.seen = 0
    this.headerCut = this.#inFrame = true
    this.#sink.began(this)
  }

  #begin(): void {
    const header = this.#header
    this.firstByte = header[0] as number
    const second = header[1] as number
    this.masked = (second & 0x80) !== 0
    this.length = this.#payloadLength(second & 0x7f)
    const key = this.#headerNeed - 4
    this.maskKey = this.masked
      ? (((header[key] as number) << 24) |
          ((header[key + 1] as number) << 16) |
          ((header[key + 2] as number) << 8) |
          (header[key + 3] as number)) >>>
        0
      : 0
    this.seen = 0
    this.#headerBytes = 0
    this.#headerNeed = 2
    this.#inFrame = true
    this.#sink.began(this)
  }

  /** Above 2^53 a length is no longer exact, and no tunnel lives that long. */
  #payloadLength(short: number): number {
    if (short < 126) return short
    let length = 0
    for (let at = 2; at < (short === 126 ? 4 : 10); at++) length = length * 256 + (this.#header[at] as number)
    return length
  }
}

/** Of a header in its shortest form. */
function headerBytes(length: number, masked: boolean): number {
  return 2 + (length > 65_535 ? 8 : length > 125 ? 2 : 0) + (masked ? 4 : 0)
}
