import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { apacheDialect } from '../../../../main/dialects/apache/index.js'
import { isRefusal } from './tls.js'
import type { Arrival, Exchange, Loaded, Site } from '../../../../shared/site.js'
import type { Outcome, Step } from '../../../../shared/steps.js'
import type { RequestHead, ResponseHead } from '../../../../shared/heads.js'
import { readChunked, parseHead, type FieldLines } from '../../../oracle/http-text.js'
import { makeNormaliser } from '../../../oracle/normalise.js'
import type { Observation, ProbeNote } from '../../../oracle/observe.js'
import { stepsOf, type Probe } from '../../../oracle/probe.js'
import { requestBytes } from '../../../oracle/request-bytes.js'
import { originSays } from './origin.js'
import { apacheModules, factsOf, ports, type Surroundings } from './surroundings.js'

/** What a probe came to, without a socket: heads to the client, heads to origins. */
export interface Replayed {
  readonly name: string
  readonly client: { status: string; headers: FieldLines; body: string | null; interim: string[] }[]
  readonly upstream: { backend: string; line: string; headers: FieldLines }[]
  readonly closed: boolean
}

export function recorded(id: string): Observation {
  return JSON.parse(readFileSync(join(import.meta.dirname, '../../../oracle/observed', `${id}.json`), 'utf8')) as Observation
}

export function loadCase(surroundings: Surroundings, id: string, lenient: boolean): Loaded {
  const { one, fill } = surroundings.render(id)
  const text = fill(one.files.get('proxy.conf') ?? '')
  const modules = [...apacheModules, ...one.modulesAdd].filter((name) => !one.modulesRemove.includes(name)).map((name) => `${name}_module`)
  return apacheDialect.load([{ path: '/conf/proxy.conf', text }], surroundings.host(one, fill), {
    generation: 1,
    defines: new Map(one.defines.map((name) => [name, ''])),
    lenient,
    root: '/conf',
    modules
  })
}

/** Plays every probe of a case that is made of well-formed requests alone; others need real bytes. */
export function replay(surroundings: Surroundings, id: string, site: Site): { replayed: Replayed[]; left: string[] } {
  const { one, fill } = surroundings.render(id)
  const probes = JSON.parse(fill(JSON.stringify(one.probes))) as Probe[]
  const folders = [[surroundings.docroot, '<DOCROOT>']] as const
  const normalise = makeNormaliser({ ports, folders, anyServer: true })
  const replayed: Replayed[] = []
  const left: string[] = []
  for (const probe of probes) {
    const sends = stepsOf(probe).flatMap((step) => ('send' in step ? [step.send] : 'sendRaw' in step ? [null] : []))
    const requests = sends.map((send) => (send === null ? null : wellFormed(requestBytes(send))))
    if (requests.some((request) => request === null) || (probe.background ?? []).length > 0) left.push(probe.name)
    else replayed.push(normalise({ name: probe.name, ...play(site, probe, requests as Request[]) }))
  }
  return { replayed, left }
}

interface Request {
  readonly head: RequestHead
  readonly bodyBytes: number
  readonly expects: boolean
}

