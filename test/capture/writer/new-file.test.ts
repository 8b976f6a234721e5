import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type ExchangeEnd, RecordKind, fromClient, fromServer, stageIn } from '../../../shared/records.js'
import { CaptureReader } from '../../../main/capture/reader/capture-reader.js'
import { CaptureStore } from '../../../main/capture/store/capture-store.js'
import { Stage, frame, openTunnel, storedFrames, temporaryFolder } from '../stage.js'

/** A capture that goes on in a second file when it is told to. */
function moving(folder: string) {
  const [first, second] = [join(folder, 'a.swycap'), join(folder, 'b.swycap')]
  const stage = new Stage(first)
  const next = new CaptureStore(second)
  const move = (): void => {
    stage.commit()
    stage.writer.moveTo(next, 1e15 + 50)
  }
  const done = (): void => {
    stage.commit()
    next.close()
    stage.store.close()
  }
  const end = (tunnel: Partial<NonNullable<ExchangeEnd['tunnel']>>): void => {
    const all = { framesFromClient: 0, framesFromServer: 0, bytesFromClient: 0, bytesFromServer: 0, closeFromClient: 0, closeFromServer: 0 }
    const note = { status: 101, ended: 'complete', requestBytes: 0, responseBytes: 0, tunnel: { ...all, endedBy: 'server', ...tunnel } }
    stage.recorder.note(RecordKind.exchangeEnded, 1, 1, fromClient, note, 1e15 + 90)
  }
  return { stage, first, second, move, done, end }
}
function exchangeIn(file: string) {
  const reader = new CaptureReader(file)
  const { exchange, gaps } = reader.exchange(1)
  reader.close()
  return { exchange, gaps }
}

test('a tunnel that ends in a later file counts there what that file has, not its whole life', () => {
  using folder = temporaryFolder()
  const { stage, first, second, move, done, end } = moving(folder.path)
  stage.tunnel(1)
  const before = frame(1, 'before')
  const [cut, after] = [frame(1, 'in the middle', { mask: 6 }), frame(1, 'after')]
  for (let at = 0; at < 3; at++) stage.bytes(1, fromServer, before, 1e15 + at)
  stage.bytes(1, fromClient, cut.subarray(0, 9), 1e15 + 10)
  move()
  stage.bytes(1, fromClient, cut.subarray(9), 1e15 + 60)
  stage.bytes(1, fromServer, after, 1e15 + 61)
  end({
    framesFromClient: 1,
    framesFromServer: 4,
    bytesFromClient: cut.length,
    bytesFromServer: 3 * before.length + after.length,
    closeFromServer: 1000
  })
  done()
  expect(exchangeIn(first)).toMatchObject({
    exchange: { ended: 'continued', framesClient: 0, framesServer: 3, bytesClient: 9, bytesServer: 3 * before.length }
  })
  expect(exchangeIn(second)).toMatchObject({
    exchange: {
      state: 'closed',
      framesClient: 1,
      framesServer: 1,
      bytesClient: cut.length - 9,
      bytesServer: after.length,
      missedFrames: 0,
      closeServer: 1000
    },
    gaps: []
  })
  expect(storedFrames(second, 1)).toHaveLength(2)
})

test('what was lost before a new file counts in the earlier one alone; what is lost at the very end in the later', () => {
  using folder = temporaryFolder()
  const { stage, first, second, move, done, end } = moving(folder.path)
  stage.tunnel(1)
  const text = frame(1, 'text')
  const passes = (at: number): void => void stage.bytes(1, fromServer, text, 1e15 + at)
  passes(1)
  const gap = { from: fromServer, lostBytes: 5 * text.length, lostFrames: 5, frameLeft: 0, frame: null, nextFrame: 6 }
  stage.recorder.note(RecordKind.gap, 1, 1, fromServer, { ...gap, inMessage: false, messageCompressed: false }, 1e15 + 2)
  passes(3)
  move()
  passes(60)
  end({ framesFromServer: 7 + 1 + 2, bytesFromServer: (7 + 1 + 2) * text.length })
  done()
  expect(exchangeIn(first).exchange).toMatchObject({ framesServer: 2, missedFrames: 5 })
  expect(exchangeIn(second)).toMatchObject({
    exchange: { framesServer: 3, bytesServer: 3 * text.length, missedFrames: 2, missedBytes: 2 * text.length },
    gaps: [{ from: 'server', lostFrames: 2 }]
  })
})

test('a tunnel of something else than WebSocket counts its bytes by file, too', () => {
  using folder = temporaryFolder()
  const { stage, second, move, done, end } = moving(folder.path)
  openTunnel(stage.recorder, 1, null, 1e15)
  stage.recorder.note(RecordKind.tunnelOpened, 1, 1, fromClient, { subprotocol: null, extensions: null, websocket: false }, 1e15)
  const bytes = (count: number): void => {
    stage.recorder.bytes(RecordKind.bytes, 1, 1, fromServer, stageIn, Buffer.alloc(count, 'x'), 0, count, 1e15)
  }
  bytes(300)
  move()
  bytes(20)
  end({ bytesFromServer: 320 })
  done()
  expect(exchangeIn(second).exchange).toMatchObject({ bytesServer: 20, missedBytes: 0 })
})
