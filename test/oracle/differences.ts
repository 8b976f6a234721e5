import type { FieldLines } from './http-text.js'
import type { Observation, ProbeNote } from './observe.js'
import type { ClientNote } from './prober.js'
import type { UpstreamRequest } from './recorder.js'
import type { ResponseNote } from './response-reader.js'

/**
 * `wire`: what a client can tell apart. `upstream`: what a backend can. `cosmetic`: order and case of response fields, reason phrases,
 * the text of a page that the server made itself, FIN or RST, reuse of connections.
 */
export type Severity = 'wire' | 'upstream' | 'cosmetic'

export interface Difference {
  readonly severity: Severity
  readonly field: string
  readonly reference: unknown
  readonly candidate: unknown
}

/** What sets two observations of one probe apart; `reference` is the real server's. */
export function differencesOf(reference: ProbeNote, candidate: ProbeNote | undefined): Difference[] {
  if (!candidate) return [{ severity: 'wire', field: 'probe', reference: 'observed', candidate: undefined }]
  const found = new Differences()
  compareClients(found, reference.client, candidate.client)
  compareUpstream(found, reference.upstream.requests, candidate.upstream.requests)
  found.unless('cosmetic', 'upstream.connections', reference.upstream.connections, candidate.upstream.connections)
  found.unless('cosmetic', 'upstream.tlsFailures', reference.upstream.tlsFailures > 0, candidate.upstream.tlsFailures > 0)
  return found.list
}

/** Differences of a whole case by probe; a proxy that started where the other refused differs as a whole. */
export function caseDifferences(reference: Observation, candidate: Observation): Map<string, Difference[]> {
  if (reference.started !== candidate.started) {
    const difference: Difference = { severity: 'wire', field: 'started', reference: reference.started, candidate: candidate.started }
    const names = reference.started ? reference.probes.map((probe) => probe.name) : ['the config is refused']
    return new Map(names.map((name) => [name, [difference]]))
  }
  if (!reference.started) return new Map([['the config is refused', []]])
  const byName = new Map(candidate.probes.map((probe) => [probe.name, probe]))
  return new Map(reference.probes.map((probe) => [probe.name, differencesOf(probe, byName.get(probe.name))]))
}

const written = (value: unknown) => JSON.stringify(value) ?? '(absent)'

class Differences {
  readonly list: Difference[] = []

  add(severity: Severity, field: string, reference: unknown, candidate: unknown): void {
    this.list.push({ severity, field, reference, candidate })
  }

  /** Notes a difference unless both are the same as JSON. Answers whether they are. */
  unless(severity: Severity, field: string, reference: unknown, candidate: unknown): boolean {
    const same = written(reference) === written(candidate)
    if (!same) this.add(severity, field, reference, candidate)
    return same
  }
}

function compareClients(found: Differences, a: ClientNote, b: ClientNote): void {
  if (found.unless('wire', 'client.connect', a.connect, b.connect))
    found.unless('cosmetic', 'client.connectError', a.connectError, b.connectError)
  found.unless('wire', 'client.tls.cert', a.tls?.cert, b.tls?.cert)
  found.unless('wire', 'client.tls.alpn', a.tls?.alpn, b.tls?.alpn)
  found.unless('wire', 'client.expect100', a.expect100, b.expect100)
  found.unless('wire', 'client.background', a.background?.map(statusCode), b.background?.map(statusCode))
  const codes = (note: ClientNote) => note.responses.map((response) => statusCode(response.status))
  if (a.responses.length !== b.responses.length) found.add('wire', 'client.responses', codes(a), codes(b))
  for (const [i, response] of a.responses.entries()) {
    const other = b.responses[i]
    if (other) compareResponses(found, `client.response[${i}]`, response, other)
  }
  found.unless('wire', 'client.partial', partialOf(a), partialOf(b))
  found.unless('wire', 'client.tunnel', a.tunnel, b.tunnel)
  found.unless('wire', 'client.junk', a.junk, b.junk)
  compareEnds(found, a.end, b.end)
}

const statusCode = (line: string) => line.split(' ')[1]
const partialOf = ({ partial }: ClientNote) => partial && { code: statusCode(partial.status), framing: partial.framing, len: partial.len }

function compareEnds(found: Differences, a: ClientNote['end'], b: ClientNote['end']): void {
  if (!found.unless('wire', 'client.end.closed', a?.closed, b?.closed)) return
  found.unless('cosmetic', 'client.end.how', a?.how, b?.how)
  if (a?.closed && !isSameTime(a.at, b?.at)) found.add('wire', 'client.end.at', a.at, b?.at)
}

