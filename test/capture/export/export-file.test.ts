import { linkSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writeLines } from '../../../main/capture/export/export-file.js'
import { ndjsonLines } from '../../../main/capture/export/ndjson.js'
import { Stage, temporaryFolder } from '../stage.js'

test('a capture is never written over: its own, by any name, another one, or what stands beside one', async () => {
  using folder = temporaryFolder()
  const at = (name: string): string => join(folder.path, name)
  // A capture may be called anything (--capture FILE).
  const file = at('mine.db')
  new Stage(file).close()
  writeFileSync(`${file}-seg1`, 'a segment')
  linkSync(file, at('hard'))
  symlinkSync(file, at('soft'))
  writeFileSync(at('other.swycap'), 'another capture')
  const [before, there] = [readFileSync(file), readdirSync(folder.path)]
  const beside = ['mine.db-seg1', 'new.swycap-wal', 'new.swycap-shm', 'x.swycap-seg12', 'x.swycap.lock']
  for (const name of ['mine.db', 'hard', 'soft', 'other.swycap', 'new.swycap', ...beside]) {
    const written = writeLines(at(name), ndjsonLines(file, new AbortController().signal), file)
    await expect(written, name).rejects.toMatchObject({ code: 'file-unwritable', message: expect.stringContaining('own file') })
  }
  expect(readFileSync(file)).toEqual(before)
  expect(readdirSync(folder.path)).toEqual(there)
  for (const name of ['swycap', 'a.swycap.ndjson', 'a.swycap-wal.txt']) {
    await writeLines(at(name), ndjsonLines(file, new AbortController().signal), file)
    expect(readFileSync(at(name), 'utf8')).toBe('')
  }
})
