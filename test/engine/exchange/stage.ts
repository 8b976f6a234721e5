import { once } from 'node:events'
import net from 'node:net'
import tls from 'node:tls'
import type { Certificates } from '../../../main/engine/certificates.js'
import { Engine } from '../../../main/engine/engine.js'
import type { EngineParts, OpenListener } from '../../../main/engine/engine.js'
import type { Site } from '../../../shared/site.js'
import type { LogEntry } from '../../../shared/steps.js'
import { Notes } from './notes.js'
import { Peer } from './peer.js'

export interface StageParts extends Partial<Pick<EngineParts, 'certificates' | 'gate' | 'maps' | 'keepPorts'>> {
  /** Without: capture is off, and nothing can be awaited of what the engine notes. */
  readonly notes?: Notes | null
}

const noCertificates: Certificates = { pair: () => Promise.reject(new Error('this stage has no certificates')) }

/** The real engine on free ports of loopback, with a site to serve and clients that do as a script says. */
export class Stage {
  readonly engine: Engine
  readonly log: LogEntry[] = []
  readonly notes: Notes
  readonly #clients = new Set<net.Socket>()

  constructor(parts: StageParts = {}) {
    this.notes = parts.notes ?? new Notes()
    this.engine = new Engine({
      certificates: parts.certificates ?? noCertificates,
      recorder: parts.notes === null ? null : this.notes,
      maps: parts.maps ?? [],
      keepPorts: parts.keepPorts ?? false,
      gate: parts.gate ?? null,
      onLog: (entry) => this.log.push(entry),
      chance: () => 0.5,
      first: { exchange: 1, connection: 1 }
    })
  }

  static async serving(site: Site, parts: StageParts = {}): Promise<Stage> {
    const stage = new Stage(parts)
    await stage.serve(site)
    return stage
  }

  /** Every listener of the site on a free port of its own; one that is there already stays. */
  async serve(site: Site): Promise<void> {
    await this.engine.apply(
      site,
      site.listeners.map((spec) => ({ spec, address: '127.0.0.1', port: 0 }))
    )
  }

  get port(): number {
    return (this.engine.listeners[0] as OpenListener).port
  }

  async client(name = 'client', port = this.port): Promise<Peer> {
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    this.#clients.add(socket)
    await once(socket, 'connect')
    return new Peer(socket, name)
  }

  /** Over TLS; the handshake's outcome is the peer's to await. */
  tlsClient(name: string, options: tls.ConnectionOptions): { readonly peer: Peer; readonly taken: Promise<boolean> } {
    const below = net.connect({ port: this.port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    const socket = tls.connect({ socket: below, ...options })
    this.#clients.add(socket)
    const taken = new Promise<boolean>((resolve) => {
      socket.once('secureConnect', () => resolve(true))
      socket.once('close', () => resolve(false))
    })
    return { peer: new Peer(socket, name, below), taken }
  }

  /**
   * What was done to the engine before has been noticed by it: a connection made later is there, and a turn of the loop
   * is over with its last phase, in which sockets say that they are closed.
   */
  async caughtUp(): Promise<void> {
    const mark = net.connect(this.port, '127.0.0.1')
    await once(mark, 'connect')
    mark.destroy()
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
  }

  async close(how: 'now' | 'graceful' = 'now'): Promise<void> {
    await this.engine.close(how)
    for (const client of this.#clients) client.destroy()
  }
}
