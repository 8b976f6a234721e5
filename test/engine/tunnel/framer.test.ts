import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Framer } from '../../../main/engine/tunnel/framer.js'

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/[^0-9a-f]/g, ''), 'hex')

/** RFC 6455 §5.7. */
const examples = {
  unmaskedText: hex('81 05 48 65 6c 6c 6f'),
  maskedText: hex('81 85 37 fa 21 3d 7f 9f 4d 51 58'),
  fragmented: [hex('01 03 48 65 6c'), hex('80 02 6c 6f')],
  ping: hex('89 05 48 65 6c 6c 6f'),
  maskedPong: hex('8a 85 37 fa 21 3d 7f 9f 4d 51 58'),
  binary256: Buffer.concat([hex('82 7e 01 00'), Buffer.alloc(256, 7)]),
  binary64k: Buffer.concat([hex('82 7f 00 00 00 00 00 01 00 00'), Buffer.alloc(65_536, 7)])
} as const

/** The plainest reading there is: all bytes at hand, one frame after another. */
function oracle(bytes: Buffer): { frames: number; left: number; inHeader: boolean; code: number; inMessage: boolean; compressed: boolean } {
  let [at, frames, code, message, compressed] = [0, 0, 0, false, false]
  for (;;) {
    if (at === bytes.length) return { frames, left: 0, inHeader: false, code, inMessage: message, compressed: message && compressed }
    const rest = bytes.subarray(at)
    const short = rest.length < 2 ? 0 : (rest[1] as number) & 127
    const masked = rest.length >= 2 && (rest[1] as number) >= 128
    const header = 2 + (short === 127 ? 8 : short === 126 ? 2 : 0) + (masked ? 4 : 0)
    if (rest.length < 2 || rest.length < header)
      return { frames, left: 0, inHeader: true, code, inMessage: message, compressed: message && compressed }
    const length = short === 127 ? Number(rest.readBigUInt64BE(2)) : short === 126 ? rest.readUInt16BE(2) : short
    const key = masked ? rest.subarray(header - 4, header) : Buffer.alloc(4)
    const opcode = (rest[0] as number) & 15
    const fin = (rest[0] as number) >= 128
    frames++
    const payload = rest.subarray(header, header + length)
    if (opcode === 8 && code === 0 && length >= 2) {
      if (payload.length >= 1) code = (payload[0] as number) ^ (key[0] as number)
      if (payload.length >= 2) code = (code << 8) | ((payload[1] as number) ^ (key[1] as number))
    }
    let after = message
    if (opcode !== 0 && opcode < 8) {
      message = after = !fin
      compressed = ((rest[0] as number) & 64) !== 0
    } else if (opcode === 0 && fin) after = false
    if (payload.length < length)
      return { frames, left: length - payload.length, inHeader: false, code, inMessage: message, compressed: message && compressed }
    message = after
    at += header + length
  }
}

function reading(framer: Framer): ReturnType<typeof oracle> {
  return {
    frames: framer.frames,
    left: framer.frameLeft,
    inHeader: framer.inHeader,
    code: framer.closeCode,
    inMessage: framer.inMessage,
    compressed: framer.messageCompressed
  }
}

function pushed(pieces: readonly Uint8Array[]): Framer {
  const framer = new Framer()
  for (const piece of pieces) framer.push(piece, 0, piece.length)
  return framer
}