function compareResponses(found: Differences, where: string, a: ResponseNote, b: ResponseNote): void {
  const version = (note: ResponseNote) => note.status.split(' ')[0]
  const sameCode = found.unless('wire', `${where}.status`, statusCode(a.status), statusCode(b.status))
  const sameVersion = sameCode && found.unless('wire', `${where}.version`, version(a), version(b))
  if (sameVersion) found.unless('cosmetic', `${where}.reason`, a.status, b.status)
  const isPage = isServersOwnPage(a) && Number(statusCode(b.status)) >= 300
  compareFields(found, where, a.headers, b.headers, { severity: 'wire', cosmetic: isPage ? pageFields : [], ownNames: true })
  found.unless(isPage ? 'cosmetic' : 'wire', `${where}.body`, a.body, b.body)
  found.unless('wire', `${where}.framing`, a.framing, b.framing)
  found.unless('wire', `${where}.truncated`, a.truncated ?? false, b.truncated ?? false)
  found.unless('wire', `${where}.trailers`, a.trailers, b.trailers)
  const interim = (note: ResponseNote) => note.interim?.map((one) => statusCode(one.status))
  found.unless('wire', `${where}.interim`, interim(a), interim(b))
  if (!isSameTime(a.at, b.at)) found.add('wire', `${where}.at`, a.at, b.at)
}

/** Follow from a page's text. */
const pageFields = ['content-length', 'etag', 'last-modified', 'accept-ranges']

/** An error page that the server wrote itself: its text, and so its length, is cosmetic. */
function isServersOwnPage({ status, body }: ResponseNote): boolean {
  const text = body?.text ?? ''
  return Number(statusCode(status)) >= 300 && text.includes('<h1>') && !/recorder |custom|maintenance/.test(text)
}

/** A difference of one bucket is none: a second's boundary may lie between two equal runs. */
function isSameTime(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  const seconds = (bucket: string) => (bucket === 'fast' ? 0 : Number(bucket.slice(1, -1)))
  return Math.abs(seconds(a) - seconds(b)) <= 1
}

interface FieldRules {
  readonly severity: Severity
  /** Lower-case names whose differences are cosmetic. */
  readonly cosmetic: readonly string[]
  /** Whether the presence of the proxy's own Server and Date is cosmetic. */
  readonly ownNames: boolean
}

function compareFields(found: Differences, where: string, a: FieldLines, b: FieldLines, rules: FieldRules): void {
  const [inA, inB] = [byName(a), byName(b)]
  for (const name of new Set([...inA.keys(), ...inB.keys()])) {
    const severity =
      rules.cosmetic.includes(name) || (rules.ownNames && isOwnName(name, inA.get(name), inB.get(name))) ? 'cosmetic' : rules.severity
    found.unless(severity, `${where}.header ${name}`, inA.get(name), inB.get(name))
  }
  compareNames(found, where, a, b, rules)
}

function byName(lines: FieldLines): Map<string, (string | null)[]> {
  const values = new Map<string, (string | null)[]>()
  for (const [name, value] of lines) values.set(name.toLowerCase(), [...(values.get(name.toLowerCase()) ?? []), value])
  return values
}

function isOwnName(name: string, ...values: ((string | null)[] | undefined)[]): boolean {
  const isOwn = (one: (string | null)[] | undefined) =>
    one === undefined || one.every((value) => value === '<server>' || value === '<date>')
  return (name === 'server' || name === 'date') && values.every(isOwn)
}

/** Order, which a backend may see, and case, which nobody should mind. */
function compareNames(found: Differences, where: string, a: FieldLines, b: FieldLines, { severity }: FieldRules): void {
  const [namesA, namesB] = [a.map(([name]) => name), b.map(([name]) => name)]
  const [lowerA, lowerB] = [namesA, namesB].map((names) => names.map((name) => name.toLowerCase())) as [string[], string[]]
  if (written([...lowerA].sort()) !== written([...lowerB].sort())) return // said field by field already
  found.unless(severity === 'upstream' ? 'upstream' : 'cosmetic', `${where}.header-order`, lowerA, lowerB)
  found.unless('cosmetic', `${where}.header-case`, [...namesA].sort(), [...namesB].sort())
}

function compareUpstream(found: Differences, a: readonly UpstreamRequest[], b: readonly UpstreamRequest[]): void {
  const lines = (requests: readonly UpstreamRequest[]) => requests.map((request) => `${request.backend} ${request.line}`)
  if (a.length !== b.length) found.add('upstream', 'upstream.requests', lines(a), lines(b))
  for (const [i, request] of a.entries()) {
    const other = b[i]
    if (other) compareRequests(found, `upstream.request[${i}]`, request, other)
  }
}

const requestParts = ['backend', 'line', 'tls', 'framing', 'incomplete', 'body', 'badBody', 'trailers', 'unanswered'] as const

function compareRequests(found: Differences, where: string, a: UpstreamRequest, b: UpstreamRequest): void {
  for (const part of requestParts) found.unless('upstream', `${where}.${part}`, a[part], b[part])
  compareFields(found, where, a.headers, b.headers, { severity: 'upstream', cosmetic: [], ownNames: false })
  found.unless('upstream', `${where}.tunnel.received`, a.tunnel?.received, b.tunnel?.received)
  const endOf = (end: string | undefined) =>
    end && (/(open|unanswered)$/.test(end) ? 'open' : end.startsWith('after-client-left') ? 'after-client-left' : 'closed')
  const sameEnd = written(endOf(a.tunnel?.end)) === written(endOf(b.tunnel?.end))
  found.unless(sameEnd ? 'cosmetic' : 'upstream', `${where}.tunnel.end`, a.tunnel?.end, b.tunnel?.end)
  found.unless('cosmetic', `${where}.reused`, a.reused, b.reused)
}
