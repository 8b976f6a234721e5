import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs'

/**
 * Segment files stand beside the database (`NAME-seg1`, `NAME-seg2`, …) and are only ever appended to. They are written
 * before the transaction whose rows point into them commits, so a row never points past what the file had. A file goes
 * on under a new number after a restart: whatever stands at the end of an old one is never looked at.
 */
export const segmentPath = (file: string, segment: number): string => `${file}-seg${segment}`

/** A segment is left for the next one once it is as long as this; offsets within fit 32 bits. */
export const segmentLimitBytes = 1024 * 1024 * 1024
const bufferBytes = 4 * 1024 * 1024

export class SegmentWriter {
  readonly #file: string
  readonly #limitBytes: number
  #segment: number
  #descriptor: number | null = null
  #pieces: Buffer[] = []
  #pendingBytes = 0
  /** Length of the file with what is pending. */
  #length = 0

  /** Appends to segment `segment` of the capture `file`, which must not exist yet. The file is made with its first byte. */
  constructor(file: string, segment: number, limitBytes = segmentLimitBytes) {
    this.#file = file
    this.#segment = segment
    this.#limitBytes = limitBytes
  }
  /** The segment that the next bytes go to. Stays the same until {@link rollOver}. */
  get segment(): number {
    return this.#segment
  }
  get full(): boolean {
    return this.#length >= this.#limitBytes
  }
  /** Takes bytes (copied) and says where they will stand. */
  append(bytes: Uint8Array): number {
    const position = this.#length
    this.#pieces.push(Buffer.from(bytes))
    this.#pendingBytes += bytes.length
    this.#length += bytes.length
    if (this.#pendingBytes >= bufferBytes) this.flush()
    return position
  }
  /** Writes what is pending to the file. Throws what the file system throws. */
  flush(): void {
    if (this.#pendingBytes === 0) return
    this.#descriptor ??= openSync(segmentPath(this.#file, this.#segment), 'ax', 0o600)
    const bytes = this.#pieces.length === 1 ? (this.#pieces[0] as Buffer) : Buffer.concat(this.#pieces)
    for (let written = 0; written < bytes.length;) written += writeSync(this.#descriptor, bytes, written)
    this.#pieces = []
    this.#pendingBytes = 0
  }
  /** Goes on in a new file. Nobody may hold an offset into the old one that is not flushed: flushes first. */
  rollOver(): void {
    this.close()
    this.#segment++
    this.#length = 0
  }
  /** Drops what is pending, after a write failed, and goes on in a new file. */
  abandon(): void {
    this.#pieces = []
    this.#pendingBytes = 0
    if (this.#length > 0) this.rollOver()
  }
  close(): void {
    try {
      this.flush()
    } finally {
      if (this.#descriptor !== null) closeSync(this.#descriptor)
      this.#descriptor = null
    }
  }
}

/** Reads out of the segments of one capture; keeps the files open. */
export class SegmentReader {
  readonly #file: string
  readonly #descriptors = new Map<number, number>()
  constructor(file: string) {
    this.#file = file
  }
  /** At most `length` bytes at `position`; fewer where the file ends or is gone. */
  read(segment: number, position: number, length: number): Buffer {
    const descriptor = this.#open(segment)
    if (descriptor === null || length <= 0) return Buffer.alloc(0)
    const left = Math.max(0, Math.min(length, fstatSync(descriptor).size - position))
    const bytes = Buffer.allocUnsafeSlow(left)
    return bytes.subarray(0, left === 0 ? 0 : readSync(descriptor, bytes, 0, left, position))
  }
  #open(segment: number): number | null {
    const known = this.#descriptors.get(segment)
    if (known !== undefined) return known
    try {
      const descriptor = openSync(segmentPath(this.#file, segment), 'r')
      this.#descriptors.set(segment, descriptor)
      return descriptor
    } catch {
      // A segment that was deleted is a payload that is not kept.
      return null
    }
  }
  close(): void {
    for (const descriptor of this.#descriptors.values()) closeSync(descriptor)
    this.#descriptors.clear()
  }
}
