import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { CaptureStore } from '../../../main/capture/store/capture-store.js'
import { SqlDatabase } from '../../../main/capture/store/sqlite.js'
import { bundle } from '../bundle.js'
import { type StoredFrame, storedFrames, temporaryFolder } from '../stage.js'

let files: Record<'load' | 'writer', string>
beforeAll(async () => {
  files = await bundle({ load: 'test/capture/writer/load-process.ts', writer: 'main/capture/writer-thread.ts' })
}, 60_000)

interface Progress {
  exchange: number
  recorded: number
  atMs: number
}

/** Starts the load on a file, kills it -9 some time after its first burst, and returns what it said until then. */
async function killedAfter(file: string, ms: number): Promise<Progress[]> {
  const child = fork(files.load, [file, files.writer], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const said: Progress[] = []
  child.on('message', (message) => said.push(message as Progress))
  const gone = once(child, 'exit')
  await once(child, 'message')
  // The moment of the kill is the thing tested: nothing to wait for but the clock.
  setTimeout(() => child.kill('SIGKILL'), ms)
  await gone
  return said
}

function assertWhole(frames: readonly StoredFrame[], atLeast: number): void {
  expect(frames.length).toBeGreaterThanOrEqual(atLeast)
  frames.forEach((one, at) => {
    expect(one.order).toBe(at)
    if (!one.payload.toString('latin1').startsWith(`${at} `) || one.payload.length !== one.length)
      throw new Error(`frame ${at} is not what was recorded`)
  })
}

test('50 kill -9 at random moments: what is older than 100 ms is there, and the file goes on', { timeout: 120_000 }, async () => {
  using folder = temporaryFolder()
  let kills = 0
  let late = 0
  // Ten files, killed five times each: a file that was killed is continued.
  await eachOfTwo(
    Array.from({ length: 10 }, (_, at) => at),
    async (at) => {
      const file = join(folder.path, `capture-${at}`)
      for (let round = 0; round < 5; round++) {
        const said = await killedAfter(file, 30 + Math.random() * 400)
        const last = said.at(-1) as Progress
        const old = said.findLast((progress) => progress.atMs <= last.atMs - 100)
        assertWhole(storedFrames(file, last.exchange), old?.recorded ?? 0)
        if (old !== undefined) late++
        kills++
      }
      const store = new CaptureStore(file)
      expect(store.start).toMatchObject({ run: 6, nextExchange: 6, lost: 1 })
      store.close()
      const database = new SqlDatabase(file)
      expect(database.prepare('PRAGMA integrity_check').all()).toEqual([['ok']])
      expect(database.prepare("SELECT count(*) FROM exchanges WHERE state = 'lost'").first()).toEqual([5])
      database.close()
    }
  )
  expect(kills).toBe(50)
  expect(late).toBeGreaterThan(15)
})

async function eachOfTwo<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items]
  await Promise.all(
    [0, 1].map(async () => {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item)
    })
  )
}
