import type { Request } from '../request/request.js'

/** The name a request's server goes by: with `UseCanonicalName On` its `ServerName`, else what the client asked for. */
export function serverName(r: Request): string {
  return r.dir.core.canonicalName === true ? r.server.name : (r.hostname ?? r.server.name)
}

/** The port of that name: the one in the client's Host, else the `ServerName`'s, else the scheme's (not the one listened on). */
export function serverPort(r: Request): number {
  const own = r.server.conf.core.port ?? 0
  const physical = r.dir.core.canonicalPort === true ? r.arrival.port : 0
  const asked = r.dir.core.canonicalName === true ? 0 : r.hostPort
  if (r.dir.core.canonicalName === true) return own || physical || defaultPort(r)
  return asked || physical || own || defaultPort(r)
}

export function defaultPort(r: Request): number {
  return r.isHttps ? 443 : 80
}

/** An absolute URL of this server (ap_construct_url). */
export function ownUrl(r: Request, path: string): string {
  const port = serverPort(r)
  const scheme = r.server.conf.core.scheme ?? (r.isHttps ? 'https' : 'http')
  const name = serverName(r)
  const host = name.includes(':') && !name.startsWith('[') ? `[${name}]` : name
  return `${scheme}://${host}${port === defaultPort(r) ? '' : `:${port}`}${path}`
}