/** null: not what a strict reader would take as it stands. */
function wellFormed(bytes: { head: Buffer; body: Buffer | null }): Request | null {
  const whole = Buffer.concat([bytes.head, bytes.body ?? Buffer.alloc(0)])
  const parsed = parseHead(whole)
  if (parsed === null || parsed.headers.some(([name, value]) => value === null || !/^[\w!#$%&'*+.^`|~-]+$/.test(name))) return null
  const match = /^([A-Z]+) ([!-~\x80-\xff]+) (HTTP\/1\.[01])$/.exec(parsed.start)
  if (match === null) return null
  const fields = parsed.headers.flatMap(([name, value]) => [name, value ?? ''])
  const hosts = parsed.headers.filter(([name]) => name.toLowerCase() === 'host')
  if (hosts.length > 1 || (hosts.length === 0 && match[3] === 'HTTP/1.1')) return null
  if (parsed.start.length > 8190 || parsed.headers.length > 100 || parsed.headers.some(([n, v]) => n.length + (v ?? '').length > 8188))
    return null
  const head = { method: match[1] as string, target: match[2] as string, version: match[3] as string, fields }
  const chunked = parsed.headers.some(([name]) => name.toLowerCase() === 'transfer-encoding')
  const rest = whole.subarray(parsed.length)
  const bodyBytes = chunked ? (readChunked(rest)?.body.length ?? 0) : rest.length
  return { head, bodyBytes, expects: parsed.headers.some(([name]) => name.toLowerCase() === 'expect') }
}

function play(site: Site, probe: Probe, requests: readonly Request[]): Omit<Replayed, 'name'> {
  const out: Omit<Replayed, 'name' | 'closed'> = { client: [], upstream: [] }
  let closed = false
  const tls = probe.tls === true ? handshake(site, probe) : null
  if (tls === 'refused') return { ...out, closed: true }
  for (const [i, request] of requests.entries()) {
    if (closed) break
    const exchange = site.open(arrival(site, probe, i + 1, tls), request.head)
    closed = !run(exchange, request, out)
  }
  return { ...out, closed }
}

function handshake(site: Site, probe: Probe): { serverName: string | null } | 'refused' {
  const serverName = probe.sni ?? null
  const spec = site.secure(arrival(site, probe, 1, null), { serverName, alpn: ['http/1.1'] })
  return isRefusal(spec) ? 'refused' : { serverName }
}

function arrival(site: Site, probe: Probe, request: number, tls: { serverName: string | null } | null): Arrival {
  const port = ports[probe.listen ?? (probe.tls === true ? 'LISTEN_TLS' : 'LISTEN')] as number
  const listener = site.listeners.find((each) => each.port === port)
  if (listener === undefined) throw new Error(`nothing listens on ${port}`)
  const facts = { protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', alpn: 'http/1.1', clientCertificate: null }
  return {
    listener,
    address: '127.0.0.1',
    port,
    client: { address: '127.0.0.1', port: 40000 },
    tls: tls === null ? null : { ...facts, serverName: tls.serverName },
    connection: 1,
    request,
    chance: () => 0.5
  }
}

const nowUs = Date.UTC(2026, 6, 1) * 1000

/** Whether the connection stays open. */
function run(exchange: Exchange, request: Request, out: Omit<Replayed, 'name' | 'closed'>): boolean {
  let outcomes: Outcome[] = [{ was: 'start' }]
  let body: Buffer = Buffer.alloc(0)
  const interim: string[] = []
  for (let turn = 0; turn < 100; turn++) {
    const outcome = outcomes.shift()
    if (outcome === undefined) throw new Error('the exchange waits for something that never comes')
    const step = exchange.next(outcome, nowUs + turn)
    switch (step.do) {
      case 'lookAt':
        outcomes = [{ was: 'files', files: step.paths.map(factsOf) }]
        break
      case 'readBody':
        outcomes = [
          { was: 'body', read: { bytes: Math.min(request.bodyBytes, step.upToBytes), complete: request.bodyBytes <= step.upToBytes } }
        ]
        break
      case 'send': {
        const says = originSays(step)
        if (says.seen) out.upstream.push({ backend: says.backend, line: lineOf(step.head), headers: lines(step.head.fields) })
        outcomes = [...says.outcomes]
        body = says.body
        break
      }
      case 'interim':
        if (typeof step.head !== 'string') interim.push(`HTTP/1.1 ${step.head.status}`)
        break
      case 'carryOn':
        break
      case 'close':
        return false
      default:
        return finish(step, body, interim, out)
    }
  }
  throw new Error('the exchange does not end')
}

function lineOf(head: RequestHead): string {
  return `${head.method} ${head.target} ${head.version}`
}
function lines(fields: readonly string[]): FieldLines {
  const all: FieldLines = []
  for (let i = 0; i < fields.length; i += 2) all.push([fields[i] as string, fields[i + 1] as string])
  return all
}

function finish(step: Step, body: Buffer, interim: string[], out: Omit<Replayed, 'name' | 'closed'>): boolean {
  if (step.do === 'tunnel') {
    if (step.head === 'none') return true
    out.client.push({ ...note(step.head as ResponseHead), body: null, interim })
    return true
  }
  if (step.do !== 'relay' && step.do !== 'respond') throw new Error(`unexpected step ${step.do}`)
  const text =
    step.do === 'respond'
      ? step.body.map((part) => ('path' in part ? filePart(part) : Buffer.from(part).toString('latin1'))).join('')
      : body.toString('latin1')
  out.client.push({ ...note(step.head as ResponseHead), body: text, interim })
  return step.persist.keep
}

function filePart(part: { path: string; fromByte: number; bytes: number }): string {
  return readFileSync(part.path, 'latin1').slice(part.fromByte, part.fromByte + part.bytes)
}

function note(head: ResponseHead): { status: string; headers: FieldLines } {
  return { status: `${head.version} ${head.status} ${head.reason}`, headers: lines(head.fields) }
}

/** What differs from a recording, in words; empty: nothing. */
export function differences(reference: ProbeNote, replayed: Replayed): string[] {
  const found: string[] = []
  const say = (what: string, a: unknown, b: unknown): void => {
    if (JSON.stringify(a) !== JSON.stringify(b)) found.push(`${what}: ${JSON.stringify(a)} -> ${JSON.stringify(b)}`)
  }
  say('upstream count', reference.upstream.requests.length, replayed.upstream.length)
  for (const [i, request] of reference.upstream.requests.entries()) {
    const other = replayed.upstream[i]
    if (other === undefined) continue
    say('upstream backend', request.backend, other.backend)
    say('upstream line', request.line, other.line)
    say('upstream headers', request.headers, other.headers)
  }
  say('responses', reference.client.responses.length, replayed.client.length)
  for (const [i, response] of reference.client.responses.entries()) {
    const other = replayed.client[i]
    if (other === undefined) continue
    say('status', response.status, other.status)
    say('headers', response.headers, other.headers)
    say(
      'interim',
      (response.interim ?? []).map((each) => each.status.split(' ').slice(0, 2).join(' ')),
      other.interim
    )
    const text = response.body?.text
    if (text !== undefined && /<h1>/.test(text)) say('page', text, other.body)
  }
  return found
}
