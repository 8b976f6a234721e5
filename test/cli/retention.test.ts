import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { lockFile } from '../../main/capture/sessions/lock-file.js'
import { freePort } from '../oracle/loopback.js'
import { serving, temporaryFolder } from './running.js'
import { screenAt } from './screen-at.js'

/** A session, with a segment, that was written last so many days ago. */
function sessionOf(data: string, name: string, days: number): string {
  const folder = join(data, 'captures')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${name}.swycap`)
  const at = Date.now() / 1000 - days * 86_400
  for (const path of [file, `${file}-seg1`]) {
    writeFileSync(path, 'what was captured')
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
