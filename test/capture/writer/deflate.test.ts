import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, connect, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { WebSocket, WebSocketServer, type PerMessageDeflateOptions } from 'ws'
import { type From, RecordKind, fromClient, fromServer } from '../../../shared/records.js'
import type { CaptureLimits } from '../../../main/capture/limits.js'
import { FrameMark } from '../../../main/capture/store/run-index.js'
import { Stage, type StoredFrame, frame, storedFrames, temporaryFolder } from '../stage.js'

interface Recorded {
  extensions: string | null
  chunks: { from: From; bytes: Buffer }[]
}

/** Messages of both sides through a real client and server of `ws`, and the bytes that went over the wire behind the 101. */
async function recordedTraffic(
  options: PerMessageDeflateOptions,
  clientOptions: PerMessageDeflateOptions,
  messages: readonly string[]
): Promise<Recorded> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: { threshold: 0, ...options } })
  server.on('connection', (socket) =>
    socket.on('message', (data, binary) => socket.send(`echo ${(data as Buffer).toString()}`, { binary }))
  )
  await once(server, 'listening')
  const chunks: Recorded['chunks'] = []
  const relay = createServer((client) => spliced(client, connect((server.address() as AddressInfo).port, '127.0.0.1'), chunks))
  relay.listen(0, '127.0.0.1')
  await once(relay, 'listening')
  const client = new WebSocket(`ws://127.0.0.1:${(relay.address() as AddressInfo).port}/`, {
    perMessageDeflate: { threshold: 0, ...clientOptions }
  })
  await once(client, 'open')
  for (const message of messages) {
    client.send(message)
    await once(client, 'message')
  }
  client.close(1000)
  await once(client, 'close')
  server.close()
  relay.close()
  return { extensions: client.extensions === '' ? null : extensionsOf(chunks), chunks: withoutHeads(chunks) }
}

function spliced(client: Socket, origin: Socket, chunks: Recorded['chunks']): void {
  client.on('data', (bytes) => chunks.push({ from: fromClient, bytes: Buffer.from(bytes) }) && origin.write(bytes))
  origin.on('data', (bytes) => chunks.push({ from: fromServer, bytes: Buffer.from(bytes) }) && client.write(bytes))
  client.on('end', () => origin.end())
  origin.on('end', () => client.end())
}
function extensionsOf(chunks: Recorded['chunks']): string | null {
  const head = Buffer.concat(chunks.filter(({ from }) => from === fromServer).map(({ bytes }) => bytes)).toString('latin1')
  return /^sec-websocket-extensions: (.*)\r$/im.exec(head)?.[1] ?? null
}
function withoutHeads(chunks: Recorded['chunks']): Recorded['chunks'] {
  const open = [true, true]
  return chunks.flatMap(({ from, bytes }) => {
    if (open[from] !== true) return [{ from, bytes }]
    open[from] = false
    return [{ from, bytes: bytes.subarray(bytes.indexOf('\r\n\r\n') + 4) }]
  })
}

function played(file: string, { extensions, chunks }: Recorded, limits: Partial<CaptureLimits> = {}): StoredFrame[] {
  const stage = new Stage(file, limits)
  stage.tunnel(1, extensions)
  chunks.forEach(({ from, bytes }, at) => stage.bytes(1, from, bytes, 1e15 + at))
  stage.end(1, 1e15 + chunks.length)
  stage.close()
  return storedFrames(file, 1)
}
const data = (frames: readonly StoredFrame[], side: From): StoredFrame[] => frames.filter((one) => one.side === side && one.opcode < 8)

const messages = Array.from({ length: 40 }, (_, at) =>
  JSON.stringify({ type: 'tick', at, text: 'the same words again and again '.repeat(at % 7), long: at === 20 ? 'x'.repeat(70_000) : '' })
)

test.each<[string, PerMessageDeflateOptions, PerMessageDeflateOptions, RegExp]>([
  ['with context takeover both ways', {}, {}, /^permessage-deflate$/],
  ['without, of the server', { serverNoContextTakeover: true }, {}, /server_no_context_takeover/],
  ['without, of the client', { clientNoContextTakeover: true }, {}, /client_no_context_takeover/],
  ['without any', { serverNoContextTakeover: true, clientNoContextTakeover: true }, {}, /no_context_takeover.*no_context_takeover/],
  ['with small windows', { serverMaxWindowBits: 9, clientMaxWindowBits: 10 }, { clientMaxWindowBits: 10 }, /server_max_window_bits=9/]
])('messages of ws are inflated %s', async (_name, server, client, agreed) => {
  using folder = temporaryFolder()
  const recorded = await recordedTraffic(server, client, messages)
  expect(recorded.extensions).toMatch(agreed)
  const frames = played(join(folder.path, 'a'), recorded)
  expect(data(frames, fromClient).map(({ text }) => text.toString())).toEqual(messages)
  expect(data(frames, fromServer).map(({ text }) => text.toString())).toEqual(messages.map((message) => `echo ${message}`))
  expect(data(frames, fromClient).every(({ marks, rsv }) => (marks & FrameMark.compressed) !== 0 && rsv === 4)).toBe(true)
  // Most of it was worth compressing, so what is stored raw is the compressed form.
  expect(data(frames, fromClient).reduce((sum, { stored }) => sum + stored, 0)).toBeLessThan(10_000)
})

