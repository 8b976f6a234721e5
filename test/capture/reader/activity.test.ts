import { join } from 'node:path'
import { expect, test } from 'vitest'
import { RecordKind, fromClient, fromServer, stageIn } from '../../../shared/records.js'
import type { Activity } from '../../../shared/rows.js'
import { CaptureReader } from '../../../main/capture/reader/capture-reader.js'
import { Stage, frame, temporaryFolder } from '../stage.js'

const at = 1e15
const second = 1e6
const sum = (bins: readonly number[]): number => bins.reduce((all, one) => all + one, 0)

/** Frames of the server each at its second, of the client one every tenth. */
function patterned(file: string, frames: number, perCommit: number): Stage {
  const stage = new Stage(file)
  stage.tunnel(1, null, at)
  for (let n = 0; n < frames; n++) {
    stage.bytes(1, fromServer, frame(1, 'tick'), at + n * second)
    if (n % 10 === 0) stage.bytes(1, fromClient, frame(1, 'tock', { mask: 7 }), at + n * second)
    if (n % perCommit === 0) stage.commit()
  }
  return stage
}

test.each([
  ['a short tunnel, run by run', 960],
  ['a long one, by halves', 9600]
])('%s: bins of frames each way are just what passed', (_name, frames) => {
  using folder = temporaryFolder()
  const stage = patterned(join(folder.path, 'a'), frames, 37)
  stage.end(1, at + frames * second)
  stage.close()
  const reader = new CaptureReader(stage.file, () => at)
  for (const bins of [1, 7, 48, 96]) {
    const { server, client, fromUs, toUs } = reader.activity(1, bins, false) as Activity
    expect([fromUs, toUs]).toEqual([at, at + frames * second])
    const edges = Array.from({ length: bins + 1 }, (_, bin) => Math.ceil((frames * bin) / bins))
    expect(server).toEqual(edges.slice(1).map((edge, bin) => edge - (edges[bin] as number)))
    const tenths = edges.map((edge) => Math.ceil(edge / 10))
    expect(client).toEqual(tenths.slice(1).map((edge, bin) => edge - (tenths[bin] as number)))
  }
  reader.close()
})

test('one that is open goes on until now; in a file that nobody writes, until its last frame; one that there isn’t has none', () => {
  using folder = temporaryFolder()
  const stage = patterned(join(folder.path, 'a'), 11, 3)
  stage.commit()
  const reader = new CaptureReader(stage.file, () => at + 20 * second)
  const [live, still] = [reader.activity(1, 4, true) as Activity, reader.activity(1, 4, false) as Activity]
  expect([live.toUs, live.server]).toEqual([at + 20 * second, [5, 5, 1, 0]])
  expect([still.toUs, sum(still.server), sum(still.client)]).toEqual([at + 10 * second, 11, 2])
  expect(reader.activity(9, 4, true)).toBeNull()
  reader.close()
  stage.close()
})

test('where there are no frames it is bytes of bodies', () => {
  using folder = temporaryFolder()
  const stage = new Stage(join(folder.path, 'a'))
  stage.recorder.note(RecordKind.exchangeOpened, 1, 1, fromClient, { number: 1, generation: 1, scheme: 'http' }, at)
  for (const [second_, length] of [
    [0, 100],
    [3, 50],
    [9, 7]
  ] as const) {
    stage.recorder.bytes(RecordKind.body, 1, 1, fromServer, stageIn, Buffer.alloc(length), 0, length, at + second_ * second)
    stage.commit()
  }
  stage.end(1, at + 10 * second)
  stage.close()
  const reader = new CaptureReader(stage.file)
  expect(reader.activity(1, 5, true)).toEqual({
    exchange: 1,
    fromUs: at,
    toUs: at + 10 * second,
    client: [0, 0, 0, 0, 0],
    server: [100, 50, 0, 0, 7]
  })
  reader.close()
})

test('a tunnel of a million frames takes less than 50 ms', { timeout: 60_000 }, () => {
  using folder = temporaryFolder()
  const stage = new Stage(join(folder.path, 'a'))
  stage.tunnel(1, null, at)
  const many = Buffer.concat(Array.from({ length: 1000 }, () => frame(1, '{"tick":1}')))
  for (let n = 0; n < 1000; n++) {
    stage.bytes(1, n % 2 === 0 ? fromServer : fromClient, many, at + n * second)
    if (n % 50 === 0) stage.commit()
  }
  stage.end(1, at + 1000 * second)
  stage.close()
  const reader = new CaptureReader(stage.file)
  const took = Array.from({ length: 5 }, () => {
    const [beganMs, began] = [performance.now(), process.cpuUsage()]
    const { server, client } = reader.activity(1, 48, false) as Activity
    const { user, system } = process.cpuUsage(began)
    const wallMs = performance.now() - beganMs
    expect([sum(server), sum(client)]).toEqual([500_000, 500_000])
    return { wallMs, cpuMs: (user + system) / 1000 }
  })
  reader.close()
  const least = (of: 'wallMs' | 'cpuMs'): number => Math.min(...took.map((one) => one[of]))
  console.info(`activity of 1,000,000 frames: ${least('cpuMs').toFixed(1)} ms of CPU, ${least('wallMs').toFixed(1)} ms on the clock`)
  // CPU, since on a busy machine the clock says what the others do.
  expect(least('cpuMs')).toBeLessThan(50)
})
