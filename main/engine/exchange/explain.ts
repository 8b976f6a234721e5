import { isIP } from 'node:net'
import type { Explanation, Params } from '../../../shared/contract.js'
import { SwitchyardError } from '../../../shared/errors.js'
import { fieldValue, hasMember } from '../../../shared/fields.js'
import type { HeadFault, RequestHead } from '../../../shared/heads.js'
import type { Arrival, Exchange, ListenerSpec, Site } from '../../../shared/site.js'
import type { Outcome, Step } from '../../../shared/steps.js'
import type { AddressMap } from '../address-map.js'
import { nowUs } from '../clock.js'
import { isFault } from '../http1/fault.js'
import { requestFraming } from '../http1/framing.js'
import { RequestHeadReader } from '../http1/head-reader.js'
import { lookAt, resolveHost } from './look.js'
import { outcomeOf } from './outcome-words.js'
import type { Told } from './outcome-words.js'
import type { PortMapping } from './port-mapping.js'

/** A request that nobody sends. */
export type Question = Params<'route.explain'>

export interface ExplainParts {
  readonly site: Site
  readonly listeners: readonly { readonly binding: { readonly spec: ListenerSpec }; readonly address: string; readonly port: number }[]
  readonly addresses: AddressMap
  readonly ports: PortMapping | null
  readonly chance: () => number
}

/** A dialect that never comes to a decision is at fault. */
const maxSteps = 200
/** RFC 6455 §1.3. */
const sampleKey = 'dGhlIHNhbXBsZSBub25jZQ=='

/**
 * What would be decided on a request, played by an exchange of the site as it is: files are looked at and names resolved,
 * and the first step that would reach an origin or the client is told instead of done. The exchange never hears of an end,
 * so nothing is logged, counted or stored.
 *
 * @throws SwitchyardError `request-invalid` for a URL that is none, or that no listener serves.
 */
export async function explain(question: Question, parts: ExplainParts): Promise<Explanation> {
  const url = readUrl(question.url)
  const { arrival, refused } = arrive(url, parts)
  const { site } = parts
  if (refused !== null) return { trace: site.trace(undecided(site), null), outcome: refused, head: null }
  const head = headOf(question, url, arrival.listener)
  const exchange = site.open(arrival, head)
  const step = await play(exchange, head, arrival.listener)
  const request = isFault(head) ? null : head
  const told: Told = { step, asked: request, addresses: parts.addresses, ports: parts.ports }
  return { trace: site.trace(exchange.decision(), request), ...outcomeOf(told) }
}

function undecided({ generation }: Site): ReturnType<Exchange['decision']> {
  return { generation, took: [], missed: [], route: -1 }
}

/** Until something would go out. Time passes as fast as it is waited for. */
async function play(exchange: Exchange, head: RequestHead | HeadFault, listener: ListenerSpec): Promise<Step> {
  let outcome: Outcome = { was: 'start' }
  let atUs = nowUs()
  for (let steps = 0; steps < maxSteps; steps++) {
    const step = exchange.next(outcome, atUs)
    const next = await answered(step, head, listener)
    if (next === null) return step
    outcome = next
    atUs = step.do === 'wait' ? Math.max(atUs, step.untilUs) : Math.max(atUs, nowUs())
  }
  throw new SwitchyardError('internal', `This config came to no decision within ${maxSteps} steps.`)
}

/** What the step would come to, where it can be known without sending anything. */
async function answered(step: Step, head: RequestHead | HeadFault, listener: ListenerSpec): Promise<Outcome | null> {
  switch (step.do) {
    case 'lookAt':
      return { was: 'files', files: await lookAt(step.paths, step.readUpToBytes ?? 0) }
    case 'resolve':
      return await resolveHost(step.host)
    case 'wait':
      return { was: 'time' }
    case 'readBody':
      return { was: 'body', read: bodyOf(head, listener, step.upToBytes) }
    default:
      return null
  }
}

/** A body that is declared counts as sent, of a chunked one nothing is known. */
function bodyOf(head: RequestHead | HeadFault, { wire }: ListenerSpec, upToBytes: number): { bytes: number; complete: boolean } {
  const framing = isFault(head) ? { kind: 'none' as const } : requestFraming(head, wire)
  const bytes = 'kind' in framing && framing.kind === 'length' ? framing.bytes : 0
  return { bytes: Math.min(bytes, upToBytes), complete: bytes <= upToBytes }
}

// ── how it would come ───────────────────────────────────────────────────────────────────────────────

interface AskedUrl {
  readonly secure: boolean
  /** As it stands in Host. */
  readonly authority: string
  /** Without brackets. */
  readonly host: string
  readonly port: number
  readonly target: string
}

