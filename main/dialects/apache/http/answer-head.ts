import { listMembers } from '../../../../shared/fields.js'
import type { ResponseHead } from '../../../../shared/heads.js'
import type { Persist } from '../../../../shared/steps.js'
import { fixHeaders } from '../headers/fixup.js'
import { http11, type Request } from '../request/request.js'
import { httpDate } from './date.js'
import { dropsConnection, isBodiless, reasonOf } from './status-lines.js'
import { findToken, get, merge, set, unset, type Table } from './table.js'

/** An answer's head as it goes out, and what becomes of the connection. */
export interface Answer {
  readonly head: ResponseHead
  readonly persist: Persist
}

export interface AnswerKind {
  /** Which `Header` lines run: all for an answer of a handler, `always` alone for an error page. */
  readonly filters: 'all' | 'always'
  /** Bytes of a body known beforehand (the content-length filter), or null where the table says it or nobody knows. */
  readonly length: number | null
  /** From an origin: its own Date and Server are kept. */
  readonly proxied: boolean
}

/** httpd's header filter: both tables become one, keep-alive is settled, Date and Server stand in front. */
export function answerHead(r: Request, kind: AnswerKind): Answer {
  fixHeaders(r, r.errOut, r.dir.headers.always, false)
  if (kind.filters === 'all') fixHeaders(r, r.out, r.dir.headers.onSuccess, false)
  if (kind.length !== null) set(r.out, 'Content-Length', String(kind.length))
  const table: Table = r.errOut.length > 0 ? [...r.errOut, ...r.out] : r.out
  vary(table)
  const bodiless = isBodiless(r.status)
  const keep = settleKeepAlive(r, table, bodiless)
  frame(r, table, bodiless, keep.chunked)
  if (r.named !== null && r.status !== 304) nameFields(table, r.named)
  if (r.contentType !== null && !bodiless) set(table, 'Content-Type', r.contentType)
  if (r.headerOnly && get(table, 'content-length') === '0') unset(table, 'content-length')
  return { head: finish(r, table, kind.proxied), persist: keep.persist }
}

/** What mod_mime read in a name stands before the languages that the table has, and instead of its encoding. */
function nameFields(table: Table, { languages, encodings }: NonNullable<Request['named']>): void {
  if (encodings.length > 0) set(table, 'Content-Encoding', encodings.join(', '))
  if (languages.length === 0) return
  const others = listMembers(table, 'content-language').filter((each) => !languages.some((own) => own.toLowerCase() === each.toLowerCase()))
  set(table, 'Content-Language', [...languages, ...others].join(','))
}

/** Every name once, over all lines, joined by commas alone. */
function vary(table: Table): void {
  if (get(table, 'vary') === undefined) return
  const names = new Map(listMembers(table, 'vary').map((name) => [name.toLowerCase(), name]))
  set(table, 'Vary', [...names.values()].join(','))
}

function frame(r: Request, table: Table, bodiless: boolean, chunked: boolean): void {
  if (bodiless) {
    unset(table, 'transfer-encoding')
    unset(table, 'content-length')
    r.contentType = null
  } else if (chunked) {
    merge(table, 'Transfer-Encoding', 'chunked')
    unset(table, 'content-length')
  }
}

function finish(r: Request, table: Table, proxied: boolean): ResponseHead {
  const date = (proxied ? get(table, 'date') : undefined) ?? httpDate(r.nowUs / 1000)
  const server = (proxied ? get(table, 'server') : undefined) ?? r.server.site.banner
  const fields = ['Date', date, 'Server', server]
  for (let i = 0; i < table.length; i += 2) {
    const name = table[i] as string
    if (isDateOrServer(name)) continue
    fields.push(name, table[i + 1] as string)
  }
  const version = r.protocol < 1000 ? 'HTTP/0.9' : r.has('force-response-1.0') && r.protocol < http11 ? 'HTTP/1.0' : 'HTTP/1.1'
  const line = r.statusLine ?? `${r.status} ${reasonOf(r.status)}`
  return { version, status: r.status, reason: line.slice(4), fields }
}

function isDateOrServer(name: string): boolean {
  if (name.length !== 4 && name.length !== 6) return false
  const lower = name.toLowerCase()
  return lower === 'date' || lower === 'server'
}

/** ap_set_keepalive: whether the connection goes on, and the fields that say so. */
function settleKeepAlive(r: Request, table: Table, bodiless: boolean): { persist: Persist; chunked: boolean } {
  const conf = r.server.conf.core
  const max = conf.keepAliveMax ?? 100
  const left = max - r.kept
  const idleMs = conf.keepAliveTimeoutMs ?? 5000
  const asked = r.header('connection')
  const connection = get(table, 'connection')
  const wimpy = connection !== undefined && findToken(connection, 'close')
  const known = r.headerOnly || bodiless || get(table, 'content-length') !== undefined || get(table, 'transfer-encoding') !== undefined
  const open = !r.closing && !r.expects100
  const chunked = open && !known && r.protocol >= http11
  const askedToStay = asked !== undefined && findToken(asked, 'keep-alive')
  const keep =
    open &&
    (known || chunked) &&
    conf.keepAlive !== false &&
    idleMs > 0 &&
    (max === 0 || left > 0) &&
    !dropsConnection(r.status) &&
    !wimpy &&
    !(asked !== undefined && findToken(asked, 'close')) &&
    (!r.has('nokeepalive') || r.header('via') !== undefined) &&
    (askedToStay || r.protocol >= http11)
  if (keep && askedToStay) {
    const seconds = Math.floor(idleMs / 1000)
    set(table, 'Keep-Alive', max === 0 ? `timeout=${seconds}` : `timeout=${seconds}, max=${left}`)
    merge(table, 'Connection', 'Keep-Alive')
  }
  if (!keep && !wimpy) merge(table, 'Connection', 'close')
  return { persist: { keep: keep && !r.ends, idleMs, headMs: conf.headMs ?? r.server.timeoutMs }, chunked }
}
