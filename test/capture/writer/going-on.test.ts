import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { LogRow } from '../../../shared/rows.js'
import { defaultLimits } from '../../../main/capture/limits.js'
import { CaptureReader } from '../../../main/capture/reader/capture-reader.js'
import { Slices } from '../../../main/capture/reader/slices.js'
import { createRing } from '../../../main/capture/ring/ring.js'
import { createSignals } from '../../../main/capture/signals.js'
import { WriterLoop } from '../../../main/capture/writer/writer-loop.js'
import { Stage, temporaryFolder } from '../stage.js'

/** Goes on in the file, and says what stands in its log then. */
async function logAfter(file: string, after: string | null): Promise<Pick<LogRow, 'level' | 'source' | 'code' | 'message'>[]> {
  new WriterLoop({ ring: createRing(1024 * 1024), signals: createSignals(), file, after, limits: defaultLimits }, () => {}).close()
  const reader = new CaptureReader(file)
  const view = reader.view({ kind: 'logs', filter: '' })
  await view.advance(new Slices(new AbortController().signal))
  const rows = view.rows(0, 100) as LogRow[]
  reader.close()
  return rows.map(({ level, source, code, message }) => ({ level, source, code, message }))
}
const warning = { level: 'warning', source: 'switchyard', code: 'engine-restarted' }

test('a file that goes on says what the engine before ended of, and what was lost with it', async () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'a.swycap')
  const before = new Stage(file)
  before.tunnel(1)
  before.tunnel(2)
  before.commit()
  before.store.close()
  const lost = 'The engine was started again after it ended (The process ended with code 9); 2 exchanges that were open are lost.'
  expect(await logAfter(file, 'The process ended with code 9.')).toEqual([{ ...warning, message: lost }])
  expect((await logAfter(file, 'It fell.')).at(-1)?.message).toBe(
    'The engine was started again after it ended (It fell); no exchange was open.'
  )
})

test('one that was left open by nobody knows what says what was lost, and one that was closed says nothing', async () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'a.swycap')
  expect(await logAfter(file, null)).toEqual([])
  const before = new Stage(file)
  before.tunnel(1)
  before.commit()
  before.store.close()
  const message = 'The engine was started again after it ended; the exchange that was open is lost.'
  expect(await logAfter(file, null)).toEqual([{ ...warning, message }])
})
