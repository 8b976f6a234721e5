import { describe, expect, test } from 'vitest'
import { closeName } from '../../../renderer/views/traffic/inspect/close-codes.js'
import { base64 } from '../../../renderer/views/traffic/inspect/copy-forms.js'
import { findBytes } from '../../../renderer/views/traffic/inspect/find-bytes.js'
import { asciiByte, bytesPerRow, charsOf, digitsOf, moveCaret } from '../../../renderer/views/traffic/inspect/hex-layout.js'
import { readClose } from '../../../renderer/views/traffic/inspect/read-close.js'
import { readTime } from '../../../renderer/views/traffic/inspect/read-time.js'
import { readSocketIo } from '../../../renderer/views/traffic/inspect/socket-io.js'
import { byteOfChar, piecesOf, rowOfByte, textRows } from '../../../renderer/views/traffic/inspect/text-rows.js'

const bytesOf = (text: string) => new TextEncoder().encode(text)
const hex = (text: string) => Uint8Array.from(text.split(' '), (byte) => parseInt(byte, 16))

describe('hex', () => {
  test.each([8, 12, 16, 24, 32])('%i bytes stand in a row that has just the room', (size) => {
    expect(bytesPerRow(charsOf(size, 4), 4)).toBe(size)
    expect(bytesPerRow(charsOf(size, 4) - 1, 4)).toBeLessThanOrEqual(Math.max(8, size - 1))
  })
  test('offsets grow with the bytes', () => expect([digitsOf(10), digitsOf(65_536), digitsOf(65_537)]).toEqual([4, 4, 5]))
  test('ASCII shows what it can', () => expect([0x41, 0x20, 0x00, 0x7f, 0xc3].map(asciiByte).join('')).toBe('A ···'))
  test('the caret stays inside', () => {
    expect(moveCaret('ArrowUp', 3, 100, 16, 5)).toBe(0)
    expect(moveCaret('PageDown', 3, 100, 16, 5)).toBe(83)
    expect(moveCaret('End', 97, 100, 16, 5)).toBe(99)
    expect(moveCaret('x', 3, 100, 16, 5)).toBeNull()
  })
})

describe('text', () => {
  const shownOf = (bytes: Uint8Array) =>
    textRows(bytes, 80).map((row) =>
      piecesOf(bytes, row)
        .map(({ text }) => text)
        .join('')
    )
  test('lines, control characters and the end of a line', () => {
    expect(shownOf(bytesOf('a\tb\r\n\u0000c\n'))).toEqual(['aTABbCR', 'NULc', ''])
  })
  test('what turns the direction of text is drawn by its number', () => {
    expect(shownOf(bytesOf('x\u202ey'))).toEqual(['x‹202E›y'])
  })
  test.each([
    ['c3 28', '‹C3›('],
    ['f0 9f 92', '‹F0›‹9F›‹92›'],
    ['ed a0 80', '‹ED›‹A0›‹80›'],
    ['c0 af', '‹C0›‹AF›']
  ])('%s is no UTF-8 and marked', (bytes, shown) => expect(shownOf(hex(bytes))).toEqual([shown]))
  test('wrapping cuts after columns, wide characters take two', () => {
    const bytes = bytesOf('12345678漢字abcdefgh')
    expect(textRows(bytes, 10).map(({ start, end, goesOn }) => [start, end, goesOn])).toEqual([
      [0, 11, false],
      [11, 22, true]
    ])
  })
  test('characters lead to bytes and bytes to rows', () => {
    const bytes = bytesOf('é😀z\nnext')
    const rows = textRows(bytes, 80)
    const first = rows[0] ?? { start: 0, end: 0 }
    expect([0, 1, 3, 4].map((chars) => byteOfChar(bytes, first, chars))).toEqual([0, 2, 6, 7])
    expect([0, 6, 8, 99].map((byte) => rowOfByte(rows, byte))).toEqual([0, 0, 1, 1])
  })
  test('finding does not mind the case', () => {
    expect(findBytes(bytesOf('aAa needle Needle'), 'NEEDLE')).toEqual([
      { start: 4, end: 10 },
      { start: 11, end: 17 }
    ])
    expect(findBytes(bytesOf('aaaa'), 'aa')).toHaveLength(2)
    expect(findBytes(bytesOf('a'), '')).toEqual([])
  })
})

