import { encode, decode } from '@msgpack/msgpack'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { ControlServer } from '../../../main/host/control/control-server.js'
import type { ControlServerOptions } from '../../../main/host/control/control-server.js'
import { maxMessageBytes } from '../../../main/host/control/message-pack.js'
import type { Transport } from '../../../main/host/control/transport.js'

async function started(options: Partial<ControlServerOptions> = {}) {
  const screens: Transport[] = []
  let came: () => void = () => {}
  const screen = new Promise<void>((resolve) => (came = resolve))
  const onScreen = (transport: Transport) => {
    screens.push(transport)
    transport.onMessage = (message) => transport.send({ id: 1, ok: true, reply: message } as never)
    came()
  }
  const server = new ControlServer({ address: '127.0.0.1', port: 0, hostNames: [], onScreen, ...options })
  await server.start()
  onTestFinished(() => server.close())
  const { port } = new URL(server.url)
  return { server, screens, screen, port, token: server.token, at: `127.0.0.1:${port}` }
}

/** What became of an attempt to open the contract: `open`, or the status of the refusal. */
function opening(port: string, headers: Record<string, string>, path = '/contract'): Promise<WebSocket | number> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers })
  onTestFinished(() => socket.terminate())
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socket))
    socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0))
    socket.once('error', reject)
  })
}

async function opened(port: string, headers: Record<string, string>): Promise<WebSocket> {
  const socket = await opening(port, headers)
  if (typeof socket === 'number') throw new Error(`refused with ${socket}`)
  return socket
}

const closeOf = (socket: WebSocket) => new Promise<number>((resolve) => socket.once('close', resolve))
const messageOf = (socket: WebSocket) => new Promise<unknown>((resolve) => socket.once('message', (data: Buffer) => resolve(decode(data))))

function get(port: string, headers: Record<string, string>, path = '/', method = 'GET'): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked = request({ port, host: '127.0.0.1', path, method, headers }, (response) => resolve(response.resume()))
    asked.once('error', reject).end()
  })
}

describe('the token', () => {
  it('as the first message opens the line for a page of this address', async () => {
    const { port, at, token, screens, screen } = await started()
    const socket = await opened(port, { Origin: `http://${at}` })
    expect(screens).toEqual([])
    socket.send(encode({ token }))
    await screen
    socket.send(encode({ any: 'thing' }))
    expect(await messageOf(socket)).toEqual({ id: 1, ok: true, reply: { any: 'thing' } })
  })

  it('in Authorization opens it where there is no page', async () => {
    const { port, token, screens } = await started()
    await opened(port, { Authorization: `Bearer ${token}` })
    expect(screens).toHaveLength(1)
  })

  it.each([
    ['another', encode({ token: 'A'.repeat(32) })],
    ['one of another length', encode({ token: 'x' })],
    ['none in it', encode({ id: 1, request: 'hello', params: { version: 1 } })],
    ['no string', encode({ token: 42 })],
    ['no MessagePack', Buffer.from([0xc1, 0xff])],
    ['text', 'token'],
    ['a list that claims to be four billion long', Buffer.from([0xdd, 0xff, 0xff, 0xff, 0xff])]
  ])('refused: %s', async (_what, first) => {
    const { port, at, screens } = await started()
    const socket = await opened(port, { Origin: `http://${at}` })
    socket.send(first)
    expect(await closeOf(socket)).toBe(4401)
    expect(screens).toEqual([])
  })

  it('refused in Authorization before anything is opened', async () => {
    const { port, at, screens } = await started()
    expect(await opening(port, { Authorization: 'Bearer wrong' })).toBe(401)
    expect(await opening(port, { Authorization: 'Bearer wrong', Origin: `http://${at}` })).toBe(401)
    expect(screens).toEqual([])
  })

  it('is another in each run, and stands in the fragment of the address', async () => {
    const [one, other] = [await started(), await started()]
    expect(one.token).not.toBe(other.token)
    expect(one.token).toMatch(/^[\w-]{32}$/)
    expect(one.server.url).toBe(`http://${one.at}/#${one.token}`)
  })
})

