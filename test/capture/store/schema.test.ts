import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fromClient, fromServer, RecordKind, stageIn, stageOut } from '../../../shared/records.js'
import { CaptureReader } from '../../../main/capture/reader/capture-reader.js'
import { Slices } from '../../../main/capture/reader/slices.js'
import { migrations, schemaVersion } from '../../../main/capture/store/schema.js'
import { SqlDatabase } from '../../../main/capture/store/sqlite.js'
import type { ExchangeRow } from '../../../shared/rows.js'
import { Stage, temporaryFolder } from '../stage.js'
import { makeVersion1, version1 } from './version-1.js'

const versionOf = (file: string): unknown => {
  const database = new SqlDatabase(file)
  const version = database.prepare('PRAGMA user_version').first()?.[0]
  database.close()
  return version
}
async function rowsOf(file: string, filter: string, by = 'id'): Promise<ExchangeRow[]> {
  const reader = new CaptureReader(file)
  const view = reader.view({ kind: 'exchanges', filter, order: { by, descending: false } })
  await view.advance(new Slices(new AbortController().signal))
  const rows = view.rows(0, 100) as ExchangeRow[]
  reader.close()
  return rows
}

/** Of the row of one exchange as the file has it. */
const upgradesOf = async (file: string): Promise<unknown[]> =>
  (await rowsOf(file, '')).map(({ id, handshake, websocket }) => [id, handshake, websocket])

describe('a capture of version 2', () => {
  function makeVersion2(file: string): void {
    makeVersion1(file)
    const database = new SqlDatabase(file)
    database.exec(`BEGIN; ${migrations[1]}; PRAGMA user_version = 2; UPDATE exchanges SET websocket = 1 WHERE id = 2; COMMIT`)
    database.close()
  }
  test('knows of tunnels that they were asked for, read as it is and brought up to date', async () => {
    using folder = temporaryFolder()
    const file = join(folder.path, 'a.swycap')
    makeVersion2(file)
    expect(await upgradesOf(file)).toEqual([
      [1, 0, 0],
      [2, 1, 1]
    ])
    expect(versionOf(file)).toBe(2)
    const stage = new Stage(file)
    stage.tunnel(3)
    stage.close()
    expect(versionOf(file)).toBe(schemaVersion)
    expect(await upgradesOf(file)).toEqual([
      [1, 0, 0],
      [2, 1, 1],
      [3, 1, 1]
    ])
  })
})

test('a handshake is one whatever was answered, and is found among the WebSockets and the failed', async () => {
  using folder = temporaryFolder()
  const stage = new Stage(join(folder.path, 'a.swycap'))
  const asked = (exchange: number, upgrade: string, status: number): void => {
    const head = Buffer.from(`GET /ws/ HTTP/1.1\r\nHost: a.test\r\n${upgrade}\r\n`)
    const answer = Buffer.from(`HTTP/1.1 ${status} Some\r\n\r\n`)
    stage.recorder.note(RecordKind.exchangeOpened, exchange, 1, fromClient, { number: exchange, generation: 1, scheme: 'https' }, 1e15)
    stage.recorder.bytes(RecordKind.head, exchange, 1, fromClient, stageIn, head, 0, head.length, 1e15)
    stage.recorder.bytes(RecordKind.head, exchange, 1, fromServer, stageOut, answer, 0, answer.length, 1e15)
    const end = { status, ended: 'complete', requestBytes: 0, responseBytes: 0, tunnel: null }
    stage.recorder.note(RecordKind.exchangeEnded, exchange, 1, fromClient, end, 1e15 + 1000)
  }
  asked(1, '', 200)
  asked(2, 'Upgrade: websocket\r\nConnection: Upgrade\r\n', 404)
  asked(3, 'upgrade: h2c, WebSocket\r\n', 200)
  asked(4, 'Upgrade: h2c\r\n', 503)
  stage.tunnel(5)
  stage.close()
  expect(await upgradesOf(stage.file)).toEqual([
    [1, 0, 0],
    [2, 1, 0],
    [3, 1, 0],
    [4, 0, 0],
    [5, 1, 1]
  ])
  const ids = async (filter: string): Promise<number[]> => (await rowsOf(stage.file, filter)).map(({ id }) => id)
  expect(await ids('proto:ws')).toEqual([2, 3, 5])
  expect(await ids('proto:wss')).toEqual([2, 3])
  expect(await ids('proto:http')).toEqual([1, 4])
  expect(await ids('state:failed')).toEqual([2, 3, 4])
  expect(await ids('-state:failed')).toEqual([1, 5])
  expect(await ids('state:closed')).toEqual([1, 2, 3, 4])
})

