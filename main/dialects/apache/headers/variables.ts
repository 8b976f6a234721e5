import { fieldValue } from '../../../../shared/fields.js'
import { serverName, serverPort } from '../http/server-name.js'
import type { Request } from '../request/request.js'

/** A variable of a request by the name that mod_ssl's lookup and ap_expr share; undefined: no such, or not set. */
export function variable(r: Request, name: string): string | undefined {
  const colon = name.indexOf(':')
  if (colon > 0) return lookup(r, name.slice(0, colon).toUpperCase(), name.slice(colon + 1))
  const upper = name.toUpperCase()
  const known = variables[upper]
  if (known !== undefined) return known(r)
  if (upper.startsWith('HTTP_')) return headers[upper] === undefined ? undefined : (fieldValue(r.headersIn, headers[upper]) ?? '')
  if (upper.startsWith('SSL_')) return tlsVariable(r, upper)
  return r.env.get(name)
}

function lookup(r: Request, function_: string, argument: string): string | undefined {
  switch (function_) {
    case 'HTTP':
    case 'REQ':
      r.varies(argument)
      return fieldValue(r.headersIn, argument.toLowerCase()) ?? ''
    case 'ENV':
    case 'REQENV':
      return r.env.get(argument) ?? ''
    case 'RESP':
      return fieldValue(r.out, argument.toLowerCase()) ?? ''
    default:
      return undefined
  }
}

const headers: Readonly<Record<string, string>> = {
  HTTP_ACCEPT: 'accept',
  HTTP_COOKIE: 'cookie',
  HTTP_FORWARDED: 'forwarded',
  HTTP_HOST: 'host',
  HTTP_PROXY_CONNECTION: 'proxy-connection',
  HTTP_REFERER: 'referer',
  HTTP_USER_AGENT: 'user-agent'
}

const variables: Readonly<Record<string, (r: Request) => string>> = {
  REMOTE_ADDR: (r) => r.arrival.client.address,
  REMOTE_HOST: (r) => r.arrival.client.address,
  REMOTE_PORT: (r) => String(r.arrival.client.port),
  SERVER_ADDR: (r) => r.arrival.address,
  SERVER_NAME: (r) => serverName(r),
  SERVER_PORT: (r) => String(serverPort(r)),
  SERVER_PROTOCOL: (r) => r.protocolText,
  SERVER_SOFTWARE: (r) => r.server.site.banner,
  SERVER_ADMIN: (r) => r.server.conf.core.admin ?? '[no address given]',
  REQUEST_METHOD: (r) => r.method,
  REQUEST_SCHEME: (r) => (r.isHttps ? 'https' : 'http'),
  REQUEST_URI: (r) => r.uri,
  REQUEST_FILENAME: (r) => r.filename ?? '',
  REQUEST_STATUS: (r) => String(r.status),
  DOCUMENT_ROOT: (r) => r.server.documentRoot,
  QUERY_STRING: (r) => r.args ?? '',
  THE_REQUEST: (r) => `${r.method} ${r.unparsedUri} ${r.protocolText}`,
  PROTOCOL: (r) => r.protocolText,
  HTTPS: (r) => (r.isHttps ? 'on' : 'off'),
  IPV6: (r) => (r.arrival.client.address.includes(':') ? 'on' : 'off'),
  CONTENT_TYPE: (r) => r.contentType ?? ''
}

function tlsVariable(r: Request, name: string): string | undefined {
  const { tls } = r.arrival
  if (tls === null) return undefined
  switch (name) {
    case 'SSL_PROTOCOL':
      return tls.protocol
    case 'SSL_CIPHER':
      return tls.cipher
    case 'SSL_TLS_SNI':
      return tls.serverName ?? ''
    case 'SSL_CLIENT_S_DN':
      return tls.clientCertificate?.subject ?? ''
    case 'SSL_CLIENT_VERIFY':
      return tls.clientCertificate === null ? 'NONE' : tls.clientCertificate.verified ? 'SUCCESS' : 'FAILED'
    default:
      return ''
  }
}
