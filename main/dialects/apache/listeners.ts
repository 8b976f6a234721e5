import type { WirePolicy } from '../../../shared/heads.js'
import type { ListenerSpec, LoadOptions } from '../../../shared/site.js'
import type { Finding } from '../../../shared/trace.js'
import type { ListenLine, Drafts } from './build.js'
import type { Server } from './config/server.js'
import { VirtualHosts } from './core/vhosts.js'
import type { Servers } from './servers.js'

export interface Listeners {
  readonly specs: readonly ListenerSpec[]
  /** Those that were asked for over TLS, beside a config without Listen: every server speaks it there, by {@link listenerKey}. */
  readonly askedTls: ReadonlySet<string>
}

export function listenerKey({ address, port }: Pick<ListenerSpec, 'address' | 'port'>): string {
  return `${address} ${port}`
}

/** The ports that a config listens on; where it says none, those of its virtual hosts, else what was asked for, else 8080. */
export function listenersOf(drafts: Drafts, servers: Servers, options: LoadOptions, findings: Finding[]): Listeners {
  const lines = drafts.listens.length > 0 ? drafts.listens : assumed(servers, options, findings)
  const hosts = new VirtualHosts(servers.main, servers.addresses)
  const seen = new Set<string>()
  const specs = lines.flatMap((line) => {
    const key = listenerKey(line)
    if (seen.has(key)) return []
    seen.add(key)
    return [listener(line, servers, hosts)]
  })
  return { specs, askedTls: new Set(lines.filter(({ tls }) => tls).map(listenerKey)) }
}

function assumed(servers: Servers, options: LoadOptions, findings: Finding[]): readonly ListenLine[] {
  const named = servers.addresses.filter((each) => each.port !== 0).map((each) => ({ address: each.host, port: each.port, tls: false }))
  const asked = options.listen ?? []
  const lines = named.length > 0 ? named : asked.length > 0 ? asked : [{ address: '*', port: 8080, tls: false }]
  const ports = [...new Set(lines.map((line) => `${line.port}${line.tls ? ' over TLS' : ''}`))].join(', ')
  const why =
    named.length > 0
      ? `the ports of its virtual hosts are used (${ports})`
      : asked.length > 0
        ? `what the command line says is used (${ports})`
        : `${ports} is used`
  findings.push({
    code: 'listen-assumed',
    severity: 'info',
    message: `The config has no Listen: ${why}.`,
    span: null,
    routing: false
  })
  return lines
}

function listener(line: ListenLine, servers: Servers, hosts: VirtualHosts): ListenerSpec {
  const { server } = hosts.at(line.address, line.port)
  const reachable = line.address === '*' || line.address === '0.0.0.0' || line.address === '::'
  const candidates = reachable
    ? servers.addresses.filter((each) => each.port === line.port || each.port === 0).map((each) => each.server)
    : []
  const tls = line.tls || [server, ...candidates].some((each) => each.tls !== null)
  const { core } = server.conf
  const first = { keep: true, idleMs: server.timeoutMs, headMs: core.headMs ?? server.timeoutMs }
  return { address: line.address, port: line.port, tls, wire: wireOf(server), first }
}

/** What httpd's own parser lets pass (`HttpProtocolOptions Strict` unless said otherwise). */
function wireOf(server: Server): WirePolicy {
  const { core } = server.conf
  const line = core.lineBytes ?? 8190
  const field = core.fieldBytes ?? 8190
  const fields = core.fields ?? 100
  const most = fields === 0 ? 10_000 : fields
  return {
    maxLineBytes: line,
    maxFieldBytes: field,
    maxFields: most,
    maxHeadBytes: Math.min(4 * 1024 * 1024, line + most * (field + 2) + 4),
    bareLf: core.unsafe === true ? 'accept' : 'fault',
    obsFold: 'unfold',
    lengthAndChunked: 'chunkedWins',
    http09: core.http09 === false ? 'fault' : 'accept',
    firstByte: 'wait',
    emptyLines: 10,
    equalLengths: 'fault',
    spaceBeforeColon: core.unsafe === true ? 'accept' : 'fault',
    otherVersions: 'accept'
  }
}
