import { indexOfField } from '../../../../shared/fields.js'
import type { HeadFault, RequestHead } from '../../../../shared/heads.js'
import type { Server } from '../config/server.js'
import type { AddressSet } from '../core/vhosts.js'
import { selectByName } from '../core/vhosts.js'
import { set } from '../http/table.js'
import { http11, type Request } from './request.js'

/** What is known before a request is read: the servers of the address it came to. */
export interface Connection {
  readonly server: Server
  readonly set: AddressSet | null
}
export interface Refused {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly notes: string | null
}

/** ap_read_request: checks what was read, finds the virtual host by name. null: go on. */
export function readRequest(r: Request, connection: Connection, head: RequestHead | HeadFault): Refused | null {
  if ('fault' in head) return faulty(r, connection, head)
  const host = hostOf(r)
  if (host === null) return refused(400, 'AH00550', `Client sent malformed Host header`)
  name(r, connection, host)
  if (r.hostname === null && r.protocol >= http11) {
    return refused(400, 'AH02429', 'client sent HTTP/1.1 request without hostname (see RFC2616 section 14.23)')
  }
  if (r.method === 'CONNECT') return refused(405, 'AH00126', `Invalid method in request ${r.method} ${r.unparsedUri}`)
  const tls = tlsRefusal(r, connection)
  if (tls !== null) return tls
  return expectation(r)
}

function refused(status: number, code: string, message: string, notes: string | null = null): Refused {
  return { status, code, message, notes }
}

interface Named {
  readonly host: string
  readonly port: number
}

/** An absolute URI's host counts more than the field; `{host: ''}`: none was given. null: it cannot be read. */
function hostOf(r: Request): Named | null {
  const absolute = r.unparsedUri.startsWith('/') ? null : /^([a-z][a-z0-9+.-]*):\/\/([^/?]*)(.*)$/i.exec(r.unparsedUri)
  if (absolute !== null && r.method !== 'CONNECT') {
    const rest = absolute[3] as string
    const path = rest.startsWith('/') ? rest : `/${rest}`
    const query = path.indexOf('?')
    r.unparsedUri = path
    r.uri = query < 0 ? path : path.slice(0, query)
    r.args = query < 0 ? null : path.slice(query + 1)
    const authority = (absolute[2] as string).replace(/^[^@]*@/, '')
    set(r.headersIn, 'Host', authority)
    return parseHost(authority)
  }
  const at = indexOfField(r.headersIn, 'host')
  return at < 0 ? { host: '', port: 0 } : parseHost(r.headersIn[at + 1] as string)
}

/** A Host field's value; null: it cannot be read. */
export function parseHost(text: string): Named | null {
  if (text === '') return { host: '', port: 0 }
  const known = hosts.get(text)
  if (known !== undefined) return known
  const parsed = readHost(text)
  if (hosts.size >= mostHosts) hosts.clear()
  hosts.set(text, parsed)
  return parsed
}

/** Clients ask for the same few hosts: each is taken apart once. A memo of a pure function, bounded. */
const hosts = new Map<string, Named | null>()
const mostHosts = 1024

function readHost(text: string): Named | null {
  const match = /^(\[[0-9a-f:.]+\]|[^\s:/\\]*)(?::(\d*))?$/i.exec(text)
  if (match === null) return null
  const port = match[2] === undefined || match[2] === '' ? 0 : Number(match[2])
  if (port > 65535) return null
  return { host: (match[1] as string).toLowerCase().replace(/\.$/, ''), port }
}

function name(r: Request, connection: Connection, { host, port }: Named): void {
  const given = host !== '' || indexOfField(r.headersIn, 'host') >= 0
  r.hostname = given ? host : null
  r.hostPort = port
  const server = given ? selectByName(connection.set, host, r.arrival.port) : null
  if (server !== null) {
    r.server = server
    r.dir = server.base
  }
  r.tookPart(r.server.id)
}

/** SNI of one virtual host, Host of another whose TLS differs: 421; no SNI where it is asked for: 403. */
function tlsRefusal(r: Request, connection: Connection): Refused | null {
  const { tls } = r.arrival
  if (tls === null) return null
  if (tls.serverName === null) {
    if (connection.server.conf.ssl.strictSni !== true && r.server.conf.ssl.strictSni !== true) return null
    return refused(403, 'AH02033', 'No hostname was provided via SNI for a name based virtual host')
  }
  if (r.hostname === null)
    return refused(400, 'AH02031', `Hostname ${tls.serverName} provided via SNI, but no hostname provided in HTTP request`)
  const bySni = selectByName(connection.set, tls.serverName.toLowerCase(), r.arrival.port) ?? connection.server
  if (bySni === r.server || sameTls(bySni, r.server)) return null
  return refused(
    421,
    'AH02032',
    `Hostname ${tls.serverName} provided via SNI and hostname ${r.hostname} provided via HTTP have no compatible SSL setup`
  )
}

function sameTls(a: Server, b: Server): boolean {
  return JSON.stringify(a.tls) === JSON.stringify(b.tls)
}

function expectation(r: Request): Refused | null {
  const expect = r.header('expect')
  if (expect === undefined || r.protocol < http11) return null
  if (/(^|,)\s*100-continue\s*(,|$)/i.test(expect)) {
    r.expects100 = true
    return null
  }
  return refused(417, 'AH00570', `client sent an unrecognized expectation value of Expect: ${expect}`)
}

/** What httpd answers to bytes that are no request. */
function faulty(r: Request, connection: Connection, fault: HeadFault): Refused {
  r.server = connection.server
  r.dir = r.server.base
  r.closing = true
  switch (fault.fault) {
    case 'lineTooLong':
      return refused(414, 'AH00565', "request failed: client's request-line exceeds LimitRequestLine (longer than 8190)")
    case 'fieldTooLong':
      return refused(400, 'AH00561', 'Request header exceeds LimitRequestFieldSize', tooLong(fault))
    case 'tooManyFields':
      return refused(
        400,
        'AH00560',
        'number of request headers exceeds LimitRequestFields',
        "The number of request header fields exceeds this server's limit."
      )
    case 'timedOut':
      return refused(408, 'AH00567', 'request failed: error reading the headers')
    case 'plainOnTls':
      return refused(400, 'AH01996', 'SSL handshake failed: HTTP spoken on HTTPS port; trying to send HTML error page', plainOnTls)
    case 'badVersion':
      return refused(400, 'AH02418', `HTTP Request: Unrecognized protocol '${fault.on}'`)
    case 'badTransferEncoding':
      return refused(400, 'AH02539', `client sent unsupported Transfer-Encoding: ${fault.on}`)
    case 'badLength':
      return refused(400, 'AH01242', `client sent invalid Content-Length (${fault.on}): ${r.unparsedUri}`)
    case 'noHost':
      return refused(400, 'AH02429', 'client sent HTTP/1.1 request without hostname (see RFC2616 section 14.23)')
    default:
      return refused(400, 'AH02427', `Request header or line is not valid: ${fault.on}`)
  }
}

function tooLong(fault: HeadFault): string {
  const field = fault.on.split(':')[0] ?? ''
  return `Size of a request header field exceeds server limit.<br />\n<pre>\n${field.slice(0, 80)}\n</pre>\n`
}

const plainOnTls =
  "Reason: You're speaking plain HTTP to an SSL-enabled server port.<br />\n Instead use the HTTPS scheme to access this URL, please.<br />\n"
