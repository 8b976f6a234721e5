import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer as createHttp } from 'node:http'
import { createServer as createTcp } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { join } from 'node:path'
import { createServer as createTls } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import WebSocket from 'ws'
import { Progress, opened } from '../../main/cli/opening.js'
import { temporaryFolder } from './running.js'

async function listening(server: Server): Promise<number> {
  const sockets = new Set<{ destroy: () => void }>()
  server.on('connection', (socket) => sockets.add(socket.on('error', () => {})))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

/** What is said where it cannot be opened; any name is this machine. */
async function refusal(url: string, withinMs = 5000): Promise<{ message: string; hint?: string }> {
  const progress = new Progress()
  const socket = new WebSocket(url, [], {
    lookup: (_name, _options, found) => found(null, [{ address: '127.0.0.1', family: 4 }]),
    finishRequest: (request) => progress.follow(request, url.startsWith('wss:'))
  })
  return await opened(socket, url, progress, withinMs).then(
    () => expect.fail('it was opened'),
    (thrown: unknown) => thrown as { message: string; hint?: string }
  )
}

async function answering(status: number, fields: Record<string, string>, body = ''): Promise<number> {
  const server = createHttp().on('upgrade', (_request, socket) => {
    const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.end(`HTTP/1.1 ${status} Said\r\n${lines.join('')}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
  })
  return await listening(server)
}

describe('an answer that opens nothing', () => {
  it('names the place that a redirect points to', async () => {
    const port = await answering(302, { Location: 'https://elsewhere.test/login' })
    expect(await refusal(`ws://localhost:${port}/`)).toMatchObject({
      code: 'connect-failed',
      message: `ws://localhost:${port}/ could not be opened: 302 Said, to https://elsewhere.test/login.`,
      hint: expect.stringContaining('follows no redirect')
    })
  })

  it('shows the first lines of a text, and no more of it', async () => {
    const plain = await answering(503, { 'Content-Type': 'text/plain' }, 'one\n\ntwo\nthree\nfour\n')
    expect((await refusal(`ws://localhost:${plain}/`)).message).toContain(': 503 Said: one / two / three.')
    const page = '<html><head>\n<title>400</title></head><body><h1>Bad Request</h1>\n<p>You speak <b>plain</b> HTTP.</p></body></html>'
    const html = await answering(400, { 'Content-Type': 'text/html; charset=utf-8' }, page)
    expect((await refusal(`ws://localhost:${html}/`)).message).toContain(': 400 Said: Bad Request / You speak plain HTTP.')
    const long = await answering(500, { 'Content-Type': 'text/plain' }, 'x'.repeat(100_000))
    expect((await refusal(`ws://localhost:${long}/`)).message.length).toBeLessThan(400)
    const bytes = await answering(502, { 'Content-Type': 'image/png' }, 'not for people')
    expect((await refusal(`ws://localhost:${bytes}/`)).message).toMatch(/: 502 Said\.$/)
  })

  it('says that a 200 is plain HTTP', async () => {
    const { message } = await refusal(`ws://localhost:${await answering(200, {})}/`)
    expect(message).toContain('200 Said: it answered as plain HTTP: the upgrade did not reach the backend')
  })

  it('points to Switchyard on this machine alone', async () => {
    const port = await answering(503, {})
    expect((await refusal(`ws://127.0.0.1:${port}/`)).hint).toContain('Switchyard')
    expect((await refusal(`ws://app.test:${port}/`)).hint).toBeUndefined()
  })
})

describe('the wrong scheme', () => {
  it('wss:// to a plain port, and ws:// to a TLS port', async () => {
    const plain = await listening(createHttp())
    expect(await refusal(`wss://localhost:${plain}/`)).toMatchObject({
      message: expect.stringContaining('it does not speak TLS there'),
      hint: expect.stringContaining('ws:// asks it')
    })
    const folder = temporaryFolder()
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const words = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -days 2 -keyout ${key} -out ${cert}`
    execFileSync('openssl', words.split(' '), { stdio: 'ignore' })
    const tls = await listening(createTls({ key: readFileSync(key), cert: readFileSync(cert) }).on('tlsClientError', () => {}))
    expect(await refusal(`ws://localhost:${tls}/`)).toMatchObject({ hint: expect.stringContaining('wss://') })
    // RFC 8446 §6: an alert, fatal (2), unexpected_message (10).
    const alerting = await listening(
      createTcp((socket) => void socket.once('data', () => socket.end(Buffer.from('15030100020210', 'hex'))))
    )
    expect(await refusal(`ws://localhost:${alerting}/`)).toMatchObject({ message: expect.stringContaining('it speaks TLS there') })
  })
})

describe('no answer', () => {
  it('says how far it came', async () => {
    const silent = await listening(createTcp(() => {}))
    expect((await refusal(`ws://localhost:${silent}/`, 300)).message).toContain(
      'it accepted the connection, and did not answer the opening handshake within 0.3 s'
    )
    expect((await refusal(`wss://localhost:${silent}/`, 300)).message).toContain('did not answer TLS within 0.3 s')
  })

  it('is not put off by one that answers byte by byte', async () => {
    const drip = createTcp((socket) => {
      const drop = setInterval(() => socket.write('H'), 20)
      socket.on('error', () => {}).on('close', () => clearInterval(drop))
      socket.write('HTTP/1.1 101 ')
    })
    expect((await refusal(`ws://localhost:${await listening(drip)}/`, 300)).message).toContain('within 0.3 s')
  })
})
