import { once } from 'node:events'
import net from 'node:net'
import tls from 'node:tls'
import { nowUs } from '../../../main/engine/clock.js'
import { listen } from '../../../main/engine/listen/listener.js'
import type { Listener } from '../../../main/engine/listen/listener.js'
import { openTunnel } from '../../../main/engine/tunnel/tunnel.js'
import type { Tunnel, TunnelOptions } from '../../../main/engine/tunnel/tunnel.js'
import { connectOrigin } from '../../../main/engine/wire/connect.js'
import type { Wire } from '../../../main/engine/wire/wire.js'
import type { TunnelAccount } from '../../../shared/steps.js'

/** A client's socket and an origin's, joined by a tunnel. */
export interface Joined {
  readonly client: net.Socket
  readonly origin: net.Socket
  readonly wires: { readonly client: Wire; readonly origin: Wire }
  readonly tunnel: Tunnel
  readonly ended: Promise<TunnelAccount>
}

const originTls = { serverName: null, checkName: null, verify: null, checkExpiry: false, certificate: null, alpn: [], addressNames: false }

/** A listener and an origin; each `join` is one tunnel between them. Both sides speak TLS where there is a key pair. */
export class TunnelStand {
  readonly #origin: net.Server
  readonly #secure: boolean
  listener!: Listener
  #arrived: (wire: Wire) => void = () => {}
  readonly #open: { destroy(): void }[] = []

  private constructor(origin: net.Server, secure: boolean) {
    this.#origin = origin
    this.#secure = secure
  }

  static async open(pair: { readonly cert: string; readonly key: string } | null = null): Promise<TunnelStand> {
    const origin =
      pair === null ? net.createServer({ allowHalfOpen: true }) : tls.createServer({ ...pair, allowHalfOpen: true } as tls.TlsOptions)
    origin.listen(0, '127.0.0.1')
    await once(origin, 'listening')
    const stand = new TunnelStand(origin, pair !== null)
    const onWire = (wire: Wire): void => {
      wire.pause()
      stand.#arrived(wire)
    }
    stand.listener = await listen({
      address: '127.0.0.1',
      port: 0,
      onPlain: onWire,
      ...(pair === null
        ? {}
        : { secure: { secure: () => ({ key: 'all', options: pair }), onSecure: onWire, onNotTls: () => {}, onTlsFailure: () => {} } })
    })
    return stand
  }

  async join(options: Partial<TunnelOptions> = {}): Promise<Joined> {
    const arrived = new Promise<Wire>((resolve) => (this.#arrived = resolve))
    const accepted = once(this.#origin, this.#secure ? 'secureConnection' : 'connection') as Promise<[net.Socket]>
    const plain = net.connect({ port: this.listener.port, host: '127.0.0.1', allowHalfOpen: true })
    const client = this.#secure ? tls.connect({ socket: plain, rejectUnauthorized: false }) : plain
    const target = { host: '127.0.0.1', port: (this.#origin.address() as net.AddressInfo).port, tls: this.#secure ? originTls : null }
    const connected = await connectOrigin(target, target, { connectMs: 5000 }).result
    if ('failure' in connected) throw new Error(connected.failure.message)
    const wires = { client: await arrived, origin: connected.wire }
    const [origin] = await accepted
    this.#open.push(client, origin, wires.client, wires.origin)
    for (const socket of [client, origin]) socket.on('error', () => {}).pause()
    let end: (account: TunnelAccount) => void = () => {}
    const ended = new Promise<TunnelAccount>((resolve) => (end = resolve))
    const tunnel = openTunnel({
      client: wires.client,
      origin: wires.origin,
      idle: { ms: 0, counts: 'either' },
      halfClose: { fromClient: 'pass', fromServer: 'pass' },
      tap: { recorder: null, exchange: 7, connection: 3, websocket: true },
      earlyFromClient: null,
      earlyFromServer: null,
      nowUs,
      onEnd: end,
      ...options
    })
    return { client, origin, wires, tunnel, ended }
  }

  async close(): Promise<void> {
    for (const socket of this.#open.splice(0)) socket.destroy()
    await this.listener.close()
    await new Promise((resolve) => this.#origin.close(resolve))
  }
}

/** The next `count` bytes of a socket. */
export async function take(socket: net.Socket, count: number): Promise<Buffer> {
  const pieces: Buffer[] = []
  let have = 0
  while (have < count) {
    const piece = (socket.read(Math.min(count - have, socket.readableLength || 1)) ?? null) as Buffer | null
    if (piece === null) await once(socket, 'readable')
    else {
      pieces.push(piece)
      have += piece.length
    }
  }
  return Buffer.concat(pieces)
}
