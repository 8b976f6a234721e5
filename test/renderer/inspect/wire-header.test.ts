import { describe, expect, test } from 'vitest'
import { hexText } from '../../../renderer/views/traffic/inspect/hex-layout.js'
import { headerBytes, headerFields, wireLines, type HeaderFacts } from '../../../renderer/views/traffic/inspect/wire-header.js'

const frame = (facts: Partial<HeaderFacts>): HeaderFacts => ({ fin: true, rsv: 0, opcode: 1, maskKey: null, length: 5, ...facts })

describe('the examples of RFC 6455 §5.7', () => {
  test.each([
    ['a single-frame unmasked text message', frame({}), '81 05'],
    ['a single-frame masked text message', frame({ maskKey: 0x37fa213d }), '81 85 37 fa 21 3d'],
    ['the first fragment', frame({ fin: false, length: 3 }), '01 03'],
    ['the last fragment', frame({ opcode: 0, length: 2 }), '80 02'],
    ['an unmasked Ping', frame({ opcode: 9 }), '89 05'],
    ['a masked Pong', frame({ opcode: 10, maskKey: 0x37fa213d }), '8a 85 37 fa 21 3d'],
    ['256 bytes in a single unmasked frame', frame({ opcode: 2, length: 256 }), '82 7e 01 00'],
    ['64 KiB in a single unmasked frame', frame({ opcode: 2, length: 65_536 }), '82 7f 00 00 00 00 00 01 00 00']
  ])('%s', (_, facts, hex) => expect(hexText(headerBytes(facts))).toBe(hex))
})

test.each([
  [125, '7d'],
  [126, '7e 00 7e'],
  [65_535, '7e ff ff']
])('a length of %i takes the shortest form', (length, hex) => expect(hexText(headerBytes(frame({ length })).subarray(1))).toBe(hex))

test('the fields of a header are its bits', () => {
  const facts = frame({ rsv: 4, maskKey: 0xffeeddcc, length: 140 })
  const bits = headerFields(facts)
    .map(({ value, kind }) => (kind === 'key' ? parseInt(value, 16).toString(2).padStart(8, '0') : value))
    .join('')
  expect(bits).toBe([...headerBytes(facts)].map((byte) => byte.toString(2).padStart(8, '0')).join(''))
})

test('lines are 32 bits wide; a 64-bit length goes over three of them', () => {
  const lines = wireLines(headerFields(frame({ maskKey: 1, length: 70_000 })))
  expect(lines.map((line) => line.reduce((sum, { bitsHere }) => sum + bitsHere, 0))).toEqual([32, 32, 32, 16])
  const parts = lines.flat().filter(({ name }) => name === 'extended length')
  expect(parts.map(({ firstBit, bitsHere, goesOn }) => [firstBit, bitsHere, goesOn])).toEqual([
    [16, 16, false],
    [0, 32, true],
    [0, 16, true]
  ])
  expect(parseInt(parts.map(({ value }) => value).join(''), 2)).toBe(70_000)
})
