import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { defaultLimits } from '../../../main/capture/limits.js'
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
  lateMs: number
  turnAtMs: number
  commits: number
}

/** Starts the load on a file, kills it -9 some time after so many commits, and returns what it said until then. */
async function killedAfter(file: string, commits: number, ms: number): Promise<Progress[]> {
  const child = fork(files.load, [file, files.writer], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const said: Progress[] = []
  let doomed = false
  child.on('message', (message) => {
    said.push(message as Progress)
    if (doomed || (message as Progress).commits < commits) return
    doomed = true
    // The moment of the kill is the thing tested: nothing to wait for but the clock.
    setTimeout(() => child.kill('SIGKILL'), ms)
  })
  await once(child, 'exit')
  return said
}

function assertWhole(frames: readonly StoredFrame[]): void {
  frames.forEach((one, at) => {
    expect(one.order).toBe(at)
    if (!one.payload.toString('latin1').startsWith(`${at} `) || one.payload.length !== one.length)
      throw new Error(`frame ${at} is not what was recorded`)
  })
}

/** Recorded before a commit that was begun and ended afterwards: in the file, however busy the machine is. */
function committed(said: readonly Progress[]): number {
  const commits = said.at(-1)?.commits ?? 0
  return said.findLast((progress) => progress.commits <= commits - 2)?.recorded ?? 0
}

/** Between two turns of a writer that has traffic, and what the clock may add to it. */
const turnMs = 10

/**
 * Recorded more than 100 ms before the end, not counting the time in which the machine had none for the writer (measured
 * by its own turns) or for who recorded.
 */
function old(said: readonly Progress[]): number {
  const endMs = said.at(-1)?.atMs ?? 0
  const turns = [...new Set(said.map(({ turnAtMs }) => turnAtMs)), endMs]
  return said.findLast(({ atMs }, at) => endMs - atMs - starvedMs(turns, atMs) - lateSince(said, at) >= 100)?.recorded ?? 0
}

function starvedMs(turns: readonly number[], sinceMs: number): number {
  return turns.reduce((sum, atMs, index) => {
    const before = Math.max(turns[index - 1] ?? sinceMs, sinceMs)
    return sum + Math.max(0, atMs - before - turnMs)
  }, 0)
}

function lateSince(said: readonly Progress[], at: number): number {
  return said.slice(at + 1).reduce((sum, { lateMs }) => sum + lateMs, 0)
}

/**
 * Recorded before a turn of the writer, taken by the next, and due by one of 40 ms later: by the writer's own progress in
 * the file, however long all that took.
 */
function due(said: readonly Progress[]): number {
  const turns = [...new Set(said.map(({ turnAtMs }) => turnAtMs))]
  return (
    said.findLast(({ atMs }) => {
      const before = turns.findIndex((turnAtMs) => turnAtMs >= atMs)
      const taken = before < 0 ? undefined : turns[before + 1]
      return taken !== undefined && (turns.at(-1) ?? 0) >= taken + defaultLimits.commitMs
    })?.recorded ?? 0
  )
}

test('50 kill -9 at random moments: what is older than 100 ms is there, and the file goes on', { timeout: 900_000 }, async () => {
  using folder = temporaryFolder()
  const seen = { kills: 0, committed: 0, due: 0, old: 0 }
  // Ten files, killed five times each: a file that was killed is continued.
  for (let at = 0; at < 10; at++) {
    const file = join(folder.path, `capture-${at}`)
    const exchanges = new Set<number>()
    for (let round = 0; round < 5; round++) {
      const said = await killedAfter(file, seen.kills % 6, Math.random() * 600)
      const frames = storedFrames(file, said.at(-1)?.exchange ?? 0)
      assertWhole(frames)
      expect(frames.length).toBeGreaterThanOrEqual(committed(said))
      expect(frames.length).toBeGreaterThanOrEqual(due(said))
      expect(frames.length).toBeGreaterThanOrEqual(old(said))
      if (frames.length > 0) exchanges.add(said.at(-1)?.exchange ?? 0)
      seen.kills++
      if (committed(said) > 0) seen.committed++
      if (due(said) > 0) seen.due++
      if (old(said) > 0) seen.old++
    }
    const store = new CaptureStore(file)
    expect(store.start.run).toBe(6)
    expect(store.start.nextExchange).toBeGreaterThan(exchanges.size)
    store.close()
    const database = new SqlDatabase(file)
    expect(database.prepare('PRAGMA integrity_check').all()).toEqual([['ok']])
    expect(database.prepare("SELECT count(*) FROM exchanges WHERE state = 'lost'").first()).toEqual([store.start.nextExchange - 1])
    database.close()
  }
  console.info(`of 50 kills, had something that must be there: ${seen.committed} committed, ${seen.due} due, ${seen.old} older than 100 ms`)
  expect(seen.kills).toBe(50)
  // Most kills came late enough for there to be something that must be there. On a machine that is busy with others the
  // clock says little, and the writer's progress what it says anywhere.
  expect(seen.committed).toBeGreaterThan(25)
  expect(seen.due).toBeGreaterThan(25)
  expect(seen.old).toBeGreaterThan(2)
})
