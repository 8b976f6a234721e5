import { once } from 'node:events'
import net from 'node:net'
import tls from 'node:tls'
import { openTunnel } from '../../../main/engine/tunnel/tunnel.js'
import { listen } from '../../../main/engine/listen/listener.js'
import { connectOrigin } from '../../../main/engine/wire/connect.js'
import { stallCounts } from '../../../main/engine/wire/socket-wire.js'
import type { Wire } from '../../../main/engine/wire/wire.js'
import { nowUs } from '../../../main/engine/clock.js'
import type { TunnelAccount } from '../../../shared/steps.js'
import { LeakyRecorder } from './leaky-recorder.js'

/**
 * The byte-identity property of the tunnel: whatever goes in at one end comes out at the other, both ways at once, over
 * real sockets. Now and then one way is so long, and its reader stopped until the proxy's wire has bytes pending, that
 * sources are held and buffers lent; a side resets right behind its bytes instead of ending; a wire is paused between a
 * read and the moment it is told. Every other tunnel is recorded. Knows no test runner, so that another runtime (Electron) can run it as well.
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
  /** Cases whose reader stood still until the proxy had bytes pending; cases that a side ended by a reset. */
  readonly stalled: number
  readonly reset: number
  /** How often meanwhile a source was held, a read buffer lent, bytes kept. */
  readonly counts: typeof stallCounts
  /** Bytes that the recorders took, and had no room for. */
  readonly recorded: { readonly taken: number; readonly lost: number }
  /** What went wrong, with the seed of its case. Empty: nothing. */
  readonly failures: readonly string[]
}

/** How many tunnels are open at a time. */
const concurrency = 16
const caseTimeoutMs = 60_000
/** Every so many seeds one way is long: more than the system takes of it on both sides of a reader that stands still. */
const longEvery = 97
const longBytes = 12_000_000
/** So much has left its sender, and is on its way, when the reset follows it. */
const resetBytes = 32_768

export async function runIdentity(options: IdentityOptions): Promise<IdentityResult> {
  const stand = await Stand.open(options)
  const failures: string[] = []
  const before = { ...stallCounts }
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
  const { held, lent, kept } = stallCounts
  const counts = { held: held - before.held, lent: lent - before.lent, kept: kept - before.kept }
  return { cases: next, bytes, frames, stalled: stand.stalled, reset: stand.reset, counts, recorded: stand.recorded, failures }
}

/** From here on it would be no chance that no read brought bytes after a pause: that is up to the system. */
const enoughToKeep = 1000

/** Whether the cases came to what they are for. Towards TLS no buffer is lent. */
export function didStall(client: 'plain' | 'tls', origin: 'plain' | 'tls'): (result: IdentityResult) => boolean {
  const lends = client === 'plain' || origin === 'plain'
  return ({ cases, stalled, reset, recorded, counts: { held, lent, kept } }) =>
    recorded.taken > recorded.lost &&
    recorded.lost > 0 &&
    stalled >= Math.floor(cases / longEvery) &&
    reset > 0 &&
    held > 0 &&
    (kept > 0 || cases < enoughToKeep) &&
    (lends ? lent > 0 : lent === 0)
}

type Side = 'client' | 'origin'
const other = { client: 'origin', origin: 'client' } as const

/** What one case is, all of it from its seed. */
interface Plan {
  readonly up: Buffer
  readonly down: Buffer
  /** Whose reader stands still until the proxy has bytes pending for it. */
  readonly stalls: Side | null
  /** Who resets behind its bytes; the other side then sends nothing, so that no write of ours meets the reset first. */
  readonly resets: Side | null
}

function planOf(seed: number, { client, origin }: IdentityOptions, chance: () => number): Plan {
  if (seed % longEvery === 0) {
    // In turn, so that two of them are one each way.
    const side = (seed / longEvery) % 2 === 0 ? 'client' : 'origin'
    const [long, short] = [longStream(chance), stream(chance)]
    return side === 'client' ? { up: short, down: long, stalls: side, resets: null } : { up: long, down: short, stalls: side, resets: null }
  }
  const side = chance() < 0.5 ? 'client' : 'origin'
  const [up, down] = [stream(chance), stream(chance)]
  const sent = side === 'client' ? up : down
  // Only the client's plain socket can be reached below its TLS.
  const can = side === 'client' || (client === 'plain' && origin === 'plain')
  if (chance() >= 0.1 || !can || sent.length > resetBytes) return { up, down, stalls: null, resets: null }
  const nothing = Buffer.alloc(0)
  return side === 'client' ? { up, down: nothing, stalls: null, resets: side } : { up: nothing, down, stalls: null, resets: side }
}

