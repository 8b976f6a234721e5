import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type net from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readBufferBytes } from '../../../main/engine/wire/read-buffers.js'
import { tlsQueueBytes } from '../../../main/engine/wire/socket-wire.js'
import { TestAuthority } from '../wire/certificates.js'
import { TunnelStand } from './stand.js'

const totalBytes = Number(process.env['SWITCHYARD_STALLED_BYTES'] ?? 1e9)
const pieceBytes = 65_536
/** What goes through is this over and over. Its length fits into no buffer, so that a piece out of place is another one. */
const content = randomBytes(1_299_709)
const megabyte = 1 << 20

let authority: TestAuthority
let pair: { readonly cert: string; readonly key: string }
beforeAll(() => {
  authority = new TestAuthority()
  pair = authority.issue('DNS:localhost')
})
afterAll(() => authority.remove())

/** Offers bytes, from a place of the stream on, as fast as they are taken, never more than one piece ahead. */
async function offer(socket: net.Socket, from: number, to: number): Promise<void> {
  for (let at = from; at < to;) {
    const start = at % content.length
    const piece = content.subarray(start, Math.min(start + pieceBytes, start + to - at, content.length))
    at += piece.length
    if (!socket.write(piece)) await once(socket, 'drain')
  }
}

/** Where what came differs from what was sent, or -1. `at`: its place in the stream. */
function firstOther(read: Buffer, at: number): number {
  for (let done = 0; done < read.length;) {
    const start = (at + done) % content.length
    const length = Math.min(read.length - done, content.length - start)
    if (read.compare(content, start, start + length, done, done + length) !== 0) return at + done
    done += length
  }
  return -1
}

/**
 * Reads `burst` bytes, then not for a while: as long as it takes until the tunnel holds something back.
 * @returns where the first bytes came that were not sent, or -1
 */
async function readInBursts(socket: net.Socket, bytes: number, held: () => number, most: (held: number) => void): Promise<number> {
  let got = 0
  let wrong = -1
  socket.on('data', (read: Buffer) => {
    if (wrong === -1) wrong = firstOther(read, got)
    got += read.length
  })
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
  return wrong === -1 && got !== bytes ? bytes : wrong
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
      await offer(source, 0, megabyte)
      const before = process.memoryUsage.rss()
      let [most, mostMemory] = [0, 0]
      const reading = readInBursts(
        sink,
        totalBytes,
        () => joined.wires[reader].pendingBytes,
        (held) => {
          most = Math.max(most, held)
          mostMemory = Math.max(mostMemory, process.memoryUsage.rss())
        }
      )
      await offer(source, megabyte, totalBytes)
      expect(await reading).toBe(-1)
      // One lent buffer; a TLS wire takes a read more while its queue is short.
      expect(most).toBeLessThanOrEqual(secure ? tlsQueueBytes + readBufferBytes : readBufferBytes)
      expect(most).toBeGreaterThan(0)
      // The peers stand in this process too, so this is far above what the tunnel holds; it is far below what passed.
      expect(mostMemory - before).toBeLessThan(48 * megabyte)
      await stand.close()
    },
    300_000
  )
})
