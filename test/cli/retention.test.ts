import { existsSync, mkdirSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { lockFile } from '../../main/capture/sessions/lock-file.js'
import { freePort } from '../oracle/loopback.js'
import { serving, temporaryFolder } from './running.js'
import { screenAt } from './screen-at.js'

/** A session, with a segment, that was written last so many days ago. @param bytes how long its segment is. */
function sessionOf(data: string, name: string, days: number, bytes = 0): string {
  const folder = join(data, 'captures')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${name}.swycap`)
  const at = Date.now() / 1000 - days * 86_400
  for (const path of [file, `${file}-seg1`]) {
    writeFileSync(path, 'what was captured')
    if (bytes > 0 && path !== file) truncateSync(path, bytes)
    utimesSync(path, at, at)
  }
  return file
}
const there = (...files: readonly string[]): boolean[] => files.flatMap((file) => [existsSync(file), existsSync(`${file}-seg1`)])

it('old sessions are gone after a start, and after a clear; young ones and those in use stay', async () => {
  const data = temporaryFolder()
  const old = sessionOf(data, '2020-01-01T00-00-00Z', 15)
  const young = sessionOf(data, '2020-01-02T00-00-00Z', 13)
  const used = sessionOf(data, '2020-01-03T00-00-00Z', 15)
  const lock = lockFile(used)
  const running = await serving(['--route', '/=http://127.0.0.1:9/', `--listen=${await freePort()}`], { data })
  expect(there(old, young, used)).toEqual([false, false, true, true, true, true])
  const later = sessionOf(data, '2020-01-04T00-00-00Z', 15)
  const screen = await screenAt(await running.line(/^screens /))
  await screen.ask('capture.clear', {})
  expect(there(later, young, used)).toEqual([false, false, true, true, true, true])
  lock.release()
  await screen.ask('capture.clear', {})
  expect(there(young, used)).toEqual([true, true, false, false])
  expect(await running.stop('SIGTERM')).toMatchObject({ code: 0, err: '' })
})

it('of sessions that are larger together than the settings allow, the oldest are gone after a start', async () => {
  const data = temporaryFolder()
  writeFileSync(join(data, 'settings.json'), JSON.stringify({ keepMb: 16 }))
  const [oldest, older, newest] = [3, 2, 1].map((days) => sessionOf(data, `2020-01-0${4 - days}T00-00-00Z`, days, 7 * 1024 * 1024))
  const running = await serving(['--route', '/=http://127.0.0.1:9/', `--listen=${await freePort()}`], { data })
  expect(there(oldest ?? '', older ?? '', newest ?? '')).toEqual([false, false, true, true, true, true])
  expect(await running.stop('SIGTERM')).toMatchObject({ code: 0, err: '' })
})
