import { join } from 'node:path'
import { expect, test } from 'vitest'
import { RecordKind, fromClient, fromServer, stageIn } from '../../../shared/records.js'
import type { FrameRow } from '../../../shared/rows.js'
import { CaptureReader } from '../../../main/capture/reader/capture-reader.js'
import { Slices } from '../../../main/capture/reader/slices.js'
import { defaultLimits } from '../../../main/capture/limits.js'
import { createRing, missedOf } from '../../../main/capture/ring/ring.js'
import { RingWriter } from '../../../main/capture/ring/ring-writer.js'
import { createSignals } from '../../../main/capture/signals.js'
import { WriterLoop } from '../../../main/capture/writer/writer-loop.js'
import type { WriterEvent } from '../../../main/capture/protocol.js'
import { frame, openTunnel, temporaryFolder } from '../stage.js'

/** The writer's loop on this thread: nothing happens but what a test calls. */
function started(file: string) {
  const ring = createRing(8 * 1024 * 1024)
  const recorder = new RingWriter(ring)
  const events: WriterEvent[] = []
  const loop = new WriterLoop({ ring, signals: createSignals(), file, after: null, limits: defaultLimits }, (event) => events.push(event))
  const send = (exchange: number, side: 0 | 1, bytes: Uint8Array): void => {
    recorder.bytes(RecordKind.bytes, exchange, exchange, side, stageIn, bytes, 0, bytes.length, 1e15 + at++)
  }
  let at = 0
  const end = (exchange: number): void => {
    const note = { status: 101, ended: 'complete', requestBytes: 0, responseBytes: 0, tunnel: null }
    recorder.note(RecordKind.exchangeEnded, exchange, exchange, fromClient, note, 1e15 + at++)
  }
  return { ring, recorder, events, loop, send, end }
}
async function framesOf(file: string, exchange: number): Promise<FrameRow[]> {
  const reader = new CaptureReader(file)
  const view = reader.view({ kind: 'frames', of: exchange, filter: '' })
  await view.advance(new Slices(new AbortController().signal))
  const rows = view.rows(0, 1000) as FrameRow[]
  reader.close()
  return rows
}
const said = (rows: readonly FrameRow[]): string[] => rows.map(({ from, number, preview }) => `${from} ${number} ${preview}`)

test('a pause of a quiet tunnel, whose run is written again and again, is a gap of just what passed', async () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'a.swycap')
  const { ring, recorder, loop, send } = started(file)
  openTunnel(recorder, 1, null, 1e15)
  send(1, fromServer, frame(1, 'before'))
  loop.flush()
  send(1, fromServer, frame(1, 'just before'))
  const cut = frame(1, 'begun before, ended after', { mask: 5 })
  send(1, fromClient, cut.subarray(0, 9))
  expect(loop.pause(true)).toMatchObject({ paused: true })
  send(1, fromServer, frame(1, 'missed'))
  loop.flush()
  send(1, fromServer, frame(1, 'missed, too'))
  const halves = frame(1, 'begun in the pause')
  send(1, fromServer, halves.subarray(0, 6))
  expect(loop.pause(false)).toMatchObject({ paused: false })
  send(1, fromServer, halves.subarray(6))
  send(1, fromClient, cut.subarray(9))
  send(1, fromServer, frame(1, 'after'))
  loop.flush()
  const rows = await framesOf(file, 1)
  expect(said(rows)).toEqual([
    'server 0 before',
    'server 1 just before',
    'server 4 begun in the pause',
    'client 0 begun before, ended after',
    'server 5 after'
  ])
  const lostBytes = frame(1, 'missed').length + frame(1, 'missed, too').length
  expect(rows.map(({ gapBefore }) => gapBefore)).toEqual([
    null,
    null,
    { lostFrames: 2, lostBytes, fromClient: { lostFrames: 0, lostBytes: 0 } },
    null,
    null
  ])
  const reader = new CaptureReader(file)
  expect(reader.exchange(1).exchange).toMatchObject({ missedFrames: 2, missedBytes: lostBytes, framesServer: 6, framesClient: 1 })
  expect(missedOf(ring)).toEqual({ records: 0, notes: 0, bytes: 0 })
  reader.close()
  loop.close()
})

