import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fromClient } from '../../shared/records.js'
import { Stage, frame } from '../capture/stage.js'
import { run, temporaryFolder } from './running.js'

/** A capture with one tunnel and one frame. */
function captureAt(file: string): string {
  const stage = new Stage(file)
  stage.tunnel(1)
  stage.bytes(1, fromClient, frame(1, 'kept', { mask: 1 }), 1e15 + 1)
  stage.end(1, 1e15 + 2)
  stage.close()
  return file
}

describe('export into a file', () => {
  it('never writes over the capture', async () => {
    const file = captureAt(join(temporaryFolder(), 'mine.swycap'))
    const before = readFileSync(file)
    expect(await run('export', file, '--ndjson', file)).toMatchObject({ code: 1, out: '', err: expect.stringContaining('own file') })
    expect(readFileSync(file)).toEqual(before)
  })

  it('takes the place of a file once all is written, and not before', async () => {
    const folder = temporaryFolder()
    const file = captureAt(join(folder, 'mine.swycap'))
    const to = join(folder, 'out.ndjson')
    writeFileSync(to, 'before')
    expect(await run('export', join(folder, 'none.swycap'), '--ndjson', to)).toMatchObject({ code: 1 })
    expect(readFileSync(to, 'utf8')).toBe('before')
    expect(await run('export', file, '--ndjson', to)).toMatchObject({ code: 0, out: '', err: '' })
    expect(readFileSync(to, 'utf8')).toMatch(/^\{"type":"exchange"[^]*"text":"kept"/)
    expect(readdirSync(folder).sort()).toEqual(['mine.swycap', 'out.ndjson'])
  })
})
