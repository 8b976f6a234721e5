import { once } from 'node:events'
import net from 'node:net'
import tls from 'node:tls'
import { openTunnel } from '../../../main/engine/tunnel/tunnel.js'
import { listen } from '../../../main/engine/listen/listener.js'
import { connectOrigin } from '../../../main/engine/wire/connect.js'
import type { Wire } from '../../../main/engine/wire/wire.js'
import { nowUs } from '../../../main/engine/clock.js'
import type { TunnelAccount } from '../../../shared/steps.js'

/**
 * The byte-identity property of the tunnel: whatever goes in at one end comes out at the other, both ways at once, over
 * real sockets. Knows no test runner, so that another runtime (Electron) can run it as well.
 */
export interface IdentityOptions {
  readonly cases: number
  readonly seed: number
  readonly client: 'plain' | 'tls'
  readonly origin: 'plain' | 'tls'
  readonly pair: { readonly cert: string; readonly key: string }
}
export interface IdentityResult {
  readonly cases: number
  readonly bytes: number
  readonly frames: number
  /** What went wrong, with the seed of its case. Empty: nothing. */
  readonly failures: readonly string[]
}

/** How many tunnels are open at a time. */
const concurrency = 16
const caseTimeoutMs = 20_000

export async function runIdentity(options: IdentityOptions): Promise<IdentityResult> {
  const stand = await Stand.open(options)
  const failures: string[] = []
  let [next, bytes, frames] = [0, 0, 0]
  const worker = async (): Promise<void> => {
    while (next < options.cases && failures.length < 5) {
      const seed = options.seed + next++
      const result = await stand.run(seed)
      if (typeof result === 'string') failures.push(`seed ${seed}: ${result}`)
      else {
        bytes += result.bytesFromClient + result.bytesFromServer
        frames += result.framesFromClient + result.framesFromServer
      }
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
  await stand.close()
  return { cases: next, bytes, frames, failures }
}

/** An origin, and a listener whose wires are joined to it. One case is one connection through both. */
class Stand {
  readonly #options: IdentityOptions
  readonly #origin: net.Server
  readonly #close: () => Promise<void>
  readonly #port: number
  /** Tunnels that ended, by the client's port. */
  readonly #ended = new Map<number, (account: TunnelAccount) => void>()
  /** Who waits at the origin's side, by the number that the client sends first. */
  readonly #arrivals = new Map<number, (socket: net.Socket) => void>()

  private constructor(options: IdentityOptions, origin: net.Server, port: number, close: () => Promise<void>) {
    this.#options = options
    this.#origin = origin
    this.#port = port
    this.#close = close
  }

  static async open(options: IdentityOptions): Promise<Stand> {
    const accept = (socket: net.Socket): void => stand.#arrived(socket)
    const origin =
      options.origin === 'tls'
        ? tls.createServer({ ...options.pair, allowHalfOpen: true } as tls.TlsOptions, accept)
        : net.createServer({ allowHalfOpen: true }, accept)
    origin.listen(0, '127.0.0.1')
    await once(origin, 'listening')
    const originPort = (origin.address() as net.AddressInfo).port
    const join = (client: Wire): void => void stand.#join(client, originPort)
    const listener = await listen({
      address: '127.0.0.1',
      port: 0,
      onPlain: join,
      ...(options.client === 'tls'
        ? {
            secure: {
              secure: () => ({ key: 'all', options: options.pair }),
              onSecure: join,
              onNotTls: (wire: Wire) => wire.destroy(),
              onTlsFailure: () => {}
            }
          }
        : {})
    })
    const stand = new Stand(options, origin, listener.port, () => listener.close())
    return stand
  }

  async run(seed: number): Promise<TunnelAccount | string> {
    const chance = generator(seed)
    const up = stream(chance)
    const down = stream(chance)
    const client = await this.#dial()
    const port = client.localPort as number
    const arrived = new Promise<net.Socket>((resolve) => this.#arrivals.set(port, resolve))
    const account = new Promise<TunnelAccount>((resolve) => this.#ended.set(port, resolve))
    const name = Buffer.alloc(4)
    name.writeUInt32BE(port)
    client.write(name)
    const late = timer(caseTimeoutMs)
    const work = (async () => {
      const origin = await arrived
      const ends = [
        feed(client, up, chance),
        feed(origin, down, chance),
        drain(origin, up, 'up', chance),
        drain(client, down, 'down', chance)
      ]
      const wrong = (await Promise.all(ends)).find((word) => word !== null)
      if (wrong !== undefined) return wrong
      return judge(await account, up, down)
    })()
    const result = await Promise.race([work, late.over])
    late.clear()
    client.destroy()
    return result
  }

  async close(): Promise<void> {
    await this.#close()
    await new Promise<void>((resolve) => this.#origin.close(() => resolve()))
  }

  async #dial(): Promise<net.Socket> {
    const plain = net.connect({ port: this.#port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    const socket = this.#options.client === 'tls' ? tls.connect({ socket: plain, rejectUnauthorized: false }) : plain
    await once(socket, this.#options.client === 'tls' ? 'secureConnect' : 'connect')
    Object.defineProperty(socket, 'localPort', { value: plain.localPort })
    socket.on('error', () => {})
    return socket
  }

  /** Waits for the four bytes that say whose case this is: they are the tunnel's early bytes as well. */
  async #join(client: Wire, port: number): Promise<void> {
    client.pause()
    const tlsOrigin = {
      serverName: null,
      checkName: null,
      verify: null,
      checkExpiry: false,
      certificate: null,
      alpn: [],
      addressNames: false
    }
    const target = { host: '127.0.0.1', port, tls: this.#options.origin === 'tls' ? tlsOrigin : null }
    const connected = await connectOrigin(target, target, { connectMs: 5000 }).result
    if ('failure' in connected) throw new Error(connected.failure.message)
    const early = Buffer.alloc(4)
    early.writeUInt32BE(client.remote.port)
    openTunnel({
      client,
      origin: connected.wire,
      idle: { ms: 60_000, counts: 'either' },
      halfClose: { fromClient: 'pass', fromServer: 'pass' },
      tap: { recorder: null, exchange: 1, connection: 1, websocket: true },
      earlyFromClient: early,
      earlyFromServer: null,
      nowUs,
      onEnd: (account) => {
        this.#ended.get(client.remote.port)?.(account)
        this.#ended.delete(client.remote.port)
      }
    })
  }

  /** The first eight bytes: the early ones, and those that the client sent. */
  #arrived(socket: net.Socket): void {
    socket.on('error', () => {})
    socket.pause()
    const look = (): void => {
      const bytes = socket.read(8) as Buffer | null
      if (bytes === null) return void socket.once('readable', look)
      const port = bytes.readUInt32BE(0)
      const found = bytes.readUInt32BE(4) === port ? this.#arrivals.get(port) : undefined
      this.#arrivals.delete(port)
      if (found === undefined) socket.destroy()
      else found(socket)
    }
    look()
  }
}

/** A small generator of chance (mulberry32), so that a case repeats by its seed. */
function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Valid frames, frames with any first byte and mask, wrong lengths, and bytes that are no frames. Now and then a large one. */
function stream(chance: () => number): Buffer {
  const pieces: Buffer[] = []
  const count = Math.floor(chance() * 6)
  for (let i = 0; i < count; i++) pieces.push(chance() < 0.2 ? noise(chance, Math.floor(chance() * 200)) : frame(chance))
  return Buffer.concat(pieces)
}

function frame(chance: () => number): Buffer {
  const size = Math.floor(chance() < 0.02 ? chance() * 400_000 : chance() < 0.3 ? chance() * 5000 : chance() * 130)
  const valid = chance() < 0.7
  const first = valid ? 0x80 | (1 + Math.floor(chance() * 2)) : Math.floor(chance() * 256)
  const masked = chance() < 0.5 ? 128 : 0
  const claimed = valid ? size : Math.floor(size * chance() * 2)
  const header = Buffer.alloc(14)
  header[0] = first
  let at = 2
  if (claimed < 126) header[1] = masked | claimed
  else if (claimed < 65_536) {
    header[1] = masked | 126
    at = header.writeUInt16BE(claimed, 2)
  } else {
    header[1] = masked | 127
    at = header.writeUIntBE(claimed, 4, 6)
  }
  if (masked !== 0) at = header.writeUInt32BE(Math.floor(chance() * 4_294_967_296), at)
  return Buffer.concat([header.subarray(0, at), noise(chance, size)])
}

function noise(chance: () => number, size: number): Buffer {
  const bytes = Buffer.alloc(size)
  let state = Math.floor(chance() * 4_294_967_296)
  for (let at = 0; at < size; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    bytes[at] = state >>> 24
  }
  return bytes
}

/** Writes it in random pieces, now and then a turn of the loop apart, then FIN. */
async function feed(socket: net.Socket, bytes: Buffer, chance: () => number): Promise<null> {
  let at = 0
  while (at < bytes.length) {
    const size = 1 + Math.floor(chance() * (chance() < 0.5 ? 20 : 70_000))
    const taken = socket.write(bytes.subarray(at, at + size))
    at += size
    if (!taken) await once(socket, 'drain')
    if (chance() < 0.3) await turn()
  }
  socket.end()
  return null
}

/** Reads to the FIN, stalling now and then. */
async function drain(socket: net.Socket, expected: Buffer, way: string, chance: () => number): Promise<string | null> {
  let at = 0
  let wrong: string | null = null
  socket.on('data', (bytes: Buffer) => {
    if (wrong === null && expected.compare(bytes, 0, bytes.length, at, Math.min(at + bytes.length, expected.length)) !== 0) {
      wrong = `${way}: other bytes within ${bytes.length} at ${at} of ${expected.length}`
    }
    at += bytes.length
    if (chance() > 0.2) return
    socket.pause()
    void turn().then(() => socket.resume())
  })
  socket.resume()
  if (!socket.readableEnded) await once(socket, 'end')
  return wrong ?? (at === expected.length ? null : `${way}: ${at} bytes of ${expected.length}`)
}

function judge(account: TunnelAccount, up: Buffer, down: Buffer): TunnelAccount | string {
  const counted = [account.bytesFromClient, account.bytesFromServer]
  // Four early bytes, and four by which the origin knows the case.
  if (counted[0] !== up.length + 8 || counted[1] !== down.length)
    return `counted ${counted.join(' and ')} bytes of ${up.length + 8} and ${down.length}`
  return account
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function timer(ms: number): { readonly over: Promise<string>; clear(): void } {
  let handle: NodeJS.Timeout
  const over = new Promise<string>((resolve) => (handle = setTimeout(() => resolve(`not over after ${ms} ms`), ms)))
  return { over, clear: () => clearTimeout(handle) }
}
