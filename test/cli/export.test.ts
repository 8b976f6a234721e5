import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { lockFile } from '../../main/capture/sessions/lock-file.js'
import { fromClient } from '../../shared/records.js'
import { freePort } from '../oracle/loopback.js'
import { Stage, frame } from '../capture/stage.js'
import { fileOf, run, runIn, temporaryFolder } from './running.js'

/** A capture with one tunnel and one frame. */
function captureAt(file: string): string {
  const stage = new Stage(file)
  stage.tunnel(1)
  stage.bytes(1, fromClient, frame(1, 'kept', { mask: 1 }), 1e15 + 1)
  stage.end(1, 1e15 + 2)
  stage.close()
  return file
}

describe('export into a file', { timeout: 60_000 }, () => {
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

describe('a start that came to nothing', { timeout: 60_000 }, () => {
  it('leaves no session that is taken for the last one', async () => {
    const data = temporaryFolder()
    mkdirSync(join(data, 'captures'))
    captureAt(join(data, 'captures/2026-01-01T00-00-00Z.swycap'))
    const taken = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void taken.close())
    await new Promise((resolve) => taken.once('listening', resolve))
    const { port } = taken.address() as AddressInfo
    const refused = fileOf(`Listen ${await freePort()}\nNonsense on\n`)
    const route = ['--route', '/=http://127.0.0.1:9/']
    const starts = [
      [refused, '--no-ui'],
      ['/none.conf', '--no-ui'],
      [...route, `--listen=${port}`, '--no-ui'],
      [...route, '--listen=0', `--ui=${port}`]
    ]
    for (const words of starts) {
      const { code } = await runIn(data, ...words)
      expect([1, 2], words.join(' ')).toContain(code)
      expect(readdirSync(join(data, 'captures')), words.join(' ')).toEqual(['2026-01-01T00-00-00Z.swycap'])
    }
    const own = join(data, 'own.swycap')
    await runIn(data, refused, '--no-ui', '--capture', own)
    expect(readdirSync(data).filter((name) => name.startsWith('own'))).toEqual([])
    expect((await runIn(data, 'export', 'last', '--ndjson', '-')).out).toContain('"text":"kept"')
  })

  it('a capture that goes on stays', async () => {
    const file = captureAt(join(temporaryFolder(), 'mine.swycap'))
    expect(await run('/none.conf', '--no-ui', '--capture', file)).toMatchObject({ code: 2 })
    expect((await run('export', file, '--ndjson', '-')).out).toContain('"text":"kept"')
  })
})

it('says so where a session has no traffic', async () => {
  const file = join(temporaryFolder(), 'empty.swycap')
  new Stage(file).close()
  expect(await run('export', file, '--ndjson', '-')).toMatchObject({ code: 0, out: '', err: `0 exchanges in ${file}\n` })
})

it('lists what there is, the latest first', { timeout: 60_000 }, async () => {
  const data = temporaryFolder()
  expect(await runIn(data, 'export', '--list')).toMatchObject({ code: 0, out: '', err: expect.stringContaining('There is no capture in') })
  mkdirSync(join(data, 'captures'))
  captureAt(join(data, 'captures/2026-01-01T00-00-00Z.swycap'))
  const later = captureAt(join(data, 'captures/2026-01-02T03-04-05Z.swycap'))
  const lock = lockFile(later)
  const { out } = await runIn(data, 'export', '--list')
  expect(out).toMatch(/^2026-01-02T03-04-05Z\.swycap {2}2026-01-02 03:04:05Z +\d+\.\d kB {2}open\n2026-01-01T00-00-00Z\.swycap .* kB\n$/)
  const [first, ...more] = JSON.parse((await runIn(data, 'export', '--list', '--json')).out) as object[]
  lock.release()
  expect(more).toHaveLength(1)
  const name = '2026-01-02T03-04-05Z.swycap'
  expect(first).toEqual({ name, file: later, startedAt: '2026-01-02T03:04:05.000Z', bytes: expect.any(Number), open: true })
  expect(await runIn(data, 'export', 'last', '--list')).toMatchObject({ code: 64 })
})

describe('reading', { timeout: 60_000 }, () => {
  it('makes nothing: a capture by its path needs no data folder', async () => {
    const folder = temporaryFolder()
    const file = captureAt(join(folder, 'mine.swycap'))
    // A file stands in its place, so that nobody could make it.
    writeFileSync(join(folder, 'data'), '')
    expect(await runIn(join(folder, 'data'), 'export', file, '--ndjson', '-')).toMatchObject({ code: 0, err: '' })
    const none = join(folder, 'none')
    expect(await runIn(none, 'export', 'last', '--ndjson', '-')).toMatchObject({
      code: 1,
      err: expect.stringContaining('There is no capture in')
    })
    expect(existsSync(none)).toBe(false)
  })

  it('says in plain words what is no capture, and what cannot be written', async () => {
    const folder = temporaryFolder()
    expect((await run('export', folder, '--ndjson', '-')).err).toContain(`${folder} is no file, and no capture of Switchyard.`)
    const text = fileOf('not a capture, but somebody else\u2019s file')
    expect((await run('export', text, '--ndjson', '-')).err).toContain(`${text} is no database, and no capture of Switchyard.`)
    const served = await run('--route', '/=http://127.0.0.1:9/', '--listen=0', '--no-ui', '--capture', text)
    expect(served).toMatchObject({ code: 1, err: expect.stringContaining(`${text} is no database`) })
    expect(readFileSync(text, 'utf8')).toContain('somebody else')
    const nowhere = await run('--route', '/=http://127.0.0.1:9/', '--listen=0', '--no-ui', '--capture', '/none/at/all.swycap')
    expect(nowhere.err).toContain('The capture /none/at/all.swycap cannot be written: there is no such folder or file.')
  })
})
