/**
 * The packed index of a run: 32 bytes a frame, little endian, as eight 32-bit words.
 *
 * 0 order in the tunnel, over both sides · 1 µs since the run began · 2 payload length on the wire, low 32 bits ·
 * 3 first header byte (fin, rsv, opcode: RFC 6455 §5.2), marks, high 16 bits of the length · 4 masking key, as read
 * big endian · 5 offset of the payload · 6 bytes of it that are stored · 7 bytes of inflated text, stored right behind.
 *
 * The number of frame i is the run's first plus i. An offset points into the run's own payload, or into its segment file
 * where the mark says so.
 */
export const indexEntryWords = 8
export const indexEntryBytes = 32

export const FrameMark = {
  masked: 1,
  /** The payload stands in the segment file. */
  inSegment: 2,
  /** The message is compressed (RFC 7692): set on all of its frames. */
  compressed: 4,
  /** Bytes of this frame never came into the capture (a gap, or the tunnel ended in the middle of it). */
  incomplete: 8,
  /** Could not be inflated, because an earlier part of the compression context is missing. */
  contextLost: 16,
  /** Could not be inflated, because it is not valid DEFLATE. */
  inflateBroken: 32,
  /** The inflated text is cut at the limit. */
  inflateCut: 64
} as const

/** A stretch of one direction's frames, as it goes into the database. */
export interface Run {
  readonly id: number
  readonly first: number
  readonly count: number
  readonly firstOrder: number
  readonly lastOrder: number
  readonly beganAtUs: number
  readonly segment: number
  readonly frames: Uint8Array
  readonly payload: Uint8Array
}

/** One frame of a run, unpacked. */
export interface FrameEntry {
  readonly order: number
  readonly number: number
  /** When its last byte was read, µs since the epoch. */
  readonly atUs: number
  readonly fin: boolean
  /** Three bits, RSV1 is 4. */
  readonly rsv: number
  readonly opcode: number
  readonly maskKey: number | null
  /** Bytes of payload on the wire. */
  readonly length: number
  /** Bytes of payload kept. */
  readonly stored: number
  readonly inflated: number
  readonly offset: number
  readonly marks: number
}

/** A view of packed words over a blob of the database. Copies where the blob is not aligned. */
export function indexWords(frames: Buffer): Uint32Array {
  if (frames.byteOffset % 4 === 0) return new Uint32Array(frames.buffer, frames.byteOffset, frames.length >>> 2)
  const copy = new Uint8Array(frames)
  return new Uint32Array(copy.buffer, 0, copy.length >>> 2)
}

export const orderAt = (words: Uint32Array, i: number): number => words[i * indexEntryWords] as number
export const firstByteAt = (words: Uint32Array, i: number): number => (words[i * indexEntryWords + 3] as number) & 0xff
export const marksAt = (words: Uint32Array, i: number): number => ((words[i * indexEntryWords + 3] as number) >>> 8) & 0xff
export const lengthAt = (words: Uint32Array, i: number): number =>
  (words[i * indexEntryWords + 2] as number) + ((words[i * indexEntryWords + 3] as number) >>> 16) * 2 ** 32
/** Bytes kept of what a compressed frame inflated to. */
export const inflatedAt = (words: Uint32Array, i: number): number => words[i * indexEntryWords + 7] as number

/** Frame i of a run that begins with frame `first` at `beganAtUs`. */
export function unpackFrame(words: Uint32Array, i: number, first: number, beganAtUs: number): FrameEntry {
  const at = i * indexEntryWords
  const firstByte = firstByteAt(words, i)
  const marks = marksAt(words, i)
  return {
    order: words[at] as number,
    number: first + i,
    atUs: beganAtUs + (words[at + 1] as number),
    fin: firstByte >= 0x80,
    rsv: (firstByte >>> 4) & 7,
    opcode: firstByte & 15,
    maskKey: (marks & FrameMark.masked) !== 0 ? (words[at + 4] as number) : null,
    length: lengthAt(words, i),
    offset: words[at + 5] as number,
    stored: words[at + 6] as number,
    inflated: inflatedAt(words, i),
    marks
  }
}
