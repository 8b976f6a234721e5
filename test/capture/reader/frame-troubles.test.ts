import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type From, fromClient, fromServer } from '../../../shared/records.js'
import type { FrameRow } from '../../../shared/rows.js'
import { CaptureReader } from '../../../main/capture/reader/capture-reader.js'
import { Slices } from '../../../main/capture/reader/slices.js'
import { Stage, frame, temporaryFolder } from '../stage.js'

const key = 0x37fa213d
const hex = (bytes: string): Buffer => Buffer.from(bytes.replaceAll(' ', ''), 'hex')

/** What is said of each frame, and which rows a search for red marks stops at. */
async function judged(sent: readonly (readonly [From, Buffer])[], extensions: string | null = null) {
  using folder = temporaryFolder()
  const stage = new Stage(join(folder.path, 'a'))
  stage.tunnel(1, extensions)
  sent.forEach(([from, bytes], at) => stage.bytes(1, from, bytes, 1e15 + at))
  stage.end(1, 1e15 + sent.length)
  stage.commit()
  const reader = new CaptureReader(stage.file)
  const view = reader.view({ kind: 'frames', of: 1, filter: '' })
  await view.advance(new Slices(new AbortController().signal))
  const rows = view.rows(0, 100) as FrameRow[]
  const bad = view.wentBadly()
  const marks = rows.map((_, index) => bad(index))
  expect(marks).toEqual(rows.map(({ trouble, gapBefore }) => trouble !== null || gapBefore !== null))
  reader.close()
  stage.close()
  return rows.map(({ from, trouble }) => `${from} ${trouble ?? 'fine'}`)
}

test('what RFC 6455 forbids a sender is named, with who sent it', async () => {
  expect(
    await judged([
      // §5.7: "Hello", unmasked and masked.
      [fromServer, hex('81 05 48 65 6c 6c 6f')],
      [fromClient, hex('81 85 37 fa 21 3d 7f 9f 4d 51 58')],
      [fromClient, hex('81 05 48 65 6c 6c 6f')],
      [fromServer, hex('81 85 37 fa 21 3d 7f 9f 4d 51 58')],
      [fromServer, hex('c1 05 48 65 6c 6c 6f')],
      [fromServer, hex('83 00')],
      [fromClient, hex('8b 80 37 fa 21 3d')],
      [fromServer, hex('09 00')],
      [fromServer, frame(10, 'x'.repeat(126))],
      [fromServer, frame(10, 'x'.repeat(125))]
    ])
  ).toEqual([
    'server fine',
    'client fine',
    'client unmasked',
    'server masked',
    'server reservedBits',
    'server reservedOpcode',
    'client reservedOpcode',
    'server fragmentedControl',
    'server longControl',
    'server fine'
  ])
})

test('RSV1 begins a compressed message where that was agreed on; another extension may mean anything by its bits', async () => {
  const bits: readonly (readonly [From, Buffer])[] = [
    [fromServer, hex('c1 07 f2 48 cd c9 c9 07 00')],
    [fromServer, frame(9, '', { rsv: 4 })],
    [fromServer, frame(2, '', { rsv: 2 })],
    [fromServer, frame(1, 'not DEFLATE', { rsv: 4 })]
  ]
  const deflate = 'permessage-deflate; server_no_context_takeover'
  expect(await judged(bits, deflate)).toEqual(['server fine', 'server reservedBits', 'server reservedBits', 'server inflate'])
  expect((await judged(bits.slice(0, 3), `${deflate}, x-own`)).every((said) => said === 'server fine')).toBe(true)
})

test('a Close frame is a red mark by its code, and a frame whose end never came', async () => {
  const close = (code: string): readonly [From, Buffer] => [fromClient, frame(8, hex(code), { mask: key })]
  const said = await judged([
    close(''),
    close('03e8'),
    close('03e9'),
    close('03ea'),
    close('03'),
    close('0fa0'),
    [fromServer, hex('81 05 48 65')]
  ])
  expect(said).toEqual([
    'client fine',
    'client fine',
    'client fine',
    'client closeCode',
    'client closeCode',
    'client closeCode',
    'server unfinished'
  ])
})

test('a frame whose header never ended is one, too, at the end of the tunnel', async () => {
  const whole: readonly [From, Buffer] = [fromServer, hex('81 00')]
  // One byte of a header; a length of 64 bits that is cut; a masking key of which two bytes came.
  for (const cut of ['81', '82 7f 00 00', '81 85 37 fa']) {
    expect(await judged([whole, [fromServer, hex(cut)]])).toEqual(['server fine', 'server unfinished'])
    expect(await judged([whole, [fromClient, hex(cut)]])).toEqual(['server fine', 'client unfinished'])
  }
  // What was begun is judged by what came of it.
  expect(await judged([[fromServer, hex('83')]])).toEqual(['server reservedOpcode'])
})
