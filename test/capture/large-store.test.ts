import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { startReader } from '../../main/capture/threads.js'
import { wentBadly } from '../../renderer/state/announcer.svelte.js'
import { bundle } from './bundle.js'
import { framesPerRead, makeLargeStore } from './large-store.js'
import { temporaryFolder } from './stage.js'

let files: Record<'writer' | 'reader', string>
beforeAll(async () => {
  files = await bundle({ writer: 'main/capture/writer-thread.ts', reader: 'main/capture/reader-thread.ts' })
}, 60_000)

/** Ten million, where somebody asks for it: a minute and 1 GB of disk. */
const frames = Number(process.env['LARGE_STORE'] ?? 200_000)
const exchanges = frames / 100

test('a large capture through the real threads has all that was put in, at once and anywhere', { timeout: 600_000 }, async () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'a.swycap')
  const seconds = await makeLargeStore({ file, writerUrl: pathToFileURL(files.writer), frames, exchanges })
  const reader = startReader({ url: pathToFileURL(files.reader), file, signals: null })
  const opened = await timed(() => reader.ask('openView', { kind: 'frames', of: 1, filter: '' }))
  expect(opened.result).toMatchObject({ total: frames, matched: frames })
  const { view } = opened.result
  const windows: number[] = []
  for (let at = 0; at < 101; at++) {
    const first = (at * 7919 * 4099) % (frames - 200)
    const { result, ms } = await timed(() => reader.ask('window', { view, first, count: 200 }))
    expect([result.rows.length, result.rows[0]?.id]).toEqual([200, first])
    windows.push(ms)
  }
  windows.sort((a, b) => a - b)
  const filtered = await timed(async () => {
    const { view: of } = await reader.ask('openView', { kind: 'frames', of: 1, filter: 'opcode:binary' })
    for (;;) {
      const state = await reader.ask('window', { view: of, first: 0, count: 0 })
      if (!state.matching) return state
    }
  })
  expect(filtered.result.matched).toBe(Math.floor(frames / framesPerRead / 2000))
  const hidden = await timed(async () => {
    const { view: of } = await reader.ask('openView', { kind: 'frames', of: 1, filter: '', hide: 'heartbeats' })
    for (;;) {
      const state = await reader.ask('window', { view: of, first: 0, count: 0 })
      if (!state.matching) return state
    }
  })
  expect([hidden.result.matched, hidden.result.hidden]).toEqual([frames, 0])
  const sought = await timed(() => reader.ask('find', { view, text: null, from: 0, towards: 'later' }))
  expect(sought.result).toBeNull()
  const list = await reader.ask('openView', { kind: 'exchanges', filter: 'status:503', order: { by: 'target', descending: true } })
  let listed = await reader.ask('window', { view: list.view, first: 0, count: 200 })
  while (listed.matching) listed = await reader.ask('window', { view: list.view, first: 0, count: 200 })
  expect([listed.total, listed.matched > exchanges / 4]).toEqual([exchanges + 1, true])
  await reader.terminate()
  console.info(
    `${frames} frames and ${exchanges} exchanges in ${seconds.toFixed(1)} s; view opened in ${opened.ms.toFixed(0)} ms; window of 200 median ` +
      `${(windows[50] as number).toFixed(1)}, 95 % ${(windows[95] as number).toFixed(1)} ms; filter through all in ` +
      `${(filtered.ms / 1000).toFixed(1)} s, heartbeats left out in ${(hidden.ms / 1000).toFixed(1)} s, ` +
      `no red mark found in ${(sought.ms / 1000).toFixed(1)} s`
  )
})

test('how many went badly is counted in slices: windows of other lists are answered meanwhile', { timeout: 600_000 }, async () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'a.swycap')
  const many = frames / 10
  await makeLargeStore({ file, writerUrl: pathToFileURL(files.writer), frames: 1000, exchanges: many })
  const reader = startReader({ url: pathToFileURL(files.reader), file, signals: null })
  const { view } = await reader.ask('openView', { kind: 'frames', of: 1, filter: '' })
  const waits: number[] = []
  const matched = await timed(async () => {
    const { view: count } = await reader.ask('openView', wentBadly)
    for (;;) {
      const window = await timed(() => reader.ask('window', { view, first: 0, count: 40 }))
      expect(window.result.rows).toHaveLength(40)
      waits.push(window.ms)
      const state = await reader.ask('window', { view: count, first: 0, count: 0 })
      if (!state.matching) return state
    }
  })
  // The tunnel, which was open when its file was closed.
  expect(matched.result).toMatchObject({ total: many + 1, matched: 1 })
  const counted = await timed(() => reader.ask('window', { view: matched.result.view, first: 0, count: 0 }))
  await reader.terminate()
  waits.sort((a, b) => a - b)
  console.info(
    `${many} exchanges matched in ${(matched.ms / 1000).toFixed(1)} s; ${waits.length} windows of 40 meanwhile, median ` +
      `${waits[waits.length >> 1]?.toFixed(1)}, worst ${waits.at(-1)?.toFixed(1)} ms; counted again in ${counted.ms.toFixed(1)} ms`
  )
})

async function timed<Result>(work: () => Promise<Result>): Promise<{ result: Result; ms: number }> {
  const beganMs = performance.now()
  return { result: await work(), ms: performance.now() - beganMs }
}