/** The path as it is written: dots and slashes decide, and `new URL` would tidy them up. */
function readUrl(text: string): AskedUrl {
  const parts =
    /^(?<scheme>https?|wss?):\/\/(?<authority>(?<host>\[[0-9a-f:.]+\]|[^/?#:@[\]\s]+)(?::(?<port>\d{1,5}))?)(?<target>[/?][^#]*)?(?:#.*)?$/is.exec(
      text.trim()
    )?.groups
  const port = Number(parts?.['port'] ?? (/^(?:https|wss)$/i.test(parts?.['scheme'] ?? '') ? 443 : 80))
  if (parts === undefined || port < 1 || port > 65_535) {
    throw new SwitchyardError('request-invalid', `${JSON.stringify(text.slice(0, 200))} is not a URL that can be asked for.`, {
      hint: 'For example: wss://example.com/ws/'
    })
  }
  const target = parts['target'] ?? '/'
  return {
    secure: /^(?:https|wss)$/i.test(parts['scheme'] as string),
    authority: onWire(parts['authority'] as string),
    host: (parts['host'] as string).replace(/^\[|\]$/g, '').toLowerCase(),
    port,
    target: escaped(target.startsWith('?') ? `/${target}` : target)
  }
}

/** As a client writes it: what cannot stand in a request line is escaped. */
function escaped(target: string): string {
  return target.replace(/[^\x21-\x7e]+/g, (run) => Buffer.from(run).reduce((text, byte) => `${text}%${hex(byte)}`, ''))
}
function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0')
}
/** One char a byte. */
function onWire(text: string): string {
  return Buffer.from(text).toString('latin1')
}

/** The listener by scheme and port, the config's own or the one it is mapped to; `refused`: what TLS would come to instead. */
function arrive(url: AskedUrl, { site, listeners, chance }: ExplainParts): { arrival: Arrival; refused: string | null } {
  const fitting = listeners.filter(({ binding }) => binding.spec.tls === url.secure)
  const there = fitting.filter(({ binding }) => binding.spec.port === url.port)
  const here = fitting.filter(({ port }) => port === url.port)
  const candidates = there.length > 0 ? there : here
  const found = candidates.find(({ binding, address }) => address === url.host || binding.spec.address === url.host) ?? candidates[0]
  if (found === undefined) throw notServed(url, listeners)
  const { spec } = found.binding
  const wild = spec.address === '*' || spec.address === '0.0.0.0' || spec.address === '::'
  const serverName = isIP(url.host) === 0 ? url.host : null
  const before: Arrival = {
    listener: spec,
    address: !wild ? spec.address : isIP(url.host) === 0 ? found.address : url.host,
    port: spec.port,
    client: { address: '127.0.0.1', port: 50_000 },
    tls: null,
    connection: 0,
    request: 1,
    chance
  }
  if (!url.secure) return { arrival: before, refused: null }
  const hello = site.secure({ ...before, request: 0 }, { serverName, alpn: ['http/1.1'] })
  const refused = 'refuse' in hello ? `refused before any request: ${hello.why}` : null
  const tls = { serverName, protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', alpn: 'http/1.1', clientCertificate: null }
  return { arrival: { ...before, tls }, refused }
}

function notServed(url: AskedUrl, listeners: ExplainParts['listeners']): SwitchyardError {
  const what = `${url.secure ? 'https' : 'http'} on port ${url.port}`
  const served = [...new Set(listeners.map(({ binding: { spec } }) => `${spec.tls ? 'https' : 'http'} on ${spec.port}`))]
  return new SwitchyardError('request-invalid', `This config does not serve ${what}.`, { hint: `It serves ${served.join(', ')}.` })
}

/** The head as the listener's own parser reads it, faults and all. */
function headOf(question: Question, url: AskedUrl, { wire }: ListenerSpec): RequestHead | HeadFault {
  const reader = new RequestHeadReader(wire)
  const lines = fieldsOf(question, url).map(([name, value]) => `${name}: ${value}\r\n`)
  const text = `${question.method} ${url.target} HTTP/1.1\r\n${lines.join('')}\r\n`
  const bytes = Buffer.from(text, 'latin1')
  reader.push(bytes, 0, bytes.length)
  const head = reader.done ?? reader.abandoned('cutShort')
  if (isFault(head)) return head
  const framing = requestFraming(head, wire)
  return 'fault' in framing ? framing : head
}

/** What a browser sends where the question does not say otherwise. */
function fieldsOf({ fields, upgrade }: Question, { authority }: AskedUrl): (readonly [string, string])[] {
  const given = fields.map(([name, value]) => [onWire(name), oneLine(onWire(value))] as const)
  const flat = given.flat()
  const has = (name: string): boolean => fieldValue(flat, name) !== undefined
  const upgrading = [
    ...(hasMember(flat, 'connection', 'upgrade') ? [] : [['Connection', 'Upgrade'] as const]),
    ...(has('upgrade') ? [] : [['Upgrade', 'websocket'] as const]),
    ...(has('sec-websocket-key') ? [] : [['Sec-WebSocket-Key', sampleKey] as const]),
    ...(has('sec-websocket-version') ? [] : [['Sec-WebSocket-Version', '13'] as const])
  ]
  return [...(has('host') ? [] : [['Host', authority] as const]), ...given, ...(upgrade ? upgrading : [])]
}

/** A pasted value ends with its line; a line break inside would begin another field. */
function oneLine(value: string): string {
  return value.trim().replace(/[\r\n]+\s*/g, ' ')
}
