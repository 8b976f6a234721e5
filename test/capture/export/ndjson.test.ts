import { deflateRawSync, constants } from 'node:zlib'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { RecordKind, fromClient, fromServer, stageIn } from '../../../shared/records.js'
import { ndjsonLines } from '../../../main/capture/export/ndjson.js'
import { Stage, frame, temporaryFolder } from '../stage.js'

async function linesOf(file: string): Promise<Record<string, unknown>[]> {
  let text = ''
  for await (const some of ndjsonLines(file, new AbortController().signal)) text += some
  expect(text.endsWith('\n')).toBe(true)
  return text
    .trimEnd()
    .split('\n')
    .map((one) => JSON.parse(one) as Record<string, unknown>)
}

test('exchanges, bodies and frames are a line each, payloads as text where they are text', async () => {
  using folder = temporaryFolder()
  const stage = new Stage(join(folder.path, 'a'))
  stage.tunnel(1, 'permessage-deflate')
  const compressed = deflateRawSync('squeezed', { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
  stage.bytes(1, fromClient, frame(1, 'hellö', { mask: 0x01020304 }), 1e15 + 1)
  stage.bytes(1, fromServer, frame(1, Buffer.from([0xc3, 0x28])), 1e15 + 2)
  stage.bytes(1, fromServer, frame(2, 'binary'), 1e15 + 3)
  stage.bytes(1, fromServer, frame(1, compressed, { rsv: 4 }), 1e15 + 4)
  stage.bytes(1, fromServer, frame(8, Buffer.from([3, 232])), 1e15 + 5)
  stage.end(1, 1e15 + 6)
  const body = Buffer.alloc(200_000, 'body ')
  for (const half of [0, 1])
    stage.recorder.bytes(RecordKind.body, 2, 2, fromClient, stageIn, body, half * 100_000, half * 100_000 + 100_000, 1e15 + 7)
  stage.close()
  const lines = await linesOf(stage.file)
  expect(lines.map(({ type }) => type)).toEqual(['exchange', 'frame', 'frame', 'frame', 'frame', 'frame', 'exchange', 'body'])
  expect(lines[0]).toMatchObject({
    id: 1,
    method: 'GET',
    host: 'example.test',
    target: '/chat/1?room=a',
    status: 101,
    state: 'closed',
    subprotocol: 'chat',
    closeServer: 1000
  })
  expect(lines[0]?.['heads']).toMatchObject([
    {
      from: 'client',
      stage: 'in',
      startLine: 'GET /chat/1?room=a HTTP/1.1',
      fields: [
        ['Host', 'example.test'],
        ['Upgrade', 'websocket']
      ]
    },
    { from: 'server', stage: 'out', startLine: 'HTTP/1.1 101 Switching Protocols' }
  ])
  const base64 = (bytes: readonly number[] | Uint8Array | string): string => Buffer.from(bytes as string).toString('base64')
  expect(lines.slice(1, 6)).toMatchObject([
    {
      exchange: 1,
      from: 'client',
      number: 0,
      at: 1e15 + 1,
      fin: true,
      rsv: 0,
      opcode: 1,
      maskKey: 0x01020304,
      length: 6,
      stored: 6,
      text: 'hellö'
    },
    { from: 'server', number: 0, maskKey: null, base64: base64([0xc3, 0x28]) },
    { opcode: 2, base64: base64('binary') },
    { rsv: 4, compressed: true, inflate: 'done', base64: base64(compressed), text: 'squeezed' },
    { opcode: 8, base64: base64([3, 232]) }
  ])
  expect(lines[7]).toEqual({ type: 'body', exchange: 2, from: 'client', bytes: 200_000, text: body.toString() })
})

test('a decision names its directives by file and line, of the config that made it', async () => {
  using folder = temporaryFolder()
  const stage = new Stage(join(folder.path, 'a'))
  const directives = (port: number) => [
    { text: 'ProxyPreserveHost On', file: '/etc/site.conf', line: 3 },
    { text: 'ProxyPass /a !', file: '/etc/site.conf', line: 4 },
    { text: `ProxyPass / http://127.0.0.1:${port}/`, file: '/etc/more.conf', line: port }
  ]
  for (const generation of [1, 2]) {
    const config = { generation, dialect: 'apache', files: [], directives: directives(generation) }
    stage.recorder.note(RecordKind.config, 0, 0, fromClient, config, 1e15)
    stage.tunnel(generation)
    const decision = { generation, took: [2, 0], missed: [1, 99], route: 2 }
    stage.recorder.note(RecordKind.decision, generation, generation, fromClient, decision, 1e15 + 1)
  }
  stage.tunnel(3)
  stage.recorder.note(RecordKind.decision, 3, 3, fromClient, { generation: 1, took: [], missed: [], route: -1 }, 1e15 + 1)
  stage.close()
  const decisions = (await linesOf(stage.file)).map((line) => (line['decisions'] as unknown[])[0])
  const pass = (line: number) => ({ id: 2, file: '/etc/more.conf', line, directive: `ProxyPass / http://127.0.0.1:${line}/` })
  const host = { id: 0, file: '/etc/site.conf', line: 3, directive: 'ProxyPreserveHost On' }
  const missed = { id: 1, file: '/etc/site.conf', line: 4, directive: 'ProxyPass /a !' }
  expect(decisions).toMatchObject([
    { took: [2, 0], route: 2, routeBy: pass(1), tookBy: [pass(1), host], missedBy: [missed] },
    { routeBy: pass(2), tookBy: [pass(2), host] },
    { route: -1, routeBy: null, tookBy: [], missedBy: [] }
  ])
})

test('what is no capture is refused', async () => {
  using folder = temporaryFolder()
  await expect(linesOf(join(folder.path, 'nothing'))).rejects.toMatchObject({ code: 'capture-unknown' })
  expect(readdirSync(folder.path)).toEqual([])
  writeFileSync(join(folder.path, 'empty'), '')
  await expect(linesOf(join(folder.path, 'empty'))).rejects.toMatchObject({ code: 'capture-unknown' })
  writeFileSync(join(folder.path, 'text'), 'no database, but long enough to be read as a page of one'.repeat(200))
  await expect(linesOf(join(folder.path, 'text'))).rejects.toMatchObject({ code: 'capture-unknown' })
})
