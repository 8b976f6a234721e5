import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { fromClient, fromServer } from '../../../shared/records.js'
import type { FrameRow } from '../../../shared/rows.js'
import { CaptureReader } from '../../../main/capture/reader/capture-reader.js'
import { Slices } from '../../../main/capture/reader/slices.js'
import type { View } from '../../../main/capture/reader/view.js'
import { Stage, type Spoken, frame, temporaryFolder } from '../stage.js'

const advance = (view: View): Promise<void> => view.advance(new Slices(new AbortController().signal))

/** Ids of the frames that are heartbeats, of tunnels that speak so. */
async function heartbeatsOf(frames: readonly Buffer[], spoken: Spoken, extensions: string | null = null): Promise<number[]> {
  using folder = temporaryFolder()
  const stage = new Stage(join(folder.path, 'a'))
  stage.tunnel(1, extensions, 1e15, spoken)
  // What is masked is the client's: a frame that is sent wrongly is never hidden.
  frames.forEach((bytes, at) => stage.bytes(1, (bytes[1] as number) >= 0x80 ? fromClient : fromServer, bytes, 1e15 + at))
  stage.commit()
  const reader = new CaptureReader(stage.file)
  const [all, without] = [reader.view({ kind: 'frames', of: 1, filter: '' }), hiding(reader, '')]
  await advance(all)
  await advance(without)
  const rows = all.rows(0, 100) as FrameRow[]
  const beats = rows.filter(({ heartbeat }) => heartbeat).map(({ id }) => id)
  // What a row says and what a list leaves out is the same.
  expect((without.rows(0, 100) as FrameRow[]).map(({ id }) => id)).toEqual(rows.map(({ id }) => id).filter((id) => !beats.includes(id)))
  expect([without.total, without.matched, without.hidden]).toEqual([rows.length, rows.length - beats.length, beats.length])
  reader.close()
  stage.close()
  return beats
}
const hiding = (reader: CaptureReader, filter: string): View => reader.view({ kind: 'frames', of: 1, filter, hide: 'heartbeats' })

test('ping and pong are heartbeats everywhere, and the objects that graphql-ws sends; fragments and messages are none', async () => {
  const object = (type: string): Buffer => frame(1, `{"type":"${type}"}`)
  const frames = [
    frame(9, ''),
    frame(10, 'anything at all, as long as it is', { mask: 0x01020304 }),
    object('ping'),
    frame(1, ' { "type" : "pong" } ', { mask: 0xa1b2c3d4 }),
    object('ping '),
    frame(1, '{"type":"ping","payload":{}}'),
    object('next'),
    frame(2, '{"type":"ping"}'),
    frame(9, '', { fin: false }),
    frame(1, '{"type":"ping"}', { fin: false }),
    frame(8, '')
  ]
  expect(await heartbeatsOf(frames, {})).toEqual([0, 1, 2, 3])
})

test('2 and 3 are heartbeats of Engine.IO alone, c0 00 and d0 00 of MQTT alone', async () => {
  const frames = [
    frame(1, '2'),
    frame(1, '3', { mask: 0x0a0b0c0d }),
    frame(1, '2probe'),
    frame(1, '6'),
    frame(1, ''),
    frame(2, Buffer.from([0xc0, 0])),
    frame(2, Buffer.from([0xd0, 0])),
    frame(2, Buffer.from([0xc0, 1])),
    frame(2, Buffer.from([0xe0, 0])),
    frame(1, Buffer.from([0xc0, 0]))
  ]
  expect(await heartbeatsOf(frames, { target: '/socket.io/?EIO=4&transport=websocket' })).toEqual([0, 1])
  expect(await heartbeatsOf(frames, { subprotocol: 'mqtt' })).toEqual([5, 6])
  expect(await heartbeatsOf(frames, {})).toEqual([])
})

test('a compressed heartbeat is one by what it inflates to', async () => {
  const compressed = (text: string): Buffer => frame(1, deflateRawSync(text, { finishFlush: 2 }).subarray(0, -4), { rsv: 4 })
  const frames = [compressed('{"type":"ping"}'), compressed('{"type":"data"}'), compressed('x'.repeat(4000))]
  const extensions = 'permessage-deflate; client_no_context_takeover; server_no_context_takeover'
  expect(await heartbeatsOf(frames, {}, extensions)).toEqual([0])
})

test('what a filter leaves out is not counted as hidden, and what comes later is looked at as it comes', async () => {
  using folder = temporaryFolder()
  const stage = new Stage(join(folder.path, 'a'))
  stage.tunnel(1)
  stage.bytes(1, fromClient, frame(9, '', { mask: 1 }), 1e15)
  stage.bytes(1, fromServer, frame(10, ''), 1e15 + 1)
  stage.bytes(1, fromServer, frame(1, 'news'), 1e15 + 2)
  stage.commit()
  const reader = new CaptureReader(stage.file)
  const view = hiding(reader, 'from:server')
  await advance(view)
  expect([view.total, view.matched, view.hidden]).toEqual([3, 1, 1])
  stage.bytes(1, fromServer, frame(9, ''), 1e15 + 3)
  stage.bytes(1, fromServer, frame(1, 'more'), 1e15 + 4)
  stage.commit()
  await advance(view)
  expect([view.total, view.matched, view.hidden]).toEqual([5, 2, 2])
  expect((view.rows(0, 9) as FrameRow[]).map(({ preview }) => preview)).toEqual(['news', 'more'])
  expect([view.indexOf(4), view.indexOf(3)]).toEqual([1, null])
  reader.close()
  stage.close()
})
