import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type From, RecordKind, fromClient, fromServer } from '../../../shared/records.js'
import { CaptureReader } from '../../../main/capture/reader/capture-reader.js'
import { FrameMark } from '../../../main/capture/store/run-index.js'
import { segmentPath } from '../../../main/capture/store/segments.js'
import { unmask } from '../../../main/capture/writer/unmask.js'
import { Stage, frame, storedFrames, temporaryFolder } from '../stage.js'

const hex = (text: string): Buffer => Buffer.from(text.replace(/ /g, ''), 'hex')

describe('the examples of RFC 6455 §5.7', () => {
  test('are found, unmasked, with their facts', () => {
    using folder = temporaryFolder()
    const stage = new Stage(join(folder.path, 'a'))
    stage.tunnel(1)
    stage.bytes(1, fromServer, hex('81 05 48 65 6c 6c 6f'), 1e15 + 1)
    stage.bytes(1, fromClient, hex('81 85 37 fa 21 3d 7f 9f 4d 51 58'), 1e15 + 2)
    stage.bytes(1, fromServer, hex('01 03 48 65 6c 80 02 6c 6f'), 1e15 + 3)
    stage.bytes(1, fromServer, hex('89 05 48 65 6c 6c 6f'), 1e15 + 4)
    stage.bytes(1, fromClient, hex('8a 85 37 fa 21 3d 7f 9f 4d 51 58'), 1e15 + 5)
    stage.bytes(1, fromServer, Buffer.concat([hex('82 7E 01 00'), Buffer.alloc(256, 7)]), 1e15 + 6)
    stage.bytes(1, fromServer, Buffer.concat([hex('82 7F 00 00 00 00 00 01 00 00'), Buffer.alloc(65_536, 8)]), 1e15 + 7)
    stage.close()
    const frames = storedFrames(stage.file, 1)
    expect(
      frames.map(({ side, number, opcode, fin, maskKey, length, atUs }) => [side, number, opcode, fin, maskKey, length, atUs - 1e15])
    ).toEqual([
      [1, 0, 1, true, null, 5, 1],
      [0, 0, 1, true, 0x37fa213d, 5, 2],
      [1, 1, 1, false, null, 3, 3],
      [1, 2, 0, true, null, 2, 3],
      [1, 3, 9, true, null, 5, 4],
      [0, 1, 10, true, 0x37fa213d, 5, 5],
      [1, 4, 2, true, null, 256, 6],
      [1, 5, 2, true, null, 65_536, 7]
    ])
    expect(frames.map(({ payload }) => payload.subarray(0, 5).toString('latin1'))).toEqual([
      ...['Hello', 'Hello', 'Hel', 'lo', 'Hello', 'Hello'],
      '\x07\x07\x07\x07\x07',
      '\b\b\b\b\b'
    ])
    expect(frames[7]?.payload.equals(Buffer.alloc(65_536, 8))).toBe(true)
    // The long one stands in a segment, and only there.
    expect(frames.map(({ marks }) => marks & FrameMark.inSegment)).toEqual([0, 0, 0, 0, 0, 0, 0, FrameMark.inSegment])
    expect(existsSync(segmentPath(stage.file, 1))).toBe(true)
  })
})

test('unmask is the XOR of RFC 6455 §5.3 at every length, phase and alignment', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(0xffffffff), fc.nat(9), fc.nat(7), (payload, mask, phase, shift) => {
      const bytes = new Uint8Array(payload.length + shift)
      bytes.set(payload, shift)
      unmask(bytes, shift, payload.length, mask, phase)
      const key = Buffer.alloc(4)
      key.writeUInt32BE(mask)
      expect([...bytes.subarray(shift)]).toEqual([...payload].map((byte, at) => byte ^ (key[(at + phase) % 4] as number)))
    })
  )
})

test('frames of both sides come out as they went in, however they are cut and batched', () => {
  const oneFrame = fc.record({
    from: fc.constantFrom<From>(fromClient, fromServer),
    opcode: fc.constantFrom(0, 1, 2, 3, 8, 9, 10, 15),
    fin: fc.boolean(),
    rsv: fc.nat(7),
    length: fc.oneof(fc.nat(140), fc.nat(9000), fc.constant(70_000)),
    mask: fc.option(fc.nat(0xffffffff), { nil: undefined })
  })
  fc.assert(
    fc.property(fc.array(oneFrame, { maxLength: 40 }), fc.array(fc.nat(5000), { minLength: 1, maxLength: 30 }), (specs, cuts) => {
      using folder = temporaryFolder()
      const stage = new Stage(join(folder.path, 'a'), { maxPayloadBytes: 60_000 }, 100_000)
      stage.tunnel(1)
      const wires = specs.map((spec, at) =>
        frame(spec.opcode, Buffer.alloc(spec.length, at), {
          fin: spec.fin,
          rsv: spec.rsv,
          ...(spec.mask === undefined ? {} : { mask: spec.mask })
        })
      )
      let cut = 0
      wires.forEach((wire, at) => {
        for (let start = 0; start < wire.length;) {
          const end = Math.min(wire.length, start + 1 + (cuts[cut++ % cuts.length] as number))
          stage.bytes(1, (specs[at] as { from: From }).from, wire.subarray(start, end), 1e15 + at)
          if (cut % 7 === 0) stage.commit()
          start = end
        }
      })
      stage.close()
      const found = storedFrames(stage.file, 1)
      const numbers = [0, 0]
      expect(
        found.map(({ side, number, opcode, fin, rsv, length, maskKey, atUs, order }) => ({
          side,
          number,
          opcode,
          fin,
          rsv,
          length,
          maskKey,
          atUs,
          order
        }))
      ).toEqual(
        specs.map(({ from, opcode, fin, rsv, length, mask }, at) => ({
          side: from,
          number: (numbers[from] as number)++,
          opcode,
          fin,
          rsv,
          length,
          maskKey: mask ?? null,
          atUs: 1e15 + at,
          order: at
        }))
      )
      found.forEach(({ payload }, at) =>
        expect(payload.equals(Buffer.alloc(Math.min((specs[at] as { length: number }).length, 60_000), at))).toBe(true)
      )
    }),
    { numRuns: 60 }
  )
}, 60_000)

