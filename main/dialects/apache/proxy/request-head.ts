import type { RequestHead } from '../../../../shared/heads.js'
import { http10, type Request } from '../request/request.js'
import { serverName, serverPort, defaultPort } from '../http/server-name.js'
import { get, merge, type Table } from '../http/table.js'
import { hostField } from './origin.js'
import type { Destination } from './translate.js'

/** What is sent to an origin besides the client's own fields. */
export interface Sending {
  readonly to: Destination
  /** The client's token, where this is to be an upgrade. */
  readonly upgrade: string | null
  /** The connection may be used again. */
  readonly keep: boolean
  readonly force10: boolean
  readonly expect: boolean
  readonly framing: readonly string[]
}

/**
 * The head as httpd sends it: Host, the client's fields in order without those of one hop, X-Forwarded-*, the body's
 * framing, and last Connection and Upgrade. `null`: a Connection field that cannot be read (400).
 */
export function requestHead(r: Request, sending: Sending): RequestHead {
  const fields: Table = ['Host', hostOf(r, sending)]
  copyFields(r, fields, sending.expect)
  via(r, fields)
  if (sending.expect && get(fields, 'expect') === undefined) fields.push('Expect', '100-Continue')
  forwarded(r, fields)
  for (const each of sending.framing) fields.push(each)
  if (sending.upgrade !== null) fields.push('Connection', 'Upgrade', 'Upgrade', sending.upgrade)
  else if (!sending.force10) fields.push('Connection', sending.keep ? 'Keep-Alive' : 'close')
  return { method: r.method, target: sending.to.pathAndQuery, version: sending.force10 ? 'HTTP/1.0' : 'HTTP/1.1', fields }
}

function hostOf(r: Request, sending: Sending): string {
  if (r.dir.proxy.preserveHost !== true) return hostField(sending.to)
  r.tookPart(r.dir.proxy.preserveHostId ?? -1)
  return r.header('host') ?? r.server.name
}

function copyFields(r: Request, fields: Table, expect: boolean): void {
  const { headersIn } = r
  const nominated = nominatedBy(r.header('connection'))
  for (let i = 0; i < headersIn.length; i += 2) {
    const name = headersIn[i] as string
    if (staysBehind(name, nominated, expect)) continue
    const value = headersIn[i + 1] as string
    fields.push(name, name.length === 12 && name.toLowerCase() === 'max-forwards' ? String(Number(value) - 1) : value)
  }
}

/** Fields that a client's `Connection` names belong to that hop (RFC 9110 §7.6.1); null: none. */
function nominatedBy(connection: string | undefined): ReadonlySet<string> | null {
  if (connection === undefined) return null
  const names = connection.split(',').map((each) => each.trim().toLowerCase())
  return names.some((name) => name !== 'keep-alive' && name !== 'upgrade' && name !== 'close' && name !== '') ? new Set(names) : null
}

/** Sorted by length first, so that most names need no lower case made of them. */
const hopByHop: readonly (readonly string[])[] = lengths([
  'te',
  'host',
  'expect',
  'trailer',
  'upgrade',
  'connection',
  'keep-alive',
  'content-length',
  'proxy-connection',
  'transfer-encoding'
])

function lengths(names: readonly string[]): readonly (readonly string[])[] {
  const table: string[][] = Array.from({ length: 20 }, () => [])
  for (const name of names) table[name.length]?.push(name)
  return table
}

function staysBehind(name: string, nominated: ReadonlySet<string> | null, expect: boolean): boolean {
  if (nominated !== null && nominated.has(name.toLowerCase())) return true
  const sameLength = hopByHop[name.length]
  if (sameLength === undefined || sameLength.length === 0) return false
  const lower = name.toLowerCase()
  return sameLength.includes(lower) && !(expect && lower === 'expect')
}

function forwarded(r: Request, fields: Table): void {
  if (r.dir.proxy.addHeaders === false) {
    r.tookPart(r.dir.proxy.addHeadersId ?? -1)
    return
  }
  merge(fields, 'X-Forwarded-For', r.arrival.client.address, 'x-forwarded-for')
  const host = r.header('host')
  if (host !== undefined) merge(fields, 'X-Forwarded-Host', host, 'x-forwarded-host')
  merge(fields, 'X-Forwarded-Server', r.server.name, 'x-forwarded-server')
}

/** `ProxyVia`, on the way to the origin. */
function via(r: Request, fields: Table): void {
  const mode = r.server.conf.proxy.via ?? 'off'
  if (mode === 'off') return
  if (mode === 'block') {
    const at = fields.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'via')
    if (at >= 0) fields.splice(at, 2)
  } else merge(fields, 'Via', viaValue(r))
}

/** `1.1 name:port`, with the product behind it where `ProxyVia Full` asks for it. */
export function viaValue(r: Request): string {
  const name = r.dir.core.canonicalName === true ? serverName(r) : r.server.name
  const port = serverPort(r)
  const shown = port === defaultPort(r) ? '' : `:${port}`
  const version = r.protocol <= http10 ? '1.0' : '1.1'
  const product = r.server.conf.proxy.via === 'full' ? ` (${r.server.site.baseVersion})` : ''
  return `${version} ${name}${shown}${product}`
}
