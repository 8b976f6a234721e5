import { strictWire } from '../../../shared/heads.js'
import type { HeadFault, RequestHead } from '../../../shared/heads.js'
import type { Arrival, ClientHello, ListenerSpec, Site, SiteState, TlsFailure, TlsRefusal, TlsSpec } from '../../../shared/site.js'
import type { Closing, Persist } from '../../../shared/steps.js'
import type { Decision, Trace } from '../../../shared/trace.js'
import type { ToyConfig, ToyLocation } from './config.js'
import { ToyExchange } from './exchange.js'

/** What outlives an exchange, and a reload. */
export interface ToyState extends SiteState {
  /** Origins that refused, and until when they are left alone (µs). */
  readonly restUntilUs: Map<string, number>
  /** Maps as read, by path. */
  readonly maps: Map<string, { readonly mtimeMs: number; readonly origins: ReadonlyMap<string, string> }>
  /** Scripts make time pass by this, without waiting: it is added to every time that the site is told. */
  aheadUs: number
}

export const first: Persist = { keep: true, idleMs: 60_000, headMs: 10_000 }

/** A site for tests: tiny, and real enough to be served. The name it gives for its dialect is borrowed. */
export class ToySite implements Site {
  readonly dialect = 'native'
  readonly generation: number
  readonly config: ToyConfig
  readonly state: ToyState
  readonly listeners: readonly ListenerSpec[]
  readonly findings = []
  readonly names: readonly string[]
  readonly #paths: readonly string[]

  constructor(config: ToyConfig, generation: number, previous?: ToyState) {
    this.config = config
    this.generation = generation
    this.state = previous ?? { dialect: 'native', restUntilUs: new Map(), maps: new Map(), aheadUs: 0 }
    this.listeners = config.listen.map(({ port, tls }) => ({ address: '127.0.0.1', port, tls: tls ?? false, wire: strictWire, first }))
    this.names = Object.keys(config.names ?? { localhost: {} })
    this.#paths = Object.keys(config.locations).sort((a, b) => b.length - a.length)
  }

  secure(_arrival: Arrival, hello: ClientHello): TlsSpec | TlsRefusal {
    const policy = this.config.names?.[hello.serverName ?? '']
    if (policy === undefined) return { refuse: 'alert', why: `no name ${hello.serverName ?? '(none)'} here` }
    return {
      certificate: { from: 'local', names: [hello.serverName as string] },
      alpn: ['http/1.1'],
      minVersion: 'TLSv1.2',
      maxVersion: 'TLSv1.3',
      ciphers: null,
      clientCertificates: policy.clientCertificates,
      clientCaFile: policy.clientCaFile ?? null
    }
  }

  refused(arrival: Arrival, failure: TlsFailure): Closing {
    const message = `${arrival.client.address} ${failure.serverName ?? '-'}: ${failure.message}`
    return { log: [{ level: 'info', source: 'server', code: `toy-tls-${failure.check}`, message }] }
  }

  open(arrival: Arrival, head: RequestHead | HeadFault): ToyExchange {
    return new ToyExchange(this, arrival, head)
  }

  trace(decision: Decision): Trace {
    const lines = decision.took.map((id) => {
      const path = this.#paths[id] as string
      return { verdict: 'applied', directive: path, span: null, says: `${path} takes it` } as const
    })
    return { decision, lines }
  }

  /** The location that takes a path, and its id. */
  locationOf(path: string): { readonly id: number; readonly location: ToyLocation } | null {
    const id = this.#paths.findIndex((prefix) => path.startsWith(prefix))
    return id < 0 ? null : { id, location: this.config.locations[this.#paths[id] as string] as ToyLocation }
  }
}
