import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { io } from 'socket.io-client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { sha1 } from '../oracle/http-text.js'
import { freePort } from '../oracle/loopback.js'
import { echoBackend, socketIoBackend } from './backends.js'
import { apacheSite, command, configFile, Switchyard } from './switchyard.js'

const run = promisify(execFile)

/** The lines that people copy from articles, by both ways of mod_proxy to a WebSocket. */
const wsLines = (backend: number) => `    ProxyPreserveHost On
    ProxyPass /ws/ ws://127.0.0.1:${backend}/ws/
    ProxyPass / http://127.0.0.1:${backend}/
    ProxyPassReverse / http://127.0.0.1:${backend}/`
const upgradeLines = (backend: number) => `    ProxyPass / http://127.0.0.1:${backend}/ upgrade=websocket
    ProxyPassReverse / http://127.0.0.1:${backend}/`

/** Serves a backend behind Apache lines, plain and over TLS, and tells where, and which authority to trust. */
async function serveApache(lines: string) {
  const ports = { plain: await freePort(), tls: await freePort() }
  const switchyard = await Switchyard.serve(configFile(apacheSite(ports, lines)), '--no-ui', '--capture', 'off')
  const authority = (await command('ca', 'path', '--data', switchyard.data)).trim()
  return { ...ports, switchyard, authority, ca: await readFile(authority) }
}

/** The same behind a route of the command line, without any config. */
async function serveRoute(backend: number) {
  const tls = await freePort()
  const words = ['--route', `/=http://127.0.0.1:${backend}/`, `--tls=${tls}`, '--no-ui', '--capture', 'off']
  const switchyard = await Switchyard.serve(...words)
  const authority = (await command('ca', 'path', '--data', switchyard.data)).trim()
  return { tls, switchyard, authority, ca: await readFile(authority) }
}

/** Opens a WebSocket, has each message echoed, and answers the echoes. */
async function echoes(socket: WebSocket, messages: (string | Buffer)[]): Promise<(string | Buffer)[]> {
  const heard: (string | Buffer)[] = []
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.once('open', () => messages.forEach((message) => socket.send(message)))
    socket.on('message', (data, binary) => {
      heard.push(binary ? (data as Buffer) : (data as Buffer).toString())
      if (heard.length === messages.length) resolve()
    })
  })
  return heard
}

/** A message as kind, length and digest: a million bytes are compared at once, not one by one. */
const inShort = (message: string | Buffer) => [typeof message, message.length, sha1(Buffer.from(message as string))]

describe('ws', () => {
  it('echoes text, binary, the empty and the large, plain and over TLS with the certificate checked', async () => {
    const served = await serveApache(wsLines(await echoBackend({ compressed: true })))
    const messages = ['hello', '', Buffer.from([0, 255, 128]), 'é'.repeat(40_000), Buffer.alloc(1_000_000, 'x')]
    for (const url of [`ws://localhost:${served.plain}/ws/a`, `wss://localhost:${served.tls}/ws/a`]) {
      const socket = new WebSocket(url, ['chat', 'superchat'], { ca: served.ca })
      expect((await echoes(socket, messages)).map(inShort)).toEqual(messages.map(inShort))
      expect([socket.protocol, socket.extensions]).toEqual(['chat', expect.stringContaining('permessage-deflate')])
      const closed = new Promise((resolve) => socket.once('close', (code, reason) => resolve([code, reason.toString()])))
      socket.close(4001, 'enough')
      expect(await closed).toEqual([4001, 'enough'])
    }
  })

  it('goes through upgrade=websocket as well', async () => {
    const served = await serveApache(upgradeLines(await echoBackend()))
    const socket = new WebSocket(`wss://localhost:${served.tls}/anywhere`, { ca: served.ca })
    expect(await echoes(socket, ['hello'])).toEqual(['hello'])
    socket.close()
  })
})

