import { type From, RecordKind, type Stage, flagContinues, recordHeaderBytes } from '../../../shared/records.js'
import { ControlWord, controlBytes, shortestRecordBytes, unitBytes } from './ring.js'

/** One record as it stands in the ring: valid during the call that hands it over only, and the object is used again. */
export interface RingRecord {
  kind: RecordKind
  from: From
  stage: Stage
  /** The payload goes on in the next record. */
  continues: boolean
  exchange: number
  connection: number
  /** µs since the epoch. */
  atUs: number
  /** The ring's own memory; the payload is [start, end). */
  bytes: Uint8Array
  start: number
  end: number
}

/** How often the place read so far is given back to the producer within one drain. */
const giveBackBytes = 256 * 1024

/** The consumer's side of a ring. Throws nothing of its own; what the callback throws passes, with its record taken. */
export class RingReader {
  readonly #control: Int32Array
  readonly #words: Uint32Array
  readonly #doubles: Float64Array
  readonly #dataBytes: number
  readonly #mask: number
  readonly #record: RingRecord
  #read: number

  constructor(ring: SharedArrayBuffer) {
    this.#dataBytes = ring.byteLength - controlBytes
    this.#mask = this.#dataBytes / unitBytes - 1
    this.#control = new Int32Array(ring, 0, controlBytes / 4)
    this.#words = new Uint32Array(ring, controlBytes, this.#dataBytes / 4)
    this.#doubles = new Float64Array(ring, controlBytes, this.#dataBytes / 8)
    this.#read = Atomics.load(this.#control, ControlWord.read)
    const bytes = Buffer.from(ring, controlBytes, this.#dataBytes)
    this.#record = { kind: 0, from: 0, stage: 0, continues: false, exchange: 0, connection: 0, atUs: 0, bytes, start: 0, end: 0 }
  }

  /** Hands over what stands in the ring, until it is empty or `maxBytes` of it are read. Returns the bytes read, headers and padding included. */
  drain(take: (record: RingRecord) => void, maxBytes = Infinity): number {
    const write = Atomics.load(this.#control, ControlWord.write)
    let drained = 0
    let givenBack = 0
    try {
      while (this.#read !== write && drained < maxBytes) {
        drained += this.#step(take)
        if (drained - givenBack < giveBackBytes) continue
        givenBack = drained
        Atomics.store(this.#control, ControlWord.read, this.#read)
      }
    } finally {
      Atomics.store(this.#control, ControlWord.read, this.#read)
    }
    return drained
  }

  #step(take: (record: RingRecord) => void): number {
    const position = (this.#read & this.#mask) * unitBytes
    if (this.#dataBytes - position < shortestRecordBytes) return this.#advance(this.#dataBytes - position)
    const kind = this.#describe(position)
    const advanced = this.#advance(recordHeaderBytes + this.#record.end - this.#record.start)
    if (kind !== RecordKind.pad) take(this.#record)
    return advanced
  }

  #advance(recordBytes: number): number {
    const units = Math.ceil(recordBytes / unitBytes)
    this.#read = (this.#read + units) | 0
    return units * unitBytes
  }

  #describe(position: number): RecordKind {
    const word = position >>> 2
    const sides = this.#words[word + 1] as number
    const record = this.#record
    record.kind = (sides & 0xff) as RecordKind
    record.from = ((sides >>> 8) & 0xff) as From
    record.stage = ((sides >>> 16) & 0xff) as Stage
    record.continues = ((sides >>> 24) & flagContinues) !== 0
    record.exchange = this.#words[word + 2] as number
    record.connection = this.#words[word + 3] as number
    record.atUs = this.#doubles[(position >>> 3) + 2] as number
    record.start = position + recordHeaderBytes
    record.end = record.start + (this.#words[word] as number)
    return record.kind
  }
}
