import { createHash, randomBytes } from 'node:crypto'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { onTestFinished } from 'vitest'
import { frame } from '../../capture/stage.js'

/** Frames of one write. They are made once, and nobody reads them where they arrive: what a burst costs is the proxy's. */
const framesPerBlock = 20
const everyMs = 20
const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const upgrade = { Connection: 'Upgrade', Upgrade: 'websocket' }

export interface Burst {
  readonly frames: number
  readonly seconds: number
}
/** A tunnel through the proxy, with both of its ends. */
interface Ends {
  readonly client: Duplex
  readonly server: Duplex
}

/** A backend whose tunnels are told what to say. `open` makes one through the proxy. */
export async function burstBackend() {
  const opened: ((socket: Duplex) => void)[] = []
  const server = createServer().on('upgrade', ({ headers }, socket: Duplex) => {
    const accept = createHash('sha1').update(`${headers['sec-websocket-key']}${guid}`).digest('base64')
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`)
    opened.shift()?.(unread(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const open = async (url: string): Promise<Ends> => {
    const behind = new Promise<Duplex>((resolve) => opened.push(resolve))
    return { client: await upgraded(url), server: await behind }
  }
  return { port: (server.address() as AddressInfo).port, open }
}

async function upgraded(url: string): Promise<Duplex> {
  const headers = { ...upgrade, 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': randomBytes(16).toString('base64') }
  const asked = request(url, { headers }).end()
  return await new Promise((resolve, reject) => {
    asked.once('upgrade', (_, socket: Duplex) => resolve(unread(socket))).once('error', reject)
  })
}
function unread(socket: Duplex): Duplex {
  onTestFinished(() => void socket.destroy())
  return socket.on('error', () => {}).resume()
}

/** Both ends send, at an even rate, until `frames` have been sent in all. */
export async function sendBurst({ client, server }: Ends, { frames, seconds }: Burst): Promise<void> {
  const blocks = frames / framesPerBlock / 2
  const [masked, plain] = [blockOf({ mask: 0x12345678 }), blockOf({})]
  const beganMs = performance.now()
  const elapsedS = (): number => (performance.now() - beganMs) / 1000
  let sent = 0
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(blocks, Math.floor((elapsedS() / seconds) * blocks)) - sent
      client.write(repeated(masked, due))
      server.write(repeated(plain, due))
      sent += due
      if (sent < blocks) return
      clearInterval(timer)
      resolve()
    }, everyMs)
  })
}

function repeated(block: Buffer, times: number): Buffer {
  return Buffer.concat(Array<Buffer>(times).fill(block))
}
function blockOf(options: { mask?: number }): Buffer {
  return Buffer.concat(Array.from({ length: framesPerBlock }, (_, at) => frame(1, `{"type":"tick","n":${at},"price":101.25}`, options)))
}
