import type { OutlineHost } from '../../../shared/contract.js'
import { strictWire } from '../../../shared/heads.js'
import type { HeadFault, RequestHead } from '../../../shared/heads.js'
import type {
  Arrival,
  ClientHello,
  DirectiveText,
  ListenerSpec,
  Site,
  SiteState,
  TlsFailure,
  TlsRefusal,
  TlsSpec
} from '../../../shared/site.js'
import type { Closing } from '../../../shared/steps.js'
import type { Decision, Finding, Trace } from '../../../shared/trace.js'
import { certificateFor } from './certificates.js'
import type { NamedCertificate } from './certificates.js'
import type { NativeDirective } from './directives.js'
import { NativeExchange } from './exchange.js'
import { defaults } from './native-config.js'
import { outlineOf } from './outline.js'
import { hostName } from './request-head.js'
import type { Wanted } from './request-head.js'
import { kept } from './response-head.js'
import { hostFits, inOrder, pathFits } from './routes.js'
import type { Route } from './routes.js'
import { traceOf } from './trace.js'

export interface NativeListener {
  readonly address: string
  readonly port: number
  readonly tls: boolean
}

/** What a config came to. */
export interface NativeParts {
  readonly generation: number
  readonly listeners: readonly NativeListener[]
  readonly certificates: readonly NamedCertificate[]
  readonly routes: readonly Route[]
  readonly directives: readonly NativeDirective[]
  readonly findings: readonly Finding[]
}

/** Nothing outlives an exchange here, so a reload has nothing to hand over. */
const noState: SiteState = { dialect: 'native' }

export class NativeSite implements Site {
  readonly dialect = 'native'
  readonly generation: number
  readonly state = noState
  readonly listeners: readonly ListenerSpec[]
  readonly findings: readonly Finding[]
  readonly names: readonly string[]
  readonly directives: readonly DirectiveText[]
  /** The decision of a request that came to none. */
  readonly undecided: Decision
  readonly #routes: readonly Route[]
  readonly #byHost: boolean
  readonly #certificates: readonly NamedCertificate[]
  readonly #native: readonly NativeDirective[]
  readonly #plain: ReadonlyMap<Route, Decision>
  readonly #upgraded: ReadonlyMap<Route, Decision>

  constructor(parts: NativeParts) {
    const { generation } = parts
    this.generation = generation
    this.listeners = parts.listeners.map((one) => ({ ...one, wire: strictWire, first: kept }))
    this.findings = parts.findings
    this.#routes = inOrder(parts.routes)
    this.#byHost = parts.routes.some(({ host }) => host !== null)
    this.#certificates = parts.certificates
    this.names = namesOf(parts)
    this.#native = parts.directives
    this.directives = parts.directives.map(({ text, file, line }) => ({ text, file, line }))
    this.undecided = { generation, took: [], missed: [], route: -1 }
    this.#plain = new Map(parts.routes.map((route) => [route, { generation, took: route.took.plain, missed: [], route: route.id }]))
    this.#upgraded = new Map(parts.routes.map((route) => [route, { generation, took: route.took.upgraded, missed: [], route: route.id }]))
  }

  secure(_arrival: Arrival, hello: ClientHello): TlsSpec | TlsRefusal {
    return {
      certificate: certificateFor(this.#certificates, this.names, hello.serverName),
      alpn: ['http/1.1'],
      minVersion: 'TLSv1.2',
      maxVersion: 'TLSv1.3',
      ciphers: null,
      clientCertificates: 'none',
      clientCaFile: null
    }
  }

  refused(arrival: Arrival, failure: TlsFailure): Closing {
    const asked = failure.serverName === null ? 'no name' : failure.serverName
    const message = `TLS with ${arrival.client.address}, who asked for ${asked}, failed: ${failure.message}`
    return { log: [{ level: 'warning', source: 'switchyard', code: `client-tls-${failure.check}`, message }] }
  }

  open(arrival: Arrival, head: RequestHead | HeadFault): NativeExchange {
    return new NativeExchange(this, arrival, head)
  }

  outline(): readonly OutlineHost[] {
    return outlineOf(this.#routes, this.#native, this.listeners)
  }

  trace(decision: Decision, request: RequestHead | null): Trace {
    return traceOf(decision, request, this.#routes, this.#native)
  }

  /** The route that takes a request, and what is noted of that; routes that only the host kept away are noted as missed. */
  routeFor(wanted: Wanted): { readonly route: Route | null; readonly decision: Decision } {
    const host = this.#byHost ? hostName(wanted.authority) : ''
    let missed: number[] | null = null
    for (const route of this.#routes) {
      if (!pathFits(route, wanted.path)) continue
      if (hostFits(route, host)) return { route, decision: this.#with(this.#plain.get(route) as Decision, missed) }
      missed ??= []
      missed.push(route.id)
    }
    return { route: null, decision: this.#with(this.undecided, missed) }
  }

  /** The same once the request turned out to ask for an upgrade that its route lets pass. */
  upgraded(route: Route, decision: Decision): Decision {
    return this.#with(this.#upgraded.get(route) as Decision, decision.missed)
  }

  #with(decision: Decision, missed: readonly number[] | null): Decision {
    return missed === null || missed.length === 0 ? decision : { ...decision, missed }
  }
}

/** Names that a local authority must cover. */
function namesOf({ certificates, routes }: NativeParts): readonly string[] {
  const named = [...certificates.flatMap(({ names }) => names), ...routes.flatMap(({ host }) => (host === null ? [] : [host]))]
  return named.length === 0 ? ['localhost'] : [...new Set(named)]
}

export function defaultListeners(options: readonly NativeListener[] | undefined): readonly NativeListener[] {
  if (options !== undefined && options.length > 0) return options
  return [{ address: defaults.address, port: defaults.port, tls: false }]
}
