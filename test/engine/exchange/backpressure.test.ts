import { afterEach, beforeEach, expect, it } from 'vitest'
import { ScriptedOrigin } from './scripted-origin.js'
import { ScriptedSite, patient, proxyTo } from './scripted-site.js'
import { Stage } from './stage.js'

/** Far above what the sockets of both sides and the engine's own buffers may hold: 4 × (4 MiB + 6 MiB) on a usual Linux. */
const bytes = 96 * 1024 * 1024
const piece = Buffer.alloc(1024 * 1024, 'x')
/** What may stand in the buffers of two sockets of the system and in ours. */
const mayBeHeld = 48 * 1024 * 1024

let origin: ScriptedOrigin
let stage: Stage
let site: ScriptedSite

beforeEach(async () => {
  origin = await ScriptedOrigin.listening()
})
afterEach(async () => {
  await stage.close()
  await origin.unlisten()
})

async function serve(timeouts = patient): Promise<void> {
  site = new ScriptedSite({ decide: proxyTo(origin.port, { timeouts }) })
  stage = await Stage.serving(site, { notes: null })
}

/** Writes until nothing goes on any more: the system took nothing for ten turns of a connection through it. */
async function pourUntilStuck(socket: {
  write(bytes: Buffer): boolean
  readonly writableLength: number
  readonly bytesWritten: number
}): Promise<number> {
  let poured = 0
  for (let still = 0; still < 10; still++) {
    while (poured < bytes && socket.write(piece)) poured += piece.length
    const before = socket.writableLength
    await stage.caughtUp()
    if (socket.writableLength < before) still = 0
    if (socket.writableLength === 0 && poured >= bytes) break
  }
  return socket.bytesWritten - socket.writableLength
}

it('an origin is not read further than its client takes', async () => {
  await serve()
  const client = await stage.client()
  client.socket.pause()
  client.writes('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  const peer = await origin.accepts()
  await peer.readsUpTo('\r\n\r\n')
  peer.writes(`HTTP/1.1 200 OK\r\nContent-Length: ${bytes}\r\n\r\n`)
  const rssBefore = process.memoryUsage().arrayBuffers
  const taken = await pourUntilStuck(peer.socket)
  expect(taken).toBeLessThan(mayBeHeld)
  expect(process.memoryUsage().arrayBuffers - rssBefore).toBeLessThan(8 * 1024 * 1024)
  client.socket.resume()
  await client.until(() => client.bytesRead >= taken)
})

it('a client is not read further than its origin takes', async () => {
  await serve()
  const client = await stage.client()
  client.writes(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${bytes}\r\n\r\n`)
  const peer = await origin.accepts()
  await peer.readsUpTo('\r\n\r\n')
  peer.socket.pause()
  const before = process.memoryUsage().arrayBuffers
  const taken = await pourUntilStuck(client.socket)
  expect(taken).toBeLessThan(mayBeHeld)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024)
  peer.socket.resume()
  await peer.until(() => peer.bytesRead >= taken - 1024)
})

it('a client is held while nobody wants its body, and read again for the next request', async () => {
  await serve()
  const client = await stage.client()
  client.writes('GET /1 HTTP/1.1\r\nHost: a\r\n\r\n')
  const peer = await origin.accepts()
  await peer.readsUpTo('\r\n\r\n')
  const requests = 20_000
  client.writes('GET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'.padEnd(1000) + 'x'.repeat(requests * 50))
  await stage.caughtUp()
  peer.writes('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
  await client.reads('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
  await (await origin.accepts()).reads('GET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
})

it('a client that takes nothing any more is let go after its time', async () => {
  await serve({ ...patient, sendMs: 200 })
  const client = await stage.client()
  client.socket.pause()
  client.writes('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  const peer = await origin.accepts()
  await peer.readsUpTo('\r\n\r\n')
  peer.writes(`HTTP/1.1 200 OK\r\nContent-Length: ${bytes}\r\n\r\n`)
  for (let poured = 0; poured < bytes && peer.end === 'open'; poured += piece.length) peer.writes(piece)
  await peer.seesEnd()
  expect(site.accounts).toMatchObject([{ ended: 'timedOut' }])
})

it('an origin that takes nothing of the request is told as such', async () => {
  await serve({ ...patient, sendMs: 200 })
  const client = await stage.client()
  client.writes(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${bytes}\r\n\r\n`)
  const peer = await origin.accepts()
  await peer.readsUpTo('\r\n\r\n')
  peer.socket.pause()
  for (let poured = 0; poured < bytes; poured += piece.length) client.writes(piece)
  await client.reads('HTTP/1.1 502 Said\r\nContent-Length: 12\r\n\r\nsendTimedOut')
})
