/** Facts of the frame that a byte stands in (RFC 6455 §5.2). */
export interface FrameFacts {
  readonly fin: boolean
  readonly rsv: number
  readonly opcode: number
  /** Big endian as on the wire; null: not masked. */
  readonly maskKey: number | null
  readonly length: number
  /** Bytes of payload before the next byte: where its masking key stands. */
  readonly maskOffset: number
}

/** Longest header: 2 bytes, 8 of length, 4 of masking key (RFC 6455 §5.2). */
const longestHeader = 14
const opcodeContinuation = 0
const opcodeClose = 8
const firstControlOpcode = 8
const rsv1 = 4

/**
 * Follows the frames of one direction through its 14 header bytes, however the bytes are cut. It counts and never judges:
 * whatever the bytes are, they have a reading, and payloads are skipped without a look (the code of a close frame apart).
 */
export class Framer {
  /** Frames whose header was seen. */
  frames = 0
  /** Bytes of payload still to come in the frame that the next byte stands in. Not exact above 2^53. */
  frameLeft = 0
  /** Of the first close frame; 0: none was seen, or it had none (RFC 6455 §5.5.1). */
  closeCode = 0
  #first = 0
  #second = 0
  #length = 0
  #key = 0
  readonly #header = new Uint8Array(longestHeader)
  #have = 0
  #fragmented = false
  #compressed = false
  /** The frame is the last of a fragmented message. */
  #last = false
  /** How many bytes of a close code are still looked for. */
  #codeLeft = 0

  /** The next byte begins a frame. */
  get atBoundary(): boolean {
    return this.frameLeft === 0 && this.#have === 0
  }
  /** The next byte stands inside of a header: no note can say where. */
  get inHeader(): boolean {
    return this.#have > 0
  }
  /** The next byte stands inside of a fragmented message, or between its frames. */
  get inMessage(): boolean {
    return this.#fragmented && !(this.#last && this.frameLeft === 0)
  }
  /** Whether that message is compressed (RFC 7692 §6): RSV1 of its first frame. */
  get messageCompressed(): boolean {
    return this.inMessage && this.#compressed
  }
  /** null between frames. */
  get frame(): FrameFacts | null {
    if (this.frameLeft === 0) return null
    return {
      fin: this.#first >= 128,
      rsv: (this.#first >> 4) & 7,
      opcode: this.#first & 15,
      maskKey: this.#second >= 128 ? this.#key : null,
      length: this.#length,
      maskOffset: this.#length - this.frameLeft
    }
  }

  push(bytes: Uint8Array, start: number, end: number): void {
    let at = start
    while (at < end) at = this.#advance(bytes, at, end)
  }

  /** Where the frame that `start` stands in ends, or `end` where that lies beyond. Moves nothing. */
  boundaryIn(bytes: Uint8Array, start: number, end: number): number {
    if (this.#have === 0) return Math.min(end, start + this.frameLeft)
    const probe = new Framer()
    probe.#have = this.#have
    probe.#header.set(this.#header)
    const at = probe.pushToHeaderEnd(bytes, start, end)
    return Math.min(end, at + probe.frameLeft)
  }

  /** Reads no further than to the end of the header that it stands in. @returns up to where it read */
  pushToHeaderEnd(bytes: Uint8Array, start: number, end: number): number {
    let at = start
    while (at < end && this.#have > 0) at = this.#gather(bytes, at)
    return at
  }

  #advance(bytes: Uint8Array, at: number, end: number): number {
    if (this.frameLeft > 0) return this.#skip(bytes, at, end)
    if (this.#have > 0 || end - at < longestHeader) return this.#gather(bytes, at)
    return this.#begin(bytes, at)
  }

  #skip(bytes: Uint8Array, at: number, end: number): number {
    if (this.#codeLeft > 0) this.#readCode(bytes, at, end)
    const size = end - at
    if (size < this.frameLeft) {
      this.frameLeft -= size
      return end
    }
    const next = at + this.frameLeft
    this.frameLeft = 0
    return next
  }

  /** A byte of a header that is cut, or may be. */
  #gather(bytes: Uint8Array, at: number): number {
    const header = this.#header
    header[this.#have++] = bytes[at] as number
    if (this.#have >= 2 && this.#have === headerBytes(header[1] as number)) {
      this.#have = 0
      this.#begin(header, 0)
    }
    return at + 1
  }

  /** A header that is whole. @returns where its payload begins */
  #begin(b: Uint8Array, start: number): number {
    const first = (this.#first = b[start] as number)
    const second = (this.#second = b[start + 1] as number)
    let at = start + 2
    let length = second & 127
    if (length === 126) {
      length = ((b[at] as number) << 8) | (b[at + 1] as number)
      at += 2
    } else if (length === 127) {
      length = word(b, at) * 0x1_0000_0000 + word(b, at + 4)
      at += 8
    }
    if (second >= 128) {
      this.#key = word(b, at)
      at += 4
    }
    this.#length = this.frameLeft = length
    this.frames++
    const opcode = first & 15
    if (first < 128 || opcode >= firstControlOpcode || this.#fragmented) this.#follow(first, opcode)
    return at
  }

  /** What is more than a whole message in one data frame. */
  #follow(first: number, opcode: number): void {
    if (this.#last) this.#fragmented = this.#last = false
    if (opcode >= firstControlOpcode) {
      if (opcode === opcodeClose && this.closeCode === 0 && this.#length >= 2) this.#codeLeft = 2
      return
    }
    if (opcode === opcodeContinuation) {
      this.#last = this.#fragmented && first >= 128
      return
    }
    this.#fragmented = first < 128
    this.#compressed = ((first >> 4) & rsv1) !== 0
  }

  #readCode(bytes: Uint8Array, start: number, end: number): void {
    for (let at = start; at < end && this.#codeLeft > 0; at++) {
      const position = 2 - this.#codeLeft--
      const mask = this.#second >= 128 ? (this.#key >>> (24 - 8 * position)) & 255 : 0
      this.closeCode = (this.closeCode << 8) | ((bytes[at] as number) ^ mask)
    }
  }
}

function headerBytes(second: number): number {
  const length = second & 127
  return 2 + (length === 127 ? 8 : length === 126 ? 2 : 0) + (second >= 128 ? 4 : 0)
}

function word(b: Uint8Array, at: number): number {
  return (((b[at] as number) << 24) | ((b[at + 1] as number) << 16) | ((b[at + 2] as number) << 8) | (b[at + 3] as number)) >>> 0
}
