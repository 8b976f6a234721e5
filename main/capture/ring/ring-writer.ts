import { type From, RecordKind, type Recorder, type Stage, flagContinues, recordHeaderBytes, stageIn } from '../../../shared/records.js'
import { ControlWord, controlBytes, maxRecordBytes, shortestRecordBytes, unitBytes } from './ring.js'

/** Below this many bytes a loop is cheaper than making a view for `set`. */
const loopCopyBytes = 48

/**
 * The producer's side of a ring: copies once, publishes with one atomic store, never waits, never throws.
 *
 * A ring that fills up refuses payload while an eighth of it (at most 1 MiB) is still free, log lines while half of that
 * is, and other notes only when nothing is free: so what opens and ends still gets in. A gap note is taken only when
 * there is room for a good deal of payload behind it, else a ring on the edge would fill with gaps; until then it is
 * owed, and not counted as missed.
 */
export class RingWriter implements Recorder {
  readonly #control: Int32Array
  readonly #bytes: Buffer
  readonly #words: Uint32Array
  readonly #doubles: Float64Array
  readonly #dataBytes: number
  readonly #mask: number
  readonly #payloadReserve: number
  readonly #logReserve: number
  /** Units, as published. */
  #write: number
  /** Units, as last seen: read again only when the ring looks full. */
  #read: number
  #missedRecords = 0
  #missedNotes = 0
  #missedBytes = 0

  constructor(ring: SharedArrayBuffer) {
    this.#dataBytes = ring.byteLength - controlBytes
    this.#mask = this.#dataBytes / unitBytes - 1
    this.#control = new Int32Array(ring, 0, controlBytes / 4)
    this.#bytes = Buffer.from(ring, controlBytes, this.#dataBytes)
    this.#words = new Uint32Array(ring, controlBytes, this.#dataBytes / 4)
    this.#doubles = new Float64Array(ring, controlBytes, this.#dataBytes / 8)
    this.#payloadReserve = Math.min(this.#dataBytes / 8, 1 << 20)
    this.#logReserve = this.#payloadReserve / 2
    this.#write = Atomics.load(this.#control, ControlWord.write)
    this.#read = Atomics.load(this.#control, ControlWord.read)
  }

  bytes(
    kind: RecordKind,
    exchange: number,
    connection: number,
    from: From,
    stage: Stage,
    bytes: Uint8Array,
    start: number,
    end: number,
    atUs: number
  ): boolean {
    if (!this.#hasRoom(end - start, this.#reserveOf(kind))) return this.#missed(end - start, false)
    const sides = kind | (from << 8) | (stage << 16)
    const position = (this.#write & this.#mask) * unitBytes
    if (recordHeaderBytes + end - start <= this.#dataBytes - position && end - start <= maxRecordBytes) {
      this.#header(position, end - start, sides, exchange, connection, atUs)
      this.#copy(position + recordHeaderBytes, bytes, start, end)
      this.#advance(recordHeaderBytes + end - start)
    } else this.#split(sides, exchange, connection, bytes, start, end, atUs)
    Atomics.store(this.#control, ControlWord.write, this.#write)
    return true
  }

  note(kind: RecordKind, exchange: number, connection: number, from: From, note: object, atUs: number): boolean {
    const json = Buffer.from(JSON.stringify(note))
    if (!this.#hasRoom(json.length, this.#reserveOf(kind))) return kind === RecordKind.gap ? false : this.#missed(json.length, true)
    this.#split(kind | (from << 8) | (stageIn << 16), exchange, connection, json, 0, json.length, atUs)
    Atomics.store(this.#control, ControlWord.write, this.#write)
    return true
  }

  /** What must stay free behind a record of this kind. */
  #reserveOf(kind: RecordKind): number {
    if (kind === RecordKind.bytes || kind === RecordKind.body) return this.#payloadReserve
    if (kind === RecordKind.gap) return this.#payloadReserve * 2
    return kind === RecordKind.log ? this.#logReserve : 0
  }

  /** Room for all of it or for nothing: whoever counts frames must know which bytes are not there. */
  #hasRoom(payload: number, reserve: number): boolean {
    const pieces = Math.ceil(payload / maxRecordBytes) + 2
    const need = payload + reserve + pieces * (recordHeaderBytes + unitBytes) + shortestRecordBytes
    if (this.#freeBytes() >= need) return true
    this.#read = Atomics.load(this.#control, ControlWord.read)
    return this.#freeBytes() >= need
  }

  #freeBytes(): number {
    return this.#dataBytes - ((this.#write - this.#read) >>> 0) * unitBytes
  }

  #header(position: number, length: number, sides: number, exchange: number, connection: number, atUs: number): void {
    const word = position >>> 2
    this.#words[word] = length
    this.#words[word + 1] = sides
    this.#words[word + 2] = exchange
    this.#words[word + 3] = connection
    this.#doubles[(position >>> 3) + 2] = atUs
  }

  #copy(position: number, bytes: Uint8Array, start: number, end: number): void {
    if (end - start > loopCopyBytes) {
      this.#bytes.set(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end), position)
      return
    }
    for (let from = start, to = position; from < end; from++, to++) this.#bytes[to] = bytes[from] as number
  }

  #advance(recordBytes: number): void {
    this.#write = (this.#write + Math.ceil(recordBytes / unitBytes)) | 0
  }

  #split(sides: number, exchange: number, connection: number, bytes: Uint8Array, start: number, end: number, atUs: number): void {
    for (let at = start; ;) {
      let position = (this.#write & this.#mask) * unitBytes
      if (this.#dataBytes - position < shortestRecordBytes) {
        this.#advance(this.#dataBytes - position)
        position = 0
      }
      const length = Math.min(end - at, this.#dataBytes - position - recordHeaderBytes, maxRecordBytes)
      const last = at + length === end
      this.#header(position, length, last ? sides : sides | (flagContinues << 24), exchange, connection, atUs)
      this.#copy(position + recordHeaderBytes, bytes, at, at + length)
      this.#advance(recordHeaderBytes + length)
      if (last) return
      at += length
    }
  }

  #missed(payload: number, note: boolean): false {
    this.#missedRecords++
    if (note) this.#missedNotes++
    this.#missedBytes += payload
    Atomics.store(this.#control, ControlWord.missedBytesLow, (this.#missedBytes % 2 ** 32) | 0)
    Atomics.store(this.#control, ControlWord.missedBytesHigh, Math.floor(this.#missedBytes / 2 ** 32))
    Atomics.store(this.#control, ControlWord.missedNotes, this.#missedNotes | 0)
    Atomics.store(this.#control, ControlWord.missedRecords, this.#missedRecords | 0)
    return false
  }
}
