import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import net from 'node:net'
import tls from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { listen } from '../../../main/engine/listen/listener.js'
import type { Listener } from '../../../main/engine/listen/listener.js'
import { SocketWire, plainParts, tlsQueueBytes } from '../../../main/engine/wire/socket-wire.js'
import type { Wire } from '../../../main/engine/wire/wire.js'
import { TestAuthority } from './certificates.js'
import type { Made } from './certificates.js'
import { Collect } from './collect.js'

let authority: TestAuthority
let pair: Made
const open: { destroy(): void }[] = []
const listeners: Listener[] = []

beforeAll(() => {
  authority = new TestAuthority()
  pair = authority.issue('DNS:localhost')
})
afterAll(() => authority.remove())
afterEach(async () => {
  for (const socket of open.splice(0)) socket.destroy()
  await Promise.all(listeners.splice(0).map((listener) => listener.close()))
})

/** A wire on our side, and the peer's socket. */
async function joined(secure: boolean): Promise<{ wire: Wire; told: Collect; peer: net.Socket; plain: net.Socket }> {
  let take: (wire: Wire) => void = () => {}
  const arrived = new Promise<{ wire: Wire; told: Collect }>((resolve) => (take = (wire) => resolve({ wire, told: new Collect(wire) })))
  const listener = await listen({
    address: '127.0.0.1',
    port: 0,
    onPlain: take,
    ...(secure
      ? {
          secure: {
            secure: () => ({ key: 'one', options: { cert: pair.cert, key: pair.key } }),
            onSecure: take,
            onNotTls: (wire: Wire) => wire.destroy(),
            onTlsFailure: () => {}
          }
        }
      : {})
  })
  listeners.push(listener)
  const plain = net.connect({ host: '127.0.0.1', port: listener.port, allowHalfOpen: true })
  const peer = secure ? tls.connect({ socket: plain, ca: authority.ca.cert, servername: 'localhost' }) : plain
  plain.on('error', () => {})
  peer.on('error', () => {})
  open.push(peer)
  await once(peer, secure ? 'secureConnect' : 'connect')
  const { wire, told } = await arrived
  open.push(wire)
  return { wire, told, peer, plain }
}

describe.each([
  ['plain', false],
  ['TLS', true]
])('a wire, %s', (_name, secure) => {
  it('reads into a buffer of ours in this runtime', async () => {
    const { wire } = await joined(secure)
    expect((wire as SocketWire).way).toBe('onread')
  })

  it('brings bytes, takes bytes, and says who the peer is', async () => {
    const { wire, told, peer } = await joined(secure)
    peer.write('hello')
    await told.untilBytes(5)
    expect(told.text).toBe('hello')
    wire.write(Buffer.from('wor'))
    wire.writeLatin1('ld\xff')
    const [answer] = (await once(peer, 'data')) as [Buffer]
    const rest = answer.length < 6 ? ((await once(peer, 'data')) as [Buffer])[0] : Buffer.alloc(0)
    expect(Buffer.concat([answer, rest]).toString('latin1')).toBe('world\xff')
    expect([wire.bytesRead, wire.bytesWritten, wire.remote.address]).toEqual([5, 6, '127.0.0.1'])
    expect(wire.remote.port).toBe(peer.localPort)
    expect(wire.tls === null).toBe(!secure)
  })

  it('passes a FIN each way on its own', async () => {
    const { wire, told, peer } = await joined(secure)
    peer.end('last')
    await told.until(() => told.isEnded)
    expect([told.text, told.isClosed]).toEqual(['last', false])
    const answered = once(peer, 'data')
    const ended = once(peer, 'end')
    wire.write(Buffer.from('answer'))
    wire.end()
    expect(String((await answered)[0])).toBe('answer')
    await ended
    await told.until(() => told.isClosed)
    expect(told.error).toBeNull()
  })

  it('writes what is said while it tells of a read, in that order, and before its end', async () => {
    const acts: [string, (wire: Wire) => void][] = [
      ['head', (wire) => wire.writeLatin1('head')],
      ['head and body', (wire) => void (wire.writeLatin1('head '), wire.writeLatin1('and '), wire.write(Buffer.from('body')))],
      ['one, two', (wire) => void (wire.write(Buffer.from('one, ')), wire.writeLatin1('two'))],
      ['to the end', (wire) => void (wire.writeLatin1('to the end'), wire.end())],
      ['to the last', (wire) => void (wire.writeLatin1('to the last'), wire.destroy())]
    ]
    for (const [text, act] of acts) {
      const { wire, told, peer } = await joined(secure)
      let held = -1
      told.received = () => {
        act(wire)
        held = wire.pendingBytes
      }
      const said = new Promise<string>((resolve) => {
        let all = ''
        peer.on('data', (bytes: Buffer) => {
          all += bytes.toString('latin1')
          if (all.length === text.length) resolve(all)
        })
      })
      peer.write('go')
      expect(await said).toBe(text)
      expect(wire.bytesWritten).toBe(text.length)
      // A plain wire waits with its heads until everybody has been told of this turn's reads.
      if (text === 'head' && !secure) expect([held, wire.pendingBytes]).toEqual([4, 0])
    }
  })

  it('resets', async () => {
    const { wire, told, peer } = await joined(secure)
    const failed = new Promise<string | undefined>((resolve) => peer.once('error', (error: NodeJS.ErrnoException) => resolve(error.code)))
    wire.reset()
    wire.reset()
    expect(await failed).toBe('ECONNRESET')
    await told.until(() => told.isClosed)
    expect(wire.closed).toBe(true)
  })

  it('tells of a reset', async () => {
    const { wire, told, peer, plain } = await joined(secure)
    // A round trip first: a RST that meets the session tickets of a handshake looks like a FIN to TLS.
    wire.writeLatin1('x')
    await once(peer, 'data')
    plain.resetAndDestroy()
    await told.until(() => told.isClosed)
    expect(told.error?.code).toBe('ECONNRESET')
    expect(told.isEnded).toBe(false)
  })

  it('brings nothing while it is paused, and everything afterwards, FIN last', async () => {
    const { wire, told, peer } = await joined(secure)
    wire.pause()
    const sent = randomBytes(300_000)
    peer.end(sent)
    const seen = told.bytes
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(told.bytes).toBe(seen)
    expect(told.isEnded).toBe(false)
    wire.resume()
    await told.until(() => told.isEnded)
    expect(Buffer.concat(told.pieces).equals(sent)).toBe(true)
  })

  it('may be paused within a call that brings bytes', async () => {
    const { wire, told, peer } = await joined(secure)
    const sent = randomBytes(1_000_000)
    let calls = 0
    const received = told.received.bind(told)
    told.received = (bytes, start, end) => {
      received(bytes, start, end)
      wire.pause()
      calls++
      setImmediate(() => {
        expect(calls).toBe(1)
        calls = 0
        wire.resume()
      })
    }
    peer.end(sent)
    await told.until(() => told.isEnded)
    expect(Buffer.concat(told.pieces).equals(sent)).toBe(true)
  })

  it('is closed once, and takes what is written afterwards in silence', async () => {
    const { wire, told } = await joined(secure)
    wire.destroy()
    wire.destroy()
    await told.until(() => told.isClosed)
    expect(told.error).toBeNull()
    expect([wire.write(Buffer.from('x')), wire.writeLatin1('x'), wire.forward(wire, Buffer.from('x'), 0, 1)]).toEqual([true, true, true])
    wire.end()
    wire.reset()
  })

  it('owes drained to whom it left something pending', async () => {
    const { wire, told, peer } = await joined(secure)
    peer.pause()
    let wrote = 0
    while (wire.write(Buffer.alloc(65_536))) wrote += 65_536
    expect(wire.pendingBytes).toBeGreaterThan(0)
    const before = told.drains
    peer.resume()
    await told.until(() => told.drains > before)
    expect(wire.pendingBytes).toBe(0)
    expect(wrote).toBeLessThan(64 << 20)
  })
})

