import { createHash } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import { once } from 'node:events'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { RecordKind, fromClient, fromServer, stageIn, stageOut } from '../../../shared/records.js'
import { createRing, controlBytes, missedOf, ringFilledBytes, smallestRingBytes } from '../../../main/capture/ring/ring.js'
import { RingReader } from '../../../main/capture/ring/ring-reader.js'
import { RingWriter } from '../../../main/capture/ring/ring-writer.js'
import { bundle } from '../bundle.js'

interface Whole {
  kind: number
  exchange: number
  from: number
  atUs: number
  payload: Buffer
}

/** Reads everything there is and joins the pieces of split records. */
function readAll(reader: RingReader, into: Whole[], maxBytes = Infinity): void {
  reader.drain((record) => {
    const payload = Buffer.from(record.bytes.slice(record.start, record.end))
    const open = into.at(-1) as (Whole & { open?: boolean }) | undefined
    if (open?.open === true) open.payload = Buffer.concat([open.payload, payload])
    else into.push({ kind: record.kind, exchange: record.exchange, from: record.from, atUs: record.atUs, payload })
    Object.assign(into.at(-1) as object, { open: record.continues })
  }, maxBytes)
}
const plain = (whole: Whole): unknown[] => [whole.kind, whole.exchange, whole.from, whole.atUs, whole.payload.toString('base64')]

describe('ring', () => {
  test('a header is 24 bytes as the seam says, its payload padded to 8', () => {
    const ring = createRing(smallestRingBytes)
    const writer = new RingWriter(ring)
    writer.bytes(RecordKind.bytes, 7, 9, fromServer, stageOut, Buffer.from('xabcx'), 1, 4, 1.5e15)
    const data = Buffer.from(ring, controlBytes)
    expect(data.subarray(0, 8).toString('hex')).toBe('0300000008010100')
    expect([data.readUInt32LE(8), data.readUInt32LE(12), data.readDoubleLE(16)]).toEqual([7, 9, 1.5e15])
    expect(data.subarray(24, 27).toString()).toBe('abc')
    expect(ringFilledBytes(ring)).toBe(32)
  })

  test('whatever is written is read, in order, whole or counted as missed', () => {
    const write = fc.record({
      note: fc.boolean(),
      length: fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 40_000 })),
      drain: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 100_000 }))
    })
    fc.assert(
      fc.property(fc.array(write, { minLength: 1, maxLength: 120 }), (writes) => {
        const ring = createRing(smallestRingBytes)
        const writer = new RingWriter(ring)
        const reader = new RingReader(ring)
        const expected: Whole[] = []
        const read: Whole[] = []
        let missed = 0
        writes.forEach(({ note, length, drain }, at) => {
          const payload = note ? Buffer.from(JSON.stringify({ s: 'é'.repeat(length >> 3) })) : Buffer.alloc(length, at)
          const taken = note
            ? writer.note(RecordKind.attempt, at, 1, fromClient, { s: 'é'.repeat(length >> 3) }, at)
            : writer.bytes(RecordKind.bytes, at, 1, fromServer, stageIn, payload, 0, length, at)
          if (taken)
            expected.push({ kind: note ? RecordKind.attempt : RecordKind.bytes, exchange: at, from: note ? 0 : 1, atUs: at, payload })
          else missed += 1
          if (drain > 0) readAll(reader, read, drain)
        })
        readAll(reader, read)
        expect(read.map(plain)).toEqual(expected.map(plain))
        expect(missedOf(ring).records).toBe(missed)
        expect(ringFilledBytes(ring)).toBe(0)
      }),
      { numRuns: 300 }
    )
  })

  test('a full ring refuses payload, then log lines, then other notes, and counts each', () => {
    const ring = createRing(smallestRingBytes)
    const writer = new RingWriter(ring)
    const payload = Buffer.alloc(1000, 1)
    let bytes = 0
    while (writer.bytes(RecordKind.bytes, 1, 1, fromClient, stageIn, payload, 0, 1000, 1)) bytes++
    let logs = 0
    while (writer.note(RecordKind.log, 1, 1, fromClient, { line: 'x'.repeat(80) }, 1)) logs++
    let notes = 0
    while (writer.note(RecordKind.attempt, 1, 1, fromClient, { line: 'x'.repeat(80) }, 1)) notes++
    expect(bytes).toBeGreaterThan(40)
    expect(logs).toBeGreaterThan(10)
    expect(notes).toBeGreaterThan(10)
    expect(missedOf(ring)).toEqual({ records: 3, notes: 2, bytes: 1000 + 2 * Buffer.byteLength(JSON.stringify({ line: 'x'.repeat(80) })) })
    // A gap note is owed, not missed.
    expect(writer.note(RecordKind.gap, 1, 1, fromClient, {}, 1)).toBe(false)
    expect(missedOf(ring).records).toBe(3)
    new RingReader(ring).drain(() => undefined)
    expect(writer.note(RecordKind.gap, 1, 1, fromClient, {}, 1)).toBe(true)
    expect(writer.bytes(RecordKind.bytes, 1, 1, fromClient, stageIn, payload, 0, 1000, 1)).toBe(true)
  })

  test('positions pass the end of 32 bits without a word', () => {
    const ring = createRing(smallestRingBytes)
    const words = new Int32Array(ring, 0, controlBytes / 4)
    words[16] = words[32] = -8192 // as after almost 32 GiB
    const writer = new RingWriter(ring)
    const reader = new RingReader(ring)
    const read: Whole[] = []
    for (let at = 0; at < 200; at++) {
      expect(writer.bytes(RecordKind.bytes, at, 1, fromClient, stageIn, Buffer.alloc(1500, at), 0, 1500, at)).toBe(true)
      readAll(reader, read)
    }
    expect(read.map((whole) => whole.payload[1499])).toEqual(Array.from({ length: 200 }, (_, at) => at))
    expect(words[16]).toBeGreaterThan(0)
  })
})

describe('ring between threads', () => {
  let files: Record<'drain', string>
  beforeAll(async () => {
    files = await bundle({ drain: 'test/capture/ring/drain-thread.ts' })
  }, 60_000)

  test.each([1, 2, 3])('a real thread reads what was taken, bit for bit (round %i)', async (round) => {
    const ring = createRing(1 << 18)
    const thread = new Worker(files.drain, { workerData: { ring } })
    const writer = new RingWriter(ring)
    const digest = createHash('sha256')
    const source = Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 31 + round) & 0xff))
    let taken = 0
    let refused = 0
    for (let at = 0; taken < 30_000; at++) {
      const length = (at * 7919 * round) % 997
      const ok = writer.bytes(
        RecordKind.bytes,
        at,
        round,
        at % 2 === 0 ? fromClient : fromServer,
        stageIn,
        source,
        at % 1000,
        (at % 1000) + length,
        at
      )
      if (!ok && ++refused % 50 === 0) await new Promise(setImmediate)
      if (!ok) continue
      taken++
      digest.update(source.subarray(at % 1000, (at % 1000) + length))
    }
    const told = once(thread, 'message') as Promise<[{ records: number; bytes: number; ordered: boolean }]>
    while (!writer.note(RecordKind.log, 0, 0, fromClient, { stop: true }, 0)) await new Promise(setImmediate)
    const [report] = await told
    await thread.terminate()
    expect(report.ordered).toBe(true)
    expect(report).toMatchObject({ payloadDigest: digest.digest('hex') })
    expect(missedOf(ring).records).toBe(refused)
  })
})