describe('Socket.IO', () => {
  test.each([
    ['42["hello"]', { socket: 'event', namespace: '/', ack: null, attachments: 0, dataAt: 2 }],
    ['42313["message",{}]', { socket: 'event', namespace: '/', ack: '313', attachments: 0, dataAt: 5 }],
    ['42/chat,13["x"]', { socket: 'event', namespace: '/chat', ack: '13', attachments: 0, dataAt: 10 }],
    ['451-/é,["up",{"_placeholder":true,"num":0}]', { socket: 'binary event', namespace: '/é', ack: null, attachments: 1, dataAt: 8 }],
    ['43313[{"ok":true}]', { socket: 'ack', namespace: '/', ack: '313', attachments: 0, dataAt: 5 }],
    ['41/chat', { socket: 'disconnect', namespace: '/chat', ack: null, attachments: 0, dataAt: 7 }],
    ['2', { socket: undefined, namespace: '/', ack: null, attachments: 0, dataAt: 1 }]
  ])('%s', (text, expected) => {
    const packet = readSocketIo(text, true)
    expect({ ...packet, socket: packet?.socket?.name, engine: undefined }).toEqual({ ...expected, engine: undefined })
  })
  test.each(['42', '2', '7', 'hello', '{"a":1}', '4oo', '42 apples'])('%j of a tunnel that does not say EIO is none', (text) => {
    expect(readSocketIo(text, false)).toBeNull()
  })
  test('one that can be nothing else is believed', () => expect(readSocketIo('42["a"]', false)?.socket?.name).toBe('event'))
})

describe('Close', () => {
  test('code and reason', () => {
    expect(readClose(hex('03 f1 6c 6f 6e 67'))).toEqual({ code: 1009, name: 'Message too big', reason: 'long', wrong: null })
    expect(readClose(new Uint8Array(0)).code).toBeNull()
  })
  test.each([
    ['03', 'One byte is too short'],
    ['03 ee', '1006 must never stand'],
    ['00 01', '1 is outside'],
    ['03 e8 ff', 'not valid UTF-8']
  ])('%s is wrong: %s', (bytes, why) => expect(readClose(hex(bytes)).wrong).toContain(why))
  test('codes have the names of the registry, those without one a range', () => {
    expect([1005, 1006, 1007, 1010, 3000].map(closeName)).toEqual([
      'No status received',
      'Abnormal closure',
      'Invalid frame payload data',
      'Mandatory extension',
      'Unauthorized'
    ])
    expect([999, 1016, 2999, 3001, 3999, 4408, 4999, 5000].map(closeName)).toEqual([
      'Not used',
      'Reserved for the protocol',
      'Reserved for the protocol',
      'Of a library or framework',
      'Of a library or framework',
      'For private use',
      'For private use',
      'Not a close code'
    ])
  })
})

test('times are read out by the frame', () => {
  const atUs = Date.UTC(2026, 10, 22, 14, 31, 19, 513) * 1000
  expect(readTime(String(atUs / 1000 - 2), 'number', 'sentAt', atUs, true)).toBe('14:31:19.511, 2 ms before the frame')
  expect(readTime('2026-11-22T14:31:20.513Z', 'string', '', atUs, true)).toBe('14:31:20.513, 1.00 s after the frame')
  expect(readTime('1795357879', 'number', 'id', atUs, true)).toBeNull()
  expect(readTime('1795357879', 'number', 'iat', atUs, true)).not.toBeNull()
  expect(readTime('1234567890123456789', 'number', 'id', 0, true)).toBeNull()
})

test('copies', () => {
  expect(base64(Uint8Array.from({ length: 100_000 }, (_, at) => at & 0xff))).toBe(
    Buffer.from(Uint8Array.from({ length: 100_000 }, (_, at) => at & 0xff)).toString('base64')
  )
})
