import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CaptureStore } from '../../../main/capture/store/capture-store.js'
import { isLocked, lockFile, lockPath } from '../../../main/capture/sessions/lock-file.js'
import { retain } from '../../../main/capture/sessions/retention.js'
import { Sessions } from '../../../main/capture/sessions/sessions.js'
import { sessionFiles, sessionName, startOf } from '../../../main/capture/sessions/session-files.js'
import { writeAtomically } from '../../../main/capture/sessions/write-atomically.js'
import { Stage, frame, temporaryFolder } from '../stage.js'

const day = 86_400_000
const start = Date.parse('2026-11-24T12:30:05Z')

describe('sessions', () => {
  test('are named by their start, and the name tells it', () => {
    expect(sessionName(start)).toBe('2026-11-24T12-30-05Z.swycap')
    expect(startOf('2026-11-24T12-30-05Z.swycap')).toBe(start)
    expect(startOf('mine.swycap')).toBeNull()
  })

  test('two starts within a second have two files; the latest is `last`; a name or a path finds one', () => {
    using folder = temporaryFolder()
    const sessions = new Sessions(folder.path)
    expect(() => sessions.find('last')).toThrow(/no capture in .* yet/)
    const held = [sessions.begin(start), sessions.begin(start)]
    expect(held.map(({ name }) => name)).toEqual(['2026-11-24T12-30-05Z.swycap', '2026-11-24T12-30-06Z.swycap'])
    for (const { file } of held) new CaptureStore(file).close()
    held[0]?.lock.release()
    expect(sessions.list().map(({ name, locked, startedAtMs }) => [name, locked, startedAtMs])).toEqual([
      ['2026-11-24T12-30-06Z.swycap', true, start + 1000],
      ['2026-11-24T12-30-05Z.swycap', false, start]
    ])
    expect(sessions.list()[0]?.bytes).toBeGreaterThan(1000)
    expect(statSync(held[0]?.file as string).mode & 0o777).toBe(0o600)
    expect(sessions.find('last')).toBe(held[1]?.file)
    expect(sessions.find('2026-11-24T12-30-05Z')).toBe(held[0]?.file)
    expect(sessions.find(held[0]?.file as string)).toBe(held[0]?.file)
    expect(() => sessions.find('nothing')).toThrow('There is no capture nothing.')
  })
})

describe('locks', () => {
  test('one process has a file; a dead one, or another of the same id, has it no longer', async () => {
    using folder = temporaryFolder()
    const file = join(folder.path, 'a.swycap')
    const lock = lockFile(file)
    expect(() => lockFile(file)).toThrow(`in use by process ${process.pid}`)
    lock.release()
    lock.release()
    expect(isLocked(file)).toBe(false)
    const child = fork('-e', ['process.exit()'], { execArgv: [], execPath: process.execPath, stdio: 'ignore' })
    const pid = child.pid as number
    await once(child, 'exit')
    for (const holder of [{ pid, started: 'whenever' }, { pid: process.pid, started: 'before' }, 'no JSON']) {
      writeFileSync(lockPath(file), JSON.stringify(holder))
      expect(isLocked(file)).toBe(false)
      lockFile(file).release()
    }
    expect(readdirSync(folder.path)).toEqual([])
  })
})

describe('retention', () => {
  /** Sessions of 300 kB each in a segment, a day apart, the first the oldest. */
  function filled(dataDir: string): Sessions {
    const sessions = new Sessions(dataDir)
    for (let at = 0; at < 5; at++) {
      const { file, lock } = sessions.begin(start + at * day)
      const stage = new Stage(file)
      stage.tunnel(1)
      stage.bytes(1, 1, frame(2, Buffer.alloc(300_000, at)), 1e15)
      stage.close()
      lock.release()
      for (const path of sessionFiles(file)) utimesSync(path, new Date(start + at * day), new Date(start + at * day))
    }
    return sessions
  }
  const names = (sessions: Sessions): string[] => sessions.list().map(({ startedAtMs }) => String((startedAtMs - start) / day))

  test('by age, with all that belongs to a session', () => {
    using folder = temporaryFolder()
    const sessions = filled(folder.path)
    const removed = retain(sessions.folder, { maxBytes: Infinity, maxAgeMs: 2.5 * day }, start + 4 * day)
    expect(removed.map((name) => name.slice(0, 10))).toEqual(['2026-11-24', '2026-11-25'])
    expect(names(sessions)).toEqual(['4', '3', '2'])
    expect(readdirSync(sessions.folder).filter((name) => /^2026-11-2[45]/.test(name))).toEqual([])
  })

  test('by size, the oldest first, and never one in use', () => {
    using folder = temporaryFolder()
    const sessions = filled(folder.path)
    const oldest = sessions.list().at(-1)?.file as string
    const lock = lockFile(oldest)
    const one = sessions.list()[0]?.bytes as number
    retain(sessions.folder, { maxBytes: one * 2.5, maxAgeMs: Infinity }, start + 4 * day)
    expect(names(sessions)).toEqual(['4', '0'])
    lock.release()
    retain(sessions.folder, { maxBytes: one * 1.5, maxAgeMs: Infinity }, start + 4 * day)
    expect(names(sessions)).toEqual(['4'])
    expect(readdirSync(sessions.folder).every((name) => name.startsWith(basename(sessions.list()[0]?.file as string)))).toBe(true)
  })

  test('is done by one process at a time', () => {
    using folder = temporaryFolder()
    const sessions = filled(folder.path)
    const lock = lockFile(join(sessions.folder, 'retention'))
    expect(retain(sessions.folder, { maxBytes: 0, maxAgeMs: 0 }, start + 9 * day)).toEqual([])
    lock.release()
    expect(retain(sessions.folder, { maxBytes: 0, maxAgeMs: 0 }, start + 9 * day)).toHaveLength(5)
  })
})

test('a file is replaced whole, and nothing is left beside it', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'settings.json')
  writeAtomically(path, '{"a":1}')
  writeAtomically(path, '{"a":2}')
  expect(readFileSync(path, 'utf8')).toBe('{"a":2}')
  expect(readdirSync(folder.path)).toEqual(['settings.json'])
  expect(existsSync(path)).toBe(true)
})