describe('RFC 6455 §5.7', () => {
  it('a single-frame unmasked text message', () => {
    const framer = pushed([examples.unmaskedText.subarray(0, 4)])
    expect(framer.frame).toEqual({ fin: true, rsv: 0, opcode: 1, maskKey: null, length: 5, maskOffset: 2 })
    expect(framer.frameLeft).toBe(3)
  })
  it('a single-frame masked text message', () => {
    const framer = pushed([examples.maskedText.subarray(0, 10)])
    expect(framer.frame).toEqual({ fin: true, rsv: 0, opcode: 1, maskKey: 0x37fa213d, length: 5, maskOffset: 4 })
  })
  it('a fragmented unmasked text message', () => {
    const framer = new Framer()
    framer.push(examples.fragmented[0], 0, 5)
    expect([framer.frames, framer.atBoundary, framer.inMessage]).toEqual([1, true, true])
    framer.push(examples.ping, 0, 7)
    expect([framer.frames, framer.inMessage]).toEqual([2, true])
    framer.push(examples.fragmented[1], 0, 3)
    expect([framer.frames, framer.frameLeft, framer.inMessage]).toEqual([3, 1, true])
    framer.push(examples.fragmented[1], 3, 4)
    expect([framer.atBoundary, framer.inMessage]).toEqual([true, false])
  })
  it('lengths of 16 and 64 bits', () => {
    expect(pushed([examples.binary256.subarray(0, 5)]).frame).toMatchObject({ opcode: 2, length: 256, maskOffset: 1 })
    expect(pushed([examples.binary64k.subarray(0, 11)]).frame).toMatchObject({ opcode: 2, length: 65_536, maskOffset: 1 })
  })
  it('however it is cut in two', () => {
    const all = Buffer.concat([...Object.values(examples).flat()])
    const whole = reading(pushed([all]))
    expect(whole).toEqual(oracle(all))
    for (let cut = 0; cut <= 400; cut++) expect(reading(pushed([all.subarray(0, cut), all.subarray(cut)]))).toEqual(whole)
  })
  it('byte by byte', () => {
    const all = Buffer.concat([...Object.values(examples).flat()])
    const framer = new Framer()
    for (let at = 0; at < 420; at++) {
      framer.push(all, at, at + 1)
      expect(reading(framer)).toEqual(oracle(all.subarray(0, at + 1)))
    }
  })
})

describe('close codes (RFC 6455 §5.5.1)', () => {
  it('are read unmasked, and the first one stays', () => {
    expect(pushed([hex('88 02 03 e8')]).closeCode).toBe(1000)
    expect(pushed([hex('88 82 37 fa 21 3d 34 12'), hex('88 02 03 e9')]).closeCode).toBe(1000)
    expect(pushed([hex('88 00')]).closeCode).toBe(0)
  })
})

it('takes any length as it stands, up to 2^64 - 1', () => {
  const framer = pushed([hex('82 7f 7f ff ff ff ff ff ff ff'), Buffer.alloc(4096)])
  expect(framer.frameLeft).toBeGreaterThan(2 ** 62)
  expect(pushed([hex('82 ff ff ff ff ff ff ff ff ff 01 02 03 04'), Buffer.alloc(4096)]).frame?.maskKey).toBe(0x01020304)
})

const frame = fc
  .record({
    first: fc.integer({ min: 0, max: 255 }),
    masked: fc.boolean(),
    form: fc.constantFrom(0, 126, 127),
    payload: fc.uint8Array({ maxLength: 300 })
  })
  .map(({ first, masked, form, payload }) => {
    const size = payload.length
    const short = form === 0 && size < 126 ? size : form === 127 ? 127 : 126
    const length = Buffer.alloc(short === 127 ? 8 : short === 126 ? 2 : 0)
    if (length.length > 0) length.writeUIntBE(size, length.length === 8 ? 2 : 0, length.length === 8 ? 6 : 2)
    return Buffer.concat([Buffer.from([first, short | (masked ? 128 : 0)]), length, Buffer.from(masked ? [1, 99, 200, 255] : []), payload])
  })

it('reads random frames, and bytes that are none, as the oracle does, whatever the cuts', () => {
  const stream = fc.oneof(
    fc.array(frame, { maxLength: 8 }).map((frames) => Buffer.concat(frames)),
    fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes))
  )
  fc.assert(
    fc.property(stream, fc.array(fc.nat(1200), { maxLength: 6 }), (bytes, cuts) => {
      const framer = new Framer()
      let at = 0
      for (const cut of [...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length]) {
        framer.push(bytes, at, cut)
        at = cut
        expect(reading(framer)).toEqual(oracle(bytes.subarray(0, at)))
        const rest = bytes.subarray(at)
        const boundary = framer.boundaryIn(rest, 0, rest.length)
        const there = oracle(bytes.subarray(0, at + boundary))
        if (boundary < rest.length) expect([there.left, there.inHeader]).toEqual([0, false])
      }
    }),
    { numRuns: 2000 }
  )
})