test('what passed in a pause is told for each side, whoever sends first behind it', async () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'a.swycap')
  const { recorder, loop, send } = started(file)
  openTunnel(recorder, 1, null, 1e15)
  send(1, fromServer, frame(1, 'before'))
  loop.pause(true)
  const [asked, answered] = [frame(1, 'asked', { mask: 5 }), frame(1, 'answered')]
  send(1, fromClient, asked)
  for (let at = 0; at < 3; at++) send(1, fromServer, answered)
  loop.pause(false)
  send(1, fromClient, frame(1, 'after', { mask: 5 }))
  loop.flush()
  const [, after] = await framesOf(file, 1)
  expect(after).toMatchObject({
    from: 'client',
    gapBefore: {
      lostFrames: 4,
      lostBytes: asked.length + 3 * answered.length,
      fromClient: { lostFrames: 1, lostBytes: asked.length }
    }
  })
  loop.close()
})

test('what stood in the file before a pause is told its end behind it; what came and went meanwhile is not stored', async () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'a.swycap')
  const { recorder, loop, send, end } = started(file)
  openTunnel(recorder, 1, null, 1e15)
  send(1, fromServer, frame(1, 'kept'))
  loop.pause(true)
  send(1, fromServer, frame(1, 'the last'))
  end(1)
  openTunnel(recorder, 2, null, 1e15)
  end(2)
  const config = { generation: 3, dialect: 'apache', files: [], directives: [{ text: 'ProxyPass', file: 'a.conf', line: 5 }] }
  recorder.note(RecordKind.config, 0, 0, fromClient, config, 1e15)
  openTunnel(recorder, 3, null, 1e15)
  recorder.note(RecordKind.decision, 3, 3, fromClient, { generation: 3, took: [0], missed: [], route: 0 }, 1e15)
  send(3, fromServer, frame(1, 'unseen'))
  loop.flush()
  const reader = new CaptureReader(file)
  const states = (): string[] => [...reader.exchanges()].map(({ id, state, missedFrames }) => `${id} ${state} ${missedFrames}`)
  expect(states()).toEqual(['1 open 0'])
  loop.pause(false)
  send(3, fromServer, frame(1, 'seen'))
  loop.flush()
  expect(states()).toEqual(['1 closed 1', '3 open 1'])
  expect(reader.exchange(1).gaps).toMatchObject([{ from: 'server', lostFrames: 1 }])
  expect(reader.exchange(3).exchange).toMatchObject({ routeFile: 'a.conf', routeLine: 5, host: 'example.test' })
  expect(reader.config(1, 3)).toMatchObject({ generation: 3 })
  expect((await framesOf(file, 3)).map(({ preview, gapBefore }) => [preview, gapBefore?.lostFrames])).toEqual([['seen', 1]])
  reader.close()
  loop.close()
})

test('a body that goes on over a pause is kept up to it, never with a hole', () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'a.swycap')
  const { recorder, loop } = started(file)
  const body = (text: string): void => {
    recorder.bytes(RecordKind.body, 1, 1, fromServer, stageIn, Buffer.from(text), 0, text.length, 1e15)
  }
  body('kept ')
  loop.pause(true)
  body('missed ')
  loop.pause(false)
  body('behind')
  loop.flush()
  const reader = new CaptureReader(file)
  const { total, kept, bytes } = reader.httpBody(1, 'server', 0, 100)
  expect([total, kept, Buffer.from(bytes).toString()]).toEqual([18, 5, 'kept '])
  reader.close()
  loop.close()
})

test('a new file and an end within a pause: each file says what it has, and nothing stays open that is not', async () => {
  using folder = temporaryFolder()
  const [file, next] = [join(folder.path, 'a.swycap'), join(folder.path, 'b.swycap')]
  const { recorder, loop, send } = started(file)
  openTunnel(recorder, 1, null, 1e15)
  send(1, fromServer, frame(1, 'kept'))
  loop.pause(true)
  send(1, fromServer, frame(1, 'missed'))
  loop.changeFile(next)
  expect(loop.counts()).toMatchObject({ file: next, paused: true })
  send(1, fromServer, frame(1, 'missed again'))
  loop.close()
  const [one, other] = [new CaptureReader(file), new CaptureReader(next)]
  expect(one.exchange(1).exchange).toMatchObject({ state: 'closed', ended: 'continued', missedFrames: 1 })
  expect(other.exchange(1).exchange).toMatchObject({ state: 'lost', missedFrames: 1 })
  expect(await framesOf(next, 1)).toEqual([])
  one.close()
  other.close()
})