describe.each([
  ['plain → plain', false, false],
  ['plain → TLS', false, true],
  ['TLS → plain', true, false],
  ['TLS → TLS', true, true]
])('forwarding %s', (_name, fromSecure, toSecure) => {
  it('keeps every byte, holds the source while the sink is full, and stays within its bounds', async () => {
    const from = await joined(fromSecure)
    const to = await joined(toSecure)
    to.peer.pause()
    let most = 0
    let isFull = (): void => {}
    const full = new Promise<void>((resolve) => (isFull = resolve))
    from.wire.owner = {
      received: (bytes, start, end) => {
        // In two pieces, as a body is whose framing stands between.
        const middle = start + ((end - start) >> 1)
        to.wire.forward(from.wire, bytes, start, middle)
        const taken = to.wire.forward(from.wire, bytes, middle, end)
        most = Math.max(most, to.wire.pendingBytes)
        if (!taken) isFull()
      },
      ended: () => to.wire.end(),
      drained: () => {},
      closed: () => {}
    }
    // Small records: one read of the system then brings many pieces, also behind the one that could not be written.
    if (from.peer instanceof tls.TLSSocket) from.peer.setMaxSendFragment(512)
    const size = 24 << 20
    const sent = createHash('sha1')
    const got = createHash('sha1')
    let left = size
    const pump = (): void => {
      while (left > 0) {
        const piece = randomBytes(Math.min(left, 1 + Math.floor(Math.random() * 200_000)))
        left -= piece.length
        sent.update(piece)
        if (!from.peer.write(piece)) return void from.peer.once('drain', pump)
      }
      from.peer.end()
    }
    pump()
    let bytes = 0
    to.peer.on('data', (piece: Buffer) => {
      got.update(piece)
      bytes += piece.length
      if (bytes % 7 === 0) {
        to.peer.pause()
        setImmediate(() => to.peer.resume())
      }
    })
    to.peer.pause()
    // The peer stalls until something is really held back.
    await full
    to.peer.resume()
    await once(to.peer, 'end')
    expect(bytes).toBe(size)
    expect(got.digest('hex')).toBe(sent.digest('hex'))
    expect(most).toBeLessThanOrEqual(2 * tlsQueueBytes + 65_536)
  })
})

it('reads by data events where a handle cannot be moved, with the same bytes', async () => {
  const server = net.createServer({ pauseOnConnect: true, allowHalfOpen: true }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const accepted = once(server, 'connection')
  const peer = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1')
  open.push(peer)
  const wire = SocketWire.over(((await accepted) as [net.Socket])[0], plainParts, 'data')
  const told = new Collect(wire)
  expect(wire.way).toBe('data')
  wire.start()
  const sent = randomBytes(500_000)
  const received = told.received.bind(told)
  told.received = (bytes, start, end) => {
    received(bytes, start, end)
    wire.forward(wire, bytes, start, end)
  }
  const back: Buffer[] = []
  peer.on('data', (piece: Buffer) => back.push(piece))
  peer.end(sent)
  await told.until(() => told.isEnded)
  wire.end()
  await once(peer, 'end')
  expect(Buffer.concat(back).equals(sent)).toBe(true)
  server.close()
})
