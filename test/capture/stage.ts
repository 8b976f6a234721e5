import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type From, RecordKind, fromClient, fromServer, stageIn, stageOut } from '../../shared/records.js'
import { type CaptureLimits, defaultLimits } from '../../main/capture/limits.js'
import { createRing } from '../../main/capture/ring/ring.js'
import { RingReader } from '../../main/capture/ring/ring-reader.js'
import { RingWriter } from '../../main/capture/ring/ring-writer.js'
import { CaptureStore } from '../../main/capture/store/capture-store.js'
import { indexWords, unpackFrame, type FrameEntry, FrameMark } from '../../main/capture/store/run-index.js'
import { SegmentReader } from '../../main/capture/store/segments.js'
import { SqlDatabase } from '../../main/capture/store/sqlite.js'
import { CaptureWriter } from '../../main/capture/writer/capture-writer.js'

/** A folder that goes away with the test. */
export function temporaryFolder(): { path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), 'capture-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

/** The writing half of a capture on one thread: what is recorded goes through a ring, and a `commit` is a batch. */
export class Stage {
  readonly recorder: RingWriter
  readonly store: CaptureStore
  readonly writer: CaptureWriter
  readonly #reader: RingReader
  #nowMs = 0
  constructor(
    readonly file: string,
    limits: Partial<CaptureLimits> = {},
    segmentLimitBytes?: number
  ) {
    const ring = createRing(8 * 1024 * 1024)
    this.recorder = new RingWriter(ring)
    this.#reader = new RingReader(ring)
    this.store = new CaptureStore(file, segmentLimitBytes)
    this.writer = new CaptureWriter(this.store, { ...defaultLimits, ...limits })
  }
  commit(): void {
    this.#reader.drain((record) => this.writer.take(record))
    this.writer.commit((this.#nowMs += 1000), true)
  }
  /** An exchange that became a tunnel. */
  tunnel(exchange: number, extensions: string | null = null, atUs = 1e15, spoken: Spoken = {}): void {
    openTunnel(this.recorder, exchange, extensions, atUs, spoken)
  }
  bytes(exchange: number, from: From, bytes: Uint8Array, atUs: number): boolean {
    return this.recorder.bytes(RecordKind.bytes, exchange, exchange, from, stageIn, bytes, 0, bytes.length, atUs)
  }
  end(exchange: number, atUs: number, ended = 'complete'): void {
    this.recorder.note(
      RecordKind.exchangeEnded,
      exchange,
      exchange,
      fromClient,
      { status: 101, ended, requestBytes: 0, responseBytes: 0, tunnel: null },
      atUs
    )
  }
  close(): void {
    this.commit()
    this.store.close()
  }
}

export interface Spoken {
  readonly target?: string
  readonly subprotocol?: string
}
export function openTunnel(recorder: RingWriter, exchange: number, extensions: string | null, atUs: number, spoken: Spoken = {}): void {
  const { target = `/chat/${exchange}?room=a`, subprotocol = 'chat' } = spoken
  recorder.note(
    RecordKind.connectionOpened,
    0,
    exchange,
    fromClient,
    { listener: 'http://127.0.0.1:8080', client: '127.0.0.1:50000', tls: null },
    atUs
  )
  recorder.note(RecordKind.exchangeOpened, exchange, exchange, fromClient, { number: 1, generation: 1, scheme: 'http' }, atUs)
  const request = Buffer.from(`GET ${target} HTTP/1.1\r\nHost: example.test\r\nUpgrade: websocket\r\n\r\n`)
  recorder.bytes(RecordKind.head, exchange, exchange, fromClient, stageIn, request, 0, request.length, atUs)
  const response = Buffer.from('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n')
  recorder.bytes(RecordKind.head, exchange, exchange, fromServer, stageOut, response, 0, response.length, atUs)
  recorder.note(RecordKind.tunnelOpened, exchange, exchange, fromClient, { subprotocol, extensions, websocket: true }, atUs)
}

/** A frame as on the wire (RFC 6455 §5.2). */
export function frame(opcode: number, payload: Uint8Array | string, options: { fin?: boolean; rsv?: number; mask?: number } = {}): Buffer {
  const body = Buffer.from(payload)
  const first = (options.fin === false ? 0 : 0x80) | ((options.rsv ?? 0) << 4) | opcode
  const masked = options.mask !== undefined ? 0x80 : 0
  const head = body.length < 126 ? Buffer.from([first, masked | body.length]) : body.length < 65_536 ? Buffer.alloc(4) : Buffer.alloc(10)
  if (head.length === 4) head.set([first, masked | 126, body.length >> 8, body.length & 0xff])
  if (head.length === 10) {
    head.set([first, masked | 127])
    head.writeBigUInt64BE(BigInt(body.length), 2)
  }
  if (options.mask === undefined) return Buffer.concat([head, body])
  const key = Buffer.alloc(4)
  key.writeUInt32BE(options.mask)
  return Buffer.concat([head, key, body.map((byte, at) => byte ^ (key[at % 4] as number))])
}

export interface StoredFrame extends FrameEntry {
  side: From
  payload: Buffer
  text: Buffer
}

/** Everything of one tunnel that stands in a capture, by order, read without the reader. */
export function storedFrames(file: string, exchange: number): StoredFrame[] {
  const database = new SqlDatabase(file)
  const segments = new SegmentReader(file)
  const frames: StoredFrame[] = []
  for (const row of database
    .prepare('SELECT side, first, count, began_at, segment, frames, payload FROM runs WHERE exchange = ? AND stage = 0')
    .all(exchange)) {
    const [side, first, count, beganAt, segment, index, payload] = row as [From, number, number, number, number, Buffer, Buffer]
    const words = indexWords(index)
    for (let i = 0; i < count; i++) {
      const entry = unpackFrame(words, i, first, beganAt)
      const all =
        (entry.marks & FrameMark.inSegment) !== 0
          ? segments.read(segment, entry.offset, entry.stored + entry.inflated)
          : payload.subarray(entry.offset, entry.offset + entry.stored + entry.inflated)
      frames.push({ ...entry, side, payload: all.subarray(0, entry.stored), text: all.subarray(entry.stored) })
    }
  }
  database.close()
  segments.close()
  return frames.sort((a, b) => a.order - b.order)
}