describe('curl', () => {
  it('gets a page and posts a body, plain and over TLS, with the authority it is given', async () => {
    const served = await serveApache(wsLines(await echoBackend({ page: 'a page' })))
    const curl = async (...args: string[]) => (await run('curl', ['-sS', '--max-time', '20', '--cacert', served.authority, ...args])).stdout
    const large = 'x'.repeat(300_000)
    const largeFile = configFile(large, 'large')
    for (const url of [`http://localhost:${served.plain}/`, `https://localhost:${served.tls}/`]) {
      expect(await curl(url)).toBe('a page')
      expect(await curl('-w', ' %{http_code} %{num_connects}', url, url)).toBe('a page 200 1a page 200 0')
      expect(await curl('--data-binary', `@${largeFile}`, url)).toBe(large)
      expect(await curl('-H', 'Transfer-Encoding: chunked', '--data-binary', 'in chunks', url)).toBe('in chunks')
      expect(await curl('-H', 'Expect: 100-continue', '--data-binary', 'expected', url)).toBe('expected')
    }
  })

  it('refuses the certificate without the authority', async () => {
    const served = await serveApache(wsLines(await echoBackend()))
    await expect(run('curl', ['-sS', `https://localhost:${served.tls}/`])).rejects.toMatchObject({ code: 60 })
  })
})

describe('python3-websockets', () => {
  it('echoes through both ways of mod_proxy', async () => {
    const backend = await echoBackend({ compressed: true })
    for (const lines of [wsLines(backend), upgradeLines(backend)]) {
      const served = await serveApache(lines)
      const script = join(import.meta.dirname, 'echo-client.py')
      const { stdout } = await run('/usr/bin/python3', [script, `wss://localhost:${served.tls}/ws/python`, served.authority], {
        timeout: 30_000
      })
      expect(JSON.parse(stdout)).toEqual({ echoed: 4, code: 1000 })
    }
  })
})

describe('Socket.IO', () => {
  it.each([
    ['polling', ['polling'], false, 'polling'],
    ['a WebSocket from the start', ['websocket'], false, 'websocket'],
    ['polling that is upgraded', ['polling', 'websocket'], true, 'websocket']
  ])('talks over %s', async (_name, transports, upgrades, over) => {
    const served = await serveApache(upgradeLines(await socketIoBackend()))
    const socket = io(`https://localhost:${served.tls}`, {
      transports,
      upgrade: upgrades,
      ca: served.ca.toString(),
      reconnection: false
    } as object)
    onTestFinished(() => void socket.close())
    const { engine } = socket.io
    expect(engine.transport.name).toBe(transports[0])
    const upgraded = upgrades ? new Promise((resolve) => engine.once('upgrade', resolve)) : null
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('connect_error', reject))
    await upgraded
    const asked = { text: 'what is over this?', bytes: Buffer.from([1, 2, 3]) }
    expect(await socket.timeout(10_000).emitWithAck('question', asked)).toEqual({ asked, over })
  })
})

describe('a route over TLS', () => {
  it('is trusted by curl, Node and python3-websockets with the authority, and by none of them without', async () => {
    const { tls, authority, ca } = await serveRoute(await echoBackend({ page: 'a page', compressed: true }))
    const page = `https://localhost:${tls}/`
    const { stdout } = await run('curl', ['-sS', '--max-time', '20', '--cacert', authority, page])
    expect(stdout).toBe('a page')
    await expect(run('curl', ['-sS', page])).rejects.toMatchObject({ code: 60 })

    for (const url of [`wss://localhost:${tls}/ws`, `wss://127.0.0.1:${tls}/ws`]) {
      const socket = new WebSocket(url, { ca })
      expect(await echoes(socket, ['hello'])).toEqual(['hello'])
      socket.close()
    }
    await expect(echoes(new WebSocket(`wss://localhost:${tls}/ws`), [])).rejects.toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' })

    const script = join(import.meta.dirname, 'echo-client.py')
    const python = async (trusted: string) =>
      await run('/usr/bin/python3', [script, `wss://localhost:${tls}/ws`, trusted], { timeout: 30_000 })
    expect(JSON.parse((await python(authority)).stdout)).toEqual({ echoed: 4, code: 1000 })
    await expect(python('/etc/ssl/certs/ca-certificates.crt')).rejects.toThrow(/CERTIFICATE_VERIFY_FAILED/)
  })
})
