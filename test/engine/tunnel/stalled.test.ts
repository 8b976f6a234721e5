import { once } from 'node:events'
import type net from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readBufferBytes } from '../../../main/engine/wire/read-buffers.js'
import { tlsQueueBytes } from '../../../main/engine/wire/socket-wire.js'
import { TestAuthority } from '../wire/certificates.js'
import { TunnelStand } from './stand.js'

/** 64 MB in the suite; SWITCHYARD_STALLED_BYTES=1e9 for the whole of it. */
const totalBytes = Number(process.env['SWITCHYARD_STALLED_BYTES'] ?? 64e6)
const piece = Buffer.alloc(65_536, 0x81)
const megabyte = 1 << 20

let authority: TestAuthority
let pair: { readonly cert: string; readonly key: string }
beforeAll(() => {
  authority = new TestAuthority()
  pair = authority.issue('DNS:localhost')
})
afterAll(() => authority.remove())

/** Offers bytes as fast as they are taken, never more than one piece ahead. */
async function offer(socket: net.Socket, bytes: number): Promise<void> {
  for (let sent = 0; sent < bytes; sent += piece.length) if (!socket.write(piece)) await once(socket, 'drain')
}

/** Reads `burst` bytes, then not for a while: as long as it takes until the tunnel holds something back. */
async function readInBursts(socket: net.Socket, bytes: number, held: () => number, most: (held: number) => void): Promise<void> {
  let got = 0
  socket.on('data', (read: Buffer) => (got += read.length))
  socket.pause()
  while (got < bytes) {
    for (let turns = 0; turns < 200 && held() === 0; turns++) await new Promise((resolve) => setImmediate(resolve))
    // Some more turns, in which whatever could still pile up would.
    for (let turns = 0; turns < 20; turns++) {
      await new Promise((resolve) => setImmediate(resolve))
      most(held())
    }
    const until = Math.min(bytes, got + 8 * megabyte)
    socket.resume()
    while (got < until) await new Promise((resolve) => setImmediate(resolve))
    socket.pause()
  }
}

describe.each([
  ['plain', false],
  ['TLS', true]
])('a reader that stalls, %s', (_name, secure) => {
  it.each(['client', 'origin'] as const)(
    'of the %s: what the tunnel holds stays within its bounds, and so does memory',
    async (reader) => {
      const stand = await TunnelStand.open(secure ? pair : null)
      const joined = await stand.join()
      const [source, sink] = reader === 'client' ? [joined.origin, joined.client] : [joined.client, joined.origin]
      const bytes = Math.ceil(totalBytes / piece.length) * piece.length
      await offer(source, megabyte)
      const before = process.memoryUsage()
      let most = 0
      const reading = readInBursts(
        sink,
        bytes + megabyte,
        () => joined.wires[reader].pendingBytes,
        (held) => (most = Math.max(most, held))
      )
      await Promise.all([offer(source, bytes), reading])
      const after = process.memoryUsage()
      // One lent buffer; a TLS wire takes a read more while its queue is short.
      expect(most).toBeLessThanOrEqual(secure ? tlsQueueBytes + readBufferBytes : readBufferBytes)
      expect(most).toBeGreaterThan(0)
      // The peers stand in this process too, so this is far above what the tunnel holds; it is far below what passed.
      expect(after.rss - before.rss).toBeLessThan(48 * megabyte)
      await stand.close()
    },
    300_000
  )
})
