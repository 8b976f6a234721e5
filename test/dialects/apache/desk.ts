import { apacheDialect } from '../../../main/dialects/apache/index.js'
import type { HeadFault, RequestHead, ResponseHead } from '../../../shared/heads.js'
import type { Arrival, ConfigHost, Exchange, LoadOptions, Loaded, Site, SiteState } from '../../../shared/site.js'
import type { Account, Attempt, Failure, Outcome, Step, Target } from '../../../shared/steps.js'

/** A config on the desk: no file but those given, every module of a distribution. */
export function load(
  text: string,
  options: Partial<LoadOptions> & { files?: Record<string, string>; environment?: Record<string, string>; previous?: SiteState } = {}
): Loaded {
  const { files = {}, environment = {}, previous, ...rest } = options
  const host: ConfigHost = {
    readFile: (path) => files[path] ?? null,
    stat: (path) => (files[path] === undefined ? 'missing' : 'file'),
    glob: () => [],
    environment: (name) => environment[name],
    checkCertificate: () => null
  }
  const full: LoadOptions = { generation: 1, defines: new Map(), lenient: false, root: '/srv', ...rest }
  return apacheDialect.load([{ path: '/srv/site.conf', text }], host, full, previous)
}

export function siteOf(text: string, options: Parameters<typeof load>[1] = {}): Site {
  const { site, findings } = load(text, options)
  if (site === null) throw new Error(`not served: ${findings.map((each) => each.message).join(' · ')}`)
  return site
}

export function arrivalAt(site: Site, port: number, more: Partial<Arrival> = {}): Arrival {
  const listener = site.listeners.find((each) => each.port === port) ?? site.listeners[0]
  if (listener === undefined) throw new Error('no listener')
  const client = { address: '127.0.0.1', port: 50_000 }
  return { listener, address: '127.0.0.1', port, client, tls: null, connection: 1, request: 1, chance: () => 0.5, ...more }
}

/** `GET /path` with fields as `Name: value` lines; Host is www.example.test unless said. */
export function get(target: string, ...fields: string[]): RequestHead {
  return request('GET', target, ...fields)
}
export function request(method: string, target: string, ...fields: string[]): RequestHead {
  const named = fields.some((field) => /^host:/i.test(field)) ? fields : ['Host: www.example.test', ...fields]
  return { method, target, version: 'HTTP/1.1', fields: split(named) }
}
export const handshake = [
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13'
]

export function response(status: number, ...fields: string[]): ResponseHead {
  const reasons: Readonly<Record<number, string>> = {
    100: 'Continue',
    101: 'Switching Protocols',
    103: 'Early Hints',
    200: 'OK',
    403: 'Forbidden'
  }
  return { version: 'HTTP/1.1', status, reason: reasons[status] ?? 'Status', fields: split(fields) }
}
function split(lines: readonly string[]): string[] {
  return lines.flatMap((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()])
}
/** Fields as lines again, to be read in an expectation. */
export function linesOf(fields: readonly string[]): string[] {
  return fields.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${fields[i + 1] ?? ''}`] : []))
}

export const t0 = Date.UTC(2026, 0, 1) * 1000
export const second = 1_000_000

/** Opens an exchange and takes its first step. */
export function start(
  site: Site,
  head: RequestHead | HeadFault,
  port = 80,
  more: Partial<Arrival> = {},
  atUs = t0
): { exchange: Exchange; step: Step } {
  const exchange = site.open(arrivalAt(site, port, more), head)
  return { exchange, step: exchange.next({ was: 'start' }, atUs) }
}

export function sent(step: Step): Extract<Step, { do: 'send' }> {
  if (step.do !== 'send') throw new Error(`expected send, got ${JSON.stringify(step)}`)
  return step
}
export function responded(step: Step): Extract<Step, { do: 'respond' }> {
  if (step.do !== 'respond') throw new Error(`expected respond, got ${JSON.stringify(step)}`)
  return step
}
export function headOutcome(head: ResponseHead, target: Target): Outcome {
  return { was: 'head', head, attempt: attempt(target) }
}
export function failureOutcome(cause: Failure['cause'], target: Target, more: Partial<Failure> = {}): Outcome {
  return { was: 'failure', failure: { cause, message: cause, ...more }, attempt: attempt(target) }
}
function attempt(target: Target): Attempt {
  const address = `${target.host}:${target.port}`
  const times = { startedAtUs: t0, connectedAtUs: t0, headAtUs: t0 }
  return { target, address, reused: false, status: 0, bytesSent: 0, bytesReceived: 0, bodyReplayable: true, requestSent: true, ...times }
}
export function account(status: number): Account {
  return { status, startedAtUs: t0, endedAtUs: t0, requestBytes: 0, responseBytes: 0, attempts: [], tunnel: null, ended: 'complete' }
}