describe('a capture of version 1', () => {
  test('was made by statements that are never changed', () => {
    expect(migrations[0]).toBe(version1)
  })

  test('is read as it is, and not touched', async () => {
    using folder = temporaryFolder()
    const file = join(folder.path, 'a.swycap')
    makeVersion1(file)
    const hash = (): string => createHash('sha256').update(readFileSync(file)).digest('hex')
    const before = hash()
    expect((await rowsOf(file, 'host:example', 'route')).map(({ id, routeFile, routeLine }) => [id, routeFile, routeLine])).toEqual([
      [1, '', 0],
      [2, '', 0]
    ])
    expect(await rowsOf(file, 'route:3')).toEqual([])
    const reader = new CaptureReader(file)
    expect(reader.exchange(1)).toMatchObject({ exchange: { target: '/a', routeFile: '' }, decisions: [{ note: { took: [0] } }] })
    reader.close()
    expect(hash()).toBe(before)
    expect(versionOf(file)).toBe(1)
  })

  test('is brought up to date where it is continued, with all that stood in it', async () => {
    using folder = temporaryFolder()
    const file = join(folder.path, 'a.swycap')
    makeVersion1(file)
    const stage = new Stage(file)
    expect(stage.store.start).toEqual({ run: 2, nextExchange: 3, nextConnection: 2, lost: 1 })
    const note = {
      generation: 1,
      dialect: 'apache',
      files: [],
      directives: [{ text: 'ProxyPass /b http://b/', file: 'site.conf', line: 38 }]
    }
    stage.recorder.note(RecordKind.config, 0, 0, fromClient, note, 1e15)
    stage.tunnel(3)
    stage.recorder.note(RecordKind.decision, 3, 3, fromClient, { generation: 1, took: [0], missed: [], route: 0 }, 1e15)
    stage.close()
    expect(versionOf(file)).toBe(schemaVersion)
    const rows = await rowsOf(file, '')
    expect(rows.map(({ id, run, state, routeFile, routeLine }) => [id, run, state, routeFile, routeLine])).toEqual([
      [1, 1, 'closed', '', 0],
      [2, 1, 'lost', '', 0],
      [3, 2, 'open', 'site.conf', 38]
    ])
  })
})

test('a row says the line that routed it, by the config of its own generation; filters and orders go by it', async () => {
  using folder = temporaryFolder()
  const stage = new Stage(join(folder.path, 'a.swycap'))
  const config = (generation: number, lines: readonly (readonly [string, number])[]): void => {
    const directives = lines.map(([file, line]) => ({ text: 'ProxyPass', file, line }))
    stage.recorder.note(RecordKind.config, 0, 0, fromClient, { generation, dialect: 'apache', files: [], directives }, 1e15)
  }
  const decided = (exchange: number, generation: number, route: number): void => {
    stage.tunnel(exchange)
    stage.recorder.note(RecordKind.decision, exchange, exchange, fromClient, { generation, took: [], missed: [], route }, 1e15)
  }
  config(1, [
    ['/etc/site.conf', 138],
    ['/etc/site.conf', 38]
  ])
  decided(1, 1, 1)
  config(2, [['/etc/other.conf', 38]])
  decided(2, 2, 0)
  decided(3, 1, 0)
  decided(4, 2, -1)
  decided(5, 7, 0)
  decided(6, 1, -1)
  // Asked another way later: the last decision holds.
  stage.recorder.note(RecordKind.decision, 6, 6, fromClient, { generation: 1, took: [], missed: [], route: 1 }, 1e15)
  stage.close()
  const ids = async (filter: string, by = 'id'): Promise<number[]> => (await rowsOf(stage.file, filter, by)).map(({ id }) => id)
  expect(await ids('route:38')).toEqual([1, 2, 6])
  expect(await ids('route:site.conf:38')).toEqual([1, 6])
  expect(await ids('route:SITE:38')).toEqual([1, 6])
  expect(await ids('route:siteXconf:38')).toEqual([])
  expect(await ids('route:site.conf')).toEqual([1, 3, 6])
  expect(await ids('route:138|other.conf:38')).toEqual([2, 3])
  expect(await ids('-route:38')).toEqual([3, 4, 5])
  expect(await ids('', 'route')).toEqual([4, 5, 2, 1, 6, 3])
})
