/** The target of a ProxyPass taken apart: `ws://host:port/path`. */
export interface Origin {
  readonly scheme: 'http' | 'https' | 'ws' | 'wss'
  readonly host: string
  /** The scheme's where none is written. */
  readonly port: number
  readonly path: string
  /** Canonical: scheme and host in lower case, no default port (what a worker is called). */
  readonly name: string
}

const defaultPorts = { http: 80, https: 443, ws: 80, wss: 443 } as const

/** null: another scheme, a Unix socket, a balancer, or not a URL of this shape. */
export function parseOrigin(url: string): Origin | null {
  const match = /^(https?|wss?):\/\/(\[[^\]]+\]|[^/:?#]+)(?::(\d*))?((?:[/?#$].*)?)$/i.exec(url)
  if (match === null) return null
  const scheme = (match[1] as string).toLowerCase() as Origin['scheme']
  const written = (match[2] as string).toLowerCase()
  const port = match[3] === undefined || match[3] === '' ? defaultPorts[scheme] : Number(match[3])
  if (port < 1 || port > 65535) return null
  const path = match[4] as string
  return {
    scheme,
    host: written.replace(/^\[|\]$/g, ''),
    port,
    path,
    name: `${scheme}://${written}${port === defaultPorts[scheme] ? '' : `:${port}`}${path}`
  }
}

export function isTls(scheme: Origin['scheme']): boolean {
  return scheme === 'https' || scheme === 'wss'
}

/** How `Host` names an origin (RFC 9110 §7.2): the port is left out where it is 80, whatever the scheme, as httpd has it. */
export function hostField(origin: Pick<Origin, 'host' | 'port' | 'scheme'>): string {
  const host = origin.host.includes(':') ? `[${origin.host}]` : origin.host
  return origin.port === 80 || origin.port === defaultPorts[origin.scheme] ? host : `${host}:${origin.port}`
}
