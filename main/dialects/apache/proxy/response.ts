import type { ResponseHead } from '../../../../shared/heads.js'
import type { Outcome, Step } from '../../../../shared/steps.js'
import { answerHead } from '../http/answer-head.js'
import { isBodiless } from '../http/status-lines.js'
import { get, set, unset } from '../http/table.js'
import { rangeOf } from '../dir/range.js'
import { namedSo, namesMatter } from '../dir/types.js'
import type { Flow } from '../request/flow.js'
import { http11, type Request } from '../request/request.js'
import { failed } from './failures.js'
import type { Passing } from './handler.js'
import { originAnswer, type OriginAnswer } from './response-table.js'
import { canUpgrade } from './worker.js'

/** httpd reads at most so many interim answers (AP_MAX_INTERIM_RESPONSES). */
const mostInterims = 10
/** An answer that comes whole in one read can be cut to a client's Range by httpd itself (AP_IOBUFSIZE). */
const rangeableBytes = 8192

/** ap_proxy_http_process_response: an origin's head, whatever it is. */
export function answered(flow: Flow, passing: Passing, head: ResponseHead, next: (outcome: Outcome) => Step): Step {
  const { r } = passing
  const answer = originAnswer(r, head)
  if (head.status === 101) return switched(flow, passing, head, answer)
  if (head.status >= 100 && head.status < 200) return interim(flow, passing, head, answer, next)
  if (r.dir.proxy.errorOverride === true && overrides(r, head.status)) return override(flow, r, head, answer)
  return relay(passing, head, answer)
}

function switched(flow: Flow, passing: Passing, head: ResponseHead, answer: OriginAnswer): Step {
  const { r, upgrade } = passing
  if (answer.upgrade === null || upgrade === null || upgrade.toLowerCase() !== answer.upgrade.toLowerCase()) {
    const message = `Unexpected Upgrade: ${answer.upgrade ?? 'n/a'} (expecting ${upgrade ?? 'n/a'})`
    return failed.proxyError(flow, r, 502, message)
  }
  const fields = [...answer.table]
  set(fields, 'Connection', 'Upgrade')
  set(fields, 'Upgrade', answer.upgrade)
  // a client of HTTP/1.0 is sent no interim answer: what the origin says reaches it bare
  const out = r.protocol >= http11 ? { version: 'HTTP/1.1', status: 101, reason: head.reason, fields } : ('none' as const)
  const ms = Math.max(r.server.timeoutMs, passing.timeouts.readMs)
  r.status = 101
  return { do: 'tunnel', head: out, idle: { ms, counts: 'either' }, halfClose: { fromClient: 'pass', fromServer: 'pass' } }
}

function interim(flow: Flow, passing: Passing, head: ResponseHead, answer: OriginAnswer, next: (outcome: Outcome) => Step): Step {
  const { r } = passing
  if (++passing.interims >= mostInterims) {
    return failed.proxyError(flow, r, 502, `Too many (${passing.interims}) interim responses from origin server`)
  }
  return flow.wait({ do: 'interim', head: interimOut(r, head, answer) }, next)
}

function interimOut(r: Request, head: ResponseHead, answer: OriginAnswer): ResponseHead | 'none' {
  const policy = r.has('proxy-interim-response') ? (r.env.get('proxy-interim-response') as string).toLowerCase() : null
  if (policy !== null && policy !== 'rfc') return 'none'
  if (r.protocol < http11) return 'none'
  if (head.status === 100) {
    if (!r.expects100 && policy === null) return 'none'
    r.expects100 = false
  }
  return { version: 'HTTP/1.1', status: head.status, reason: head.reason, fields: answer.table }
}

function overrides(r: Request, status: number): boolean {
  const codes = r.dir.proxy.errorOverrideCodes
  return codes === undefined ? status >= 400 : codes.includes(status)
}

/** `ProxyErrorOverride`: of the origin's answer its status stays, and what a 401 asks for. */
function override(flow: Flow, r: Request, head: ResponseHead, answer: OriginAnswer): Step {
  const challenge = get(answer.table, 'www-authenticate')
  if (head.status === 401 && challenge !== undefined) set(r.errOut, 'WWW-Authenticate', challenge)
  return flow.die(r, head.status)
}

function relay(passing: Passing, head: ResponseHead, answer: OriginAnswer): Step {
  const { r } = passing
  // an error page of an ErrorDocument that is itself proxied keeps the first status
  if (r.prev === null || r.status === 200) {
    r.status = head.status
    r.statusLine = `${head.status} ${head.reason}`
  }
  r.out = r.out.length === 0 ? answer.table : [...answer.table, ...r.out.filter(isCookieAt(r.out))]
  r.contentType = get(answer.table, 'content-type') ?? null
  // mod_mime reads the name of what is proxied, too
  if (namesMatter(r)) r.named = namedSo(r, passing.to.url.replace(/\?.*/, ''))
  forwardUpgrade(passing, answer)
  if (!r.headerOnly && !isBodiless(r.status)) unset(r.out, 'transfer-encoding')
  const range = rangeOfAnswer(r, head)
  const { head: out, persist } = answerHead(r, { filters: 'all', length: range === null ? null : range.bytes, proxied: true })
  const body = { cutShort: 'close' as const, ...(range === null ? {} : { range: { fromByte: range.from, bytes: range.bytes } }) }
  return { do: 'relay', head: out, body, requestBody: r.expects100 ? 'stop' : 'carryOn', persist }
}

/** Fields that were there before the origin answered go; cookies set early stay. */
function isCookieAt(table: readonly string[]): (value: string, i: number) => boolean {
  return (_, i) => (table[i - (i % 2)] as string).toLowerCase() === 'set-cookie'
}

/** A 426 and the like may say which protocol would do. */
function forwardUpgrade(passing: Passing, answer: OriginAnswer): void {
  const { r, worker, to } = passing
  if (answer.upgrade === null || !canUpgrade(worker, to.scheme, answer.upgrade)) return
  set(r.out, 'Connection', 'Upgrade')
  set(r.out, 'Upgrade', answer.upgrade)
}

function rangeOfAnswer(r: Request, head: ResponseHead): { from: number; bytes: number } | null {
  if (r.status !== 200 || r.header('range') === undefined || r.headerOnly) return null
  const length = Number(get(r.out, 'content-length') ?? Number.NaN)
  if (Number.isNaN(length) || length > rangeableBytes || get(r.out, 'content-range') !== undefined) return null
  const modified = Date.parse(get(head.fields, 'last-modified') ?? '')
  const range = rangeOf(r, length, get(r.out, 'etag') ?? null, Number.isNaN(modified) ? 0 : modified)
  if (range === null || range === 'unsatisfiable') return null
  r.status = 206
  r.statusLine = null
  set(r.out, 'Content-Range', `bytes ${range.from}-${range.from + range.bytes - 1}/${length}`)
  return range
}