describe('gaps', () => {
  const gap = {
    from: fromServer,
    lostBytes: 0,
    lostFrames: 0,
    frameLeft: 0,
    frame: null,
    nextFrame: 0,
    inMessage: false,
    messageCompressed: false
  }
  test('after a gap frames are found again, with their numbers, and a frame that lost bytes says so', () => {
    using folder = temporaryFolder()
    const stage = new Stage(join(folder.path, 'a'))
    stage.tunnel(1)
    const long = frame(2, Buffer.alloc(1000, 1))
    stage.bytes(1, fromServer, frame(1, 'before'), 1e15 + 1)
    stage.bytes(1, fromServer, long.subarray(0, 300), 1e15 + 2)
    // 500 bytes of the frame are lost, 204 are left of it.
    const facts = { fin: true, rsv: 0, opcode: 2, maskKey: null, length: 1000, maskOffset: 0 }
    stage.recorder.note(RecordKind.gap, 1, 1, fromServer, { ...gap, lostBytes: 500, frameLeft: 204, frame: facts, nextFrame: 2 }, 1e15 + 3)
    stage.bytes(1, fromServer, long.subarray(800), 1e15 + 4)
    stage.bytes(1, fromServer, frame(1, 'between'), 1e15 + 5)
    // Frames 3 to 9 are lost, and the header of frame 10 with its first bytes.
    stage.bytes(1, fromServer, Buffer.from([0x82]), 1e15 + 6)
    stage.recorder.note(
      RecordKind.gap,
      1,
      1,
      fromServer,
      { ...gap, lostBytes: 70_000, lostFrames: 7, frameLeft: 10, frame: { ...facts, length: 50 }, nextFrame: 11 },
      1e15 + 7
    )
    stage.bytes(1, fromServer, Buffer.concat([Buffer.alloc(10, 9), frame(1, 'after')]), 1e15 + 8)
    stage.close()
    const frames = storedFrames(stage.file, 1)
    expect(
      frames.map(({ number, length, payload, marks }) => [number, length, payload.length, (marks & FrameMark.incomplete) !== 0])
    ).toEqual([
      [0, 6, 6, false],
      [1, 1000, 296, true],
      [2, 7, 7, false],
      [10, 50, 0, true],
      [11, 5, 5, false]
    ])
    expect(frames[4]?.payload.toString()).toBe('after')
  })

  test('what is lost at the very end, with no byte behind it, is known from the account of the tunnel', () => {
    using folder = temporaryFolder()
    const stage = new Stage(join(folder.path, 'a'))
    stage.tunnel(1)
    const one = frame(1, 'recorded')
    stage.bytes(1, fromServer, one, 1e15 + 1)
    stage.recorder.note(RecordKind.gap, 1, 1, fromServer, { ...gap, lostBytes: 40, lostFrames: 4, nextFrame: 5 }, 1e15 + 2)
    stage.bytes(1, fromServer, one, 1e15 + 3)
    const tunnel = {
      framesFromClient: 0,
      framesFromServer: 16,
      bytesFromClient: 0,
      bytesFromServer: 2 * one.length + 140,
      closeFromClient: 0,
      closeFromServer: 1001,
      endedBy: 'server'
    }
    stage.recorder.note(
      RecordKind.exchangeEnded,
      1,
      1,
      fromClient,
      { status: 101, ended: 'complete', requestBytes: 0, responseBytes: 0, tunnel },
      1e15 + 4
    )
    stage.close()
    const reader = new CaptureReader(stage.file)
    const { exchange, gaps } = reader.exchange(1)
    expect(exchange).toMatchObject({ framesServer: 16, missedFrames: 14, missedBytes: 140, closeServer: 1001, endedBy: 'server' })
    expect(gaps.map(({ lostFrames, lostBytes }) => [lostFrames, lostBytes])).toEqual([
      [4, 40],
      [10, 100]
    ])
    reader.close()
  })
})