describe('Host and Origin', () => {
  it.each(['localhost', 'LOCALHOST', '127.0.0.1', '[::1]'])('%s is served on any port, for ssh -L changes it', async (name) => {
    const { port } = await started()
    expect(typeof (await opening(port, { Host: `${name}:9999`, Origin: `http://${name}:9999` }))).toBe('object')
    expect(typeof (await opening(port, { Host: name, Origin: `http://${name}` }))).toBe('object')
  })

  it.each(['evil.example', 'localhost.evil.example', '127.0.0.1.nip.io', '192.168.1.1', 'localhost@evil.example'])(
    'Host %j is refused, token or not',
    async (host) => {
      const { port, token } = await started()
      expect(await opening(port, { Host: host, Origin: `http://${host}` })).toBe(403)
      expect(await opening(port, { Host: host, Authorization: `Bearer ${token}` })).toBe(403)
      expect((await get(port, { Host: host })).statusCode).toBe(403)
    }
  )

  it.each(['http://evil.example', 'null', 'http://127.0.0.1', 'http://localhost:1', 'file://'])(
    'Origin %s is refused, token or not',
    async (origin) => {
      const { port, token, screens } = await started()
      expect(await opening(port, { Origin: origin })).toBe(403)
      expect(await opening(port, { Origin: origin, Authorization: `Bearer ${token}` })).toBe(403)
      expect((await get(port, { Origin: origin })).statusCode).toBe(403)
      expect(screens).toEqual([])
    }
  )

  it('without an Origin only the token in Authorization opens', async () => {
    const { port } = await started()
    expect(await opening(port, {})).toBe(403)
  })

  it('names of --ui-host are served too, and their pages', async () => {
    const { port } = await started({ hostNames: ['dev.box'] })
    expect(typeof (await opening(port, { Host: 'dev.box:80', Origin: 'https://dev.box:80' }))).toBe('object')
    expect(await opening(port, { Host: 'other.box', Origin: 'http://other.box' })).toBe(403)
  })

  it('on every address it is reached by what the user called it, and says that it is exposed', async () => {
    const { server, port } = await started({ address: '0.0.0.0', hostNames: ['dev.box'] })
    expect(server.exposed).toBe(true)
    expect(server.url).toBe(`http://dev.box:${port}/#${server.token}`)
    expect(await opening(port, { Host: '0.0.0.0', Origin: 'http://0.0.0.0' })).toBe(403)
  })
})

describe('the rest', () => {
  it('answers a plain request with a word, and nothing else', async () => {
    const { port } = await started()
    const answer = await get(port, {})
    expect(answer.statusCode).toBe(200)
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
    expect((await get(port, {}, '/../package.json')).statusCode).toBe(404)
    expect((await get(port, {}, '/', 'POST')).statusCode).toBe(404)
    expect(await opening(port, { Origin: `http://127.0.0.1:${port}` }, '/other')).toBe(404)
  })

  it('closes a screen that sends garbage, text or more than a request can be', async () => {
    const { port, token } = await started()
    const bearer = { Authorization: `Bearer ${token}` }
    const [garbage, text, large, claims] = await Promise.all([0, 1, 2, 3].map(async () => await opened(port, bearer)))
    garbage?.send(Buffer.from([0xc1]))
    text?.send('{}')
    large?.send(Buffer.alloc(maxMessageBytes + 1))
    claims?.send(encode({ params: Array(20_000).fill(0) }))
    expect(await Promise.all([garbage, text, large, claims].map((socket) => closeOf(socket as WebSocket)))).toEqual([
      4400, 4400, 1009, 4400
    ])
  })

  it('lives on when a client resets in the middle of a refusal', async () => {
    const { port, at } = await started()
    for (let count = 0; count < 20; count++) {
      const socket = connect(Number(port), '127.0.0.1')
      await new Promise((resolve) => socket.once('connect', resolve))
      socket.write(`GET /contract HTTP/1.1\r\nHost: evil\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`)
      socket.resetAndDestroy()
    }
    expect(typeof (await opening(port, { Origin: `http://${at}` }))).toBe('object')
  })

  it('has room for 64 that have not brought the token yet', async () => {
    const { port, at, token } = await started()
    const page = { Origin: `http://${at}` }
    const waiting = await Promise.all(Array.from({ length: 64 }, async () => await opened(port, page)))
    expect(await opening(port, page)).toBe(503)
    expect(typeof (await opening(port, { Authorization: `Bearer ${token}` }))).toBe('object')
    const closed = closeOf(waiting[0] as WebSocket)
    waiting[0]?.close()
    await closed
    expect(typeof (await opening(port, page))).toBe('object')
  })

  it('says of a port that is taken which, and how to choose another', async () => {
    const { port } = await started()
    const other = new ControlServer({ address: '127.0.0.1', port: Number(port), hostNames: [], onScreen: () => {} })
    await expect(other.start()).rejects.toMatchObject({
      code: 'port-in-use',
      message: `Port ${port} on 127.0.0.1, for the screens, is in use by another program.`,
      hint: expect.stringContaining('--ui=')
    })
    const elsewhere = new ControlServer({ address: '192.0.2.1', port: 0, hostNames: [], onScreen: () => {} })
    await expect(elsewhere.start()).rejects.toMatchObject({ code: 'address-unknown' })
  })

  it('closes though screens stay: who waits is cut, who was told gets a moment', async () => {
    const { server, port, at, token, screens } = await started()
    const [waiting, told] = [await opened(port, { Origin: `http://${at}` }), await opened(port, { Authorization: `Bearer ${token}` })]
    const codes = Promise.all([closeOf(waiting), closeOf(told)])
    screens[0]?.close(4000, 'Switchyard stopped')
    await server.close()
    expect(await codes).toEqual([1006, 4000])
  })
})
