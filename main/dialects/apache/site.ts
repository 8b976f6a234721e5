import type { OutlineHost } from '../../../shared/contract.js'
import type { HeadFault, RequestHead } from '../../../shared/heads.js'
import type { Arrival, ClientHello, Exchange, ListenerSpec, Site, TlsFailure, TlsRefusal, TlsSpec } from '../../../shared/site.js'
import type { Closing } from '../../../shared/steps.js'
import type { Decision, Finding, Trace } from '../../../shared/trace.js'
import { selectByName, VirtualHosts } from './core/vhosts.js'
import { ApacheExchange } from './request/exchange.js'
import { listenerKey, type Listeners } from './listeners.js'
import { outlineOf } from './outline.js'
import type { ApacheState } from './proxy/state.js'
import type { Servers } from './servers.js'
import { localTls } from './ssl/secure.js'
import { traceOf } from './trace.js'
import type { Tree } from './tree.js'

/** A config of httpd, ready to decide. */
export class ApacheSite implements Site {
  readonly dialect = 'apache'
  readonly generation: number
  readonly state: ApacheState
  readonly listeners: readonly ListenerSpec[]
  readonly findings: readonly Finding[]
  readonly names: readonly string[]
  readonly directives: readonly { readonly text: string; readonly file: string; readonly line: number }[]
  readonly #tree: Tree
  readonly #servers: Servers
  readonly #hosts: VirtualHosts
  readonly #askedTls: ReadonlySet<string>

  constructor(tree: Tree, servers: Servers, { specs, askedTls }: Listeners, findings: readonly Finding[]) {
    this.#tree = tree
    this.#servers = servers
    this.#hosts = new VirtualHosts(servers.main, servers.addresses)
    this.generation = servers.main.site.generation
    this.state = servers.main.site.state
    this.listeners = specs
    this.#askedTls = askedTls
    this.findings = findings
    this.names = [...new Set(servers.all.flatMap((server) => [server.name, ...server.conf.core.aliases]))]
    this.directives = tree.byId.map((each) => ({ text: written(each), file: each.span.file, line: each.span.line }))
  }

  secure(arrival: Arrival, hello: ClientHello): TlsSpec | TlsRefusal {
    const { server, set } = this.#hosts.at(arrival.address, arrival.port)
    const named = hello.serverName === null ? null : selectByName(set, hello.serverName.toLowerCase().replace(/\.$/, ''), arrival.port)
    const { tls, conf, name } = named ?? server
    if (tls !== null) return tls
    if (this.#askedTls.has(listenerKey(arrival.listener))) return localTls(conf, name)
    return { refuse: 'close', why: `${name} has no SSLEngine on: it reads the hello as a plain request` }
  }

  refused(arrival: Arrival, failure: TlsFailure): Closing {
    const { server } = this.#hosts.at(arrival.address, arrival.port)
    const { address, port } = arrival.client
    const message = `[ssl:info] [client ${address}:${port}] AH02008: SSL library error 1 in handshake (server ${server.name}:${arrival.port}): ${failure.message}`
    return { log: [{ level: 'info', source: 'server', code: 'AH02008', message }] }
  }

  open(arrival: Arrival, head: RequestHead | HeadFault): Exchange {
    return new ApacheExchange(this.#hosts.at(arrival.address, arrival.port), arrival, head)
  }

  outline(): readonly OutlineHost[] {
    return outlineOf(this.#tree, this.#servers, this.listeners, this.findings)
  }

  trace(decision: Decision, request: RequestHead | null): Trace {
    return traceOf({ tree: this.#tree, findings: this.findings, servers: this.#servers.all }, decision, request)
  }
}

export function written(directive: { readonly name: string; readonly text: string; readonly section: boolean }): string {
  const text = directive.text.trim()
  return `${directive.name}${text === '' ? '' : ` ${text}`}${directive.section && !text.endsWith('>') ? '>' : ''}`
}
