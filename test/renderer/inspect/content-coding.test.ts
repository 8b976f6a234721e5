import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { bodyNotes } from '../../../renderer/views/traffic/inspect/body-notes.js'
import { bodyTotal } from '../../../renderer/views/traffic/inspect/body-total.js'
import { canDecode, decodeContent } from '../../../renderer/views/traffic/inspect/content-coding.js'

const text = 'words and words '.repeat(1000)
const plain = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

describe('content codings', () => {
  test.each([
    ['gzip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)]
  ])('%s is undone', async (coding, bytes) => {
    const decoded = await decodeContent(Uint8Array.from(bytes), coding, true)
    expect(decoded.state).toBe('whole')
    expect(plain(decoded.bytes)).toBe(text)
  })
  test('a body that grows stops at the bound', async () => {
    const decoded = await decodeContent(Uint8Array.from(gzipSync(Buffer.alloc(4_000_000))), 'gzip', true, 100_000)
    expect(decoded).toMatchObject({ state: 'cut', bytes: { length: 100_000 } })
  })
  test('a body that was kept in part gives its part', async () => {
    const random = Uint8Array.from({ length: 400_000 }, (_, at) => (at * at * 31) >> 3)
    const decoded = await decodeContent(Uint8Array.from(gzipSync(random).subarray(0, 100_000)), 'gzip', false)
    expect(decoded.state).toBe('short')
  })
  test('what is not what it says is broken', async () => {
    expect(await decodeContent(new TextEncoder().encode('plain'), 'gzip', true)).toMatchObject({ state: 'broken', bytes: { length: 0 } })
  })
  test('brotli is said, not undone', () => {
    expect(canDecode('br')).toBe(false)
    const kept = brotliCompressSync(text).length
    expect(bodyNotes({ total: kept, kept, coding: 'br', undone: null, open: false })).toEqual([
      'Sent as br, which is not undone here: these are its bytes.'
    ])
  })
})

test('the bytes of a body, without its head', () => {
  expect(bodyTotal(358, 79, '79', 1024)).toBe(79)
  expect(bodyTotal(358, 79, null, 1024)).toBe(79)
  expect(bodyTotal(2_600_610, 1_048_576, null, 1_048_576)).toBe(2_600_610)
  expect(bodyTotal(2_600_610, 1_048_576, '2600000', 1_048_576)).toBe(2_600_000)
})