describe('a message that is longer than what is kept', () => {
  // Nothing in it comes twice, so it stays long when it is compressed; what follows it points into it.
  const long = Array.from({ length: 30_000 }, (_, at) => createHash('sha256').update(String(at)).digest('base64')).join('')
  const said = ['before', long, long.slice(-20_000), 'again', long.slice(-30_000, -10_000)]

  test.each<[string, Partial<CaptureLimits>]>([
    ['as one frame', {}],
    ['than may be held of it', { maxPayloadBytes: 100_000, maxInflateBytes: 150_000 }],
    ['once it is inflated', { maxInflateBytes: 1_000_000 }]
  ])('%s is cut, and what points into it is read', async (_name, limits) => {
    using folder = temporaryFolder()
    const frames = played(join(folder.path, 'a'), await recordedTraffic({}, {}, said), limits)
    const kept = limits.maxPayloadBytes ?? 1024 * 1024
    for (const [side, before] of [
      [fromClient, ''],
      [fromServer, 'echo ']
    ] as const) {
      const ofSide = data(frames, side)
      expect(ofSide.map(({ text }) => text.toString())).toEqual(
        said.map((each) => `${before}${each}`.slice(0, Math.min(kept, limits.maxInflateBytes ?? kept)))
      )
      expect(ofSide.map(({ marks }) => (marks & FrameMark.inflateCut) !== 0)).toEqual([false, true, false, false, false])
      expect(ofSide[1]).toMatchObject({ stored: Math.min(kept, ofSide[1]?.length ?? 0) })
      expect(ofSide[1]?.length).toBeGreaterThan(limits.maxPayloadBytes === undefined ? 900_000 : kept)
    }
  })
})

test('after a gap a message that needs what is missing says so; one that needs nothing is inflated', async () => {
  using folder = temporaryFolder()
  for (const noContextTakeover of [false, true]) {
    const recorded = await recordedTraffic({ serverNoContextTakeover: noContextTakeover }, {}, messages.slice(0, 6))
    const stage = new Stage(join(folder.path, `gap-${String(noContextTakeover)}`))
    stage.tunnel(1, recorded.extensions)
    const fromThere = recorded.chunks.filter(({ from, bytes }) => from === fromServer && bytes.length > 0)
    fromThere.forEach(({ bytes }, at) => {
      const note = {
        from: fromServer,
        lostBytes: bytes.length,
        lostFrames: 1,
        frameLeft: 0,
        frame: null,
        nextFrame: 3,
        inMessage: false,
        messageCompressed: false
      }
      if (at === 2) stage.recorder.note(RecordKind.gap, 1, 1, fromServer, note, 1e15 + at)
      else stage.bytes(1, fromServer, bytes, 1e15 + at)
    })
    stage.close()
    const frames = data(storedFrames(stage.file, 1), fromServer)
    const echoes = messages.slice(0, 6).map((message) => `echo ${message}`)
    expect(frames.map(({ number }) => number)).toEqual([0, 1, 3, 4, 5])
    expect(frames.map(({ text, marks }) => ((marks & FrameMark.contextLost) !== 0 ? 'lost' : text.toString()))).toEqual(
      noContextTakeover ? [0, 1, 3, 4, 5].map((at) => echoes[at]) : [echoes[0], echoes[1], 'lost', 'lost', 'lost']
    )
  }
})

test('a message in fragments is inflated at its last one; a bomb and what is no DEFLATE are said so', async () => {
  using folder = temporaryFolder()
  const { deflateRawSync, constants } = await import('node:zlib')
  const compressed = (text: string): Buffer => deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
  const stage = new Stage(join(folder.path, 'a'), { maxInflateBytes: 100_000, maxPayloadBytes: 50_000 })
  stage.tunnel(1, 'permessage-deflate; server_no_context_takeover')
  const hello = compressed('Hello, fragments')
  stage.bytes(1, fromServer, frame(1, hello.subarray(0, 5), { fin: false, rsv: 4 }), 1e15)
  stage.bytes(1, fromServer, frame(9, 'ping'), 1e15 + 1)
  stage.bytes(1, fromServer, frame(0, hello.subarray(5)), 1e15 + 2)
  stage.bytes(1, fromServer, frame(1, compressed('a'.repeat(90_000)), { rsv: 4 }), 1e15 + 3)
  stage.bytes(1, fromServer, frame(1, compressed('a'.repeat(200_000)), { rsv: 4 }), 1e15 + 4)
  stage.bytes(1, fromServer, frame(1, Buffer.from([0xff, 0xff, 0xff]), { rsv: 4 }), 1e15 + 5)
  stage.bytes(1, fromServer, frame(1, 'plain'), 1e15 + 6)
  stage.bytes(1, fromServer, frame(1, compressed('again'), { rsv: 4 }), 1e15 + 7)
  stage.close()
  const { compressed: c, inflateCut, inflateBroken, inSegment } = FrameMark
  expect(
    storedFrames(stage.file, 1).map(({ text, marks }) => [text.length < 99 ? text.toString() : text.length, marks & ~inSegment])
  ).toEqual([
    ['', c],
    ['', 0],
    ['Hello, fragments', c],
    [50_000, c | inflateCut],
    [50_000, c | inflateCut],
    ['', c | inflateBroken],
    ['', 0],
    ['again', c]
  ])
})