/** An origin, and a listener whose wires are joined to it. One case is one connection through both. */
class Stand {
  readonly #options: IdentityOptions
  readonly #origin: net.Server
  readonly #close: () => Promise<void>
  readonly #port: number
  /** Tunnels that ended, by the client's port. */
  readonly #ended = new Map<number, (account: TunnelAccount) => void>()
  /** The proxy's two wires of a case, by the client's port. */
  readonly #wires = new Map<number, Readonly<Record<Side, Wire>>>()
  readonly #recorders = new Map<number, LeakyRecorder>()
  recorded = { taken: 0, lost: 0 }
  stalled = 0
  reset = 0
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
    const plan = planOf(seed, this.#options, chance)
    const { socket: client, plain } = await this.#dial()
    const port = client.localPort as number
    const arrived = new Promise<net.Socket>((resolve) => this.#arrivals.set(port, resolve))
    const account = new Promise<TunnelAccount>((resolve) => this.#ended.set(port, resolve))
    const name = Buffer.alloc(4)
    name.writeUInt32BE(port)
    const recorder = seed % 2 === 0 ? null : recorderOf(seed, name, plan)
    if (recorder !== null) this.#recorders.set(port, recorder)
    client.write(name)
    const late = timer(caseTimeoutMs)
    const work = (async () => {
      const origin = await arrived
      const wires = this.#wires.get(port) as Record<Side, Wire>
      this.#wires.delete(port)
      const [fromClient, fromOrigin] = [resetterOf('client', plan, plain), resetterOf('origin', plan, origin)]
      const ends = [
        feed(client, plan.up, chance, fromClient),
        feed(origin, plan.down, chance, fromOrigin),
        plan.resets === 'origin' ? Promise.resolve(null) : this.#read('origin', origin, plan, wires, chance),
        plan.resets === 'client' ? Promise.resolve(null) : this.#read('client', client, plan, wires, chance)
      ]
      const wrong = (await Promise.all(ends)).find((word) => word !== null)
      if (wrong !== undefined) return wrong
      if (plan.resets !== null) this.reset++
      const verdict = judge(await account, plan)
      if (recorder === null) return verdict
      this.recorded = { taken: this.recorded.taken + recorder.taken, lost: this.recorded.lost + recorder.lost }
      return recorder.wrong ?? verdict
    })()
    const result = await Promise.race([work, late.over])
    late.clear()
    client.destroy()
    return result
  }

  /** Reads one side to its FIN; the proxy's wires are meddled with meanwhile. */
  async #read(side: Side, socket: net.Socket, plan: Plan, wires: Record<Side, Wire>, chance: () => number): Promise<string | null> {
    if (plan.stalls === side && (await pending(wires[side]))) this.stalled++
    const expected = side === 'client' ? plan.down : plan.up
    return await drain(socket, expected, side === 'client' ? 'down' : 'up', chance, () => {
      if (chance() < 0.1) pauseFor(wires[chance() < 0.5 ? side : other[side]], chance)
    })
  }

  async close(): Promise<void> {
    await this.#close()
    await new Promise<void>((resolve) => this.#origin.close(() => resolve()))
  }

  async #dial(): Promise<{ socket: net.Socket; plain: net.Socket }> {
    const plain = net.connect({ port: this.#port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    const socket = this.#options.client === 'tls' ? tls.connect({ socket: plain, rejectUnauthorized: false }) : plain
    await once(socket, this.#options.client === 'tls' ? 'secureConnect' : 'connect')
    Object.defineProperty(socket, 'localPort', { value: plain.localPort })
    socket.on('error', () => {})
    plain.on('error', () => {})
    return { socket, plain }
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
    this.#wires.set(client.remote.port, { client, origin: connected.wire })
    const early = Buffer.alloc(4)
    early.writeUInt32BE(client.remote.port)
    const recorder = this.#recorders.get(client.remote.port) ?? null
    this.#recorders.delete(client.remote.port)
    openTunnel({
      client,
      origin: connected.wire,
      idle: { ms: 60_000, counts: 'either' },
      halfClose: { fromClient: 'pass', fromServer: 'pass' },
      tap: { recorder, exchange: 1, connection: 1, websocket: true },
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

/** The tunnel's early bytes and those that name the case stand before what the client sends. Its chance is its own. */
function recorderOf(seed: number, name: Buffer, { up, down }: Plan): LeakyRecorder {
  return new LeakyRecorder({ up: Buffer.concat([name, name, up]), down }, generator(seed ^ 0x5eed))
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

/** Frames of up to 400 kB, cut from one noise, since making so much anew takes longer than sending it. */
function longStream(chance: () => number): Buffer {
  const pieces: Buffer[] = []
  for (let size = 0; size < longBytes;) {
    const length = 65_536 + Math.floor(chance() * 334_464)
    const at = Math.floor(chance() * (longNoise.length - length))
    const header = Buffer.from([0x82, 127, 0, 0, 0, 0, 0, 0, 0, 0])
    header.writeUIntBE(length, 4, 6)
    pieces.push(header, longNoise.subarray(at, at + length))
    size += length
  }
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

const longNoise = noise(() => 0.5, 1_500_000)

/** How a side ends behind its bytes, where it does so by a reset. */
function resetterOf(side: Side, { resets }: Plan, socket: net.Socket): (() => void) | null {
  return resets === side ? () => void socket.resetAndDestroy() : null
}

/** Until the proxy holds bytes back for it. False: it did not come to that. */
async function pending(wire: Wire): Promise<boolean> {
  const until = performance.now() + caseTimeoutMs / 2
  // Over TLS something is pending for a moment after each write: it must stay.
  for (let turns = 0; turns < 20; turns = wire.pendingBytes > 0 ? turns + 1 : 0) {
    if (performance.now() > until) return false
    await turn()
  }
  return true
}

/** Called where the loop reads sockets, so that what a wire has read in this turn is not told yet. */
function pauseFor(wire: Wire, chance: () => number): void {
  wire.pause()
  if (chance() < 0.5) process.nextTick(() => wire.resume())
  else void turn().then(() => wire.resume())
}

/** Writes it in random pieces, now and then a turn of the loop apart, then FIN, or a reset right behind the last piece. */
async function feed(socket: net.Socket, bytes: Buffer, chance: () => number, reset: (() => void) | null): Promise<null> {
  let at = 0
  while (at < bytes.length) {
    const size = 1 + Math.floor(chance() * (chance() < 0.5 ? 20 : 70_000))
    const taken = socket.write(bytes.subarray(at, at + size))
    at += size
    if (!taken) await once(socket, 'drain')
    if (chance() < 0.3) await turn()
  }
  if (reset === null) socket.end()
  else {
    // The system has all of it when an empty write behind it is over.
    await new Promise((resolve) => socket.write('', resolve))
    reset()
  }
  return null
}

/** Reads to the FIN, stalling now and then. */
async function drain(socket: net.Socket, expected: Buffer, way: string, chance: () => number, meddle: () => void): Promise<string | null> {
  let at = 0
  let wrong: string | null = null
  socket.on('data', (bytes: Buffer) => {
    if (wrong === null && expected.compare(bytes, 0, bytes.length, at, Math.min(at + bytes.length, expected.length)) !== 0) {
      wrong = `${way}: other bytes within ${bytes.length} at ${at} of ${expected.length}`
    }
    at += bytes.length
    meddle()
    if (chance() > 0.2) return
    socket.pause()
    void turn().then(() => socket.resume())
  })
  socket.resume()
  if (!socket.readableEnded) await once(socket, 'end')
  return wrong ?? (at === expected.length ? null : `${way}: ${at} bytes of ${expected.length}`)
}

function judge(account: TunnelAccount, { up, down }: Plan): TunnelAccount | string {
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
