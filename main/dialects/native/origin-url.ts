/** A `to` taken apart. `path` is null where none stands: the request's path then goes on unchanged. */
export interface OriginUrl {
  readonly tls: boolean
  readonly host: string
  readonly port: number
  /** What goes into `Host`: as written, without a port that is the scheme's own. */
  readonly authority: string
  readonly path: string | null
}

/** Takes apart what the pattern of `to` let pass (read-config.ts). */
export function originUrl(to: string): OriginUrl {
  const parts = /^(wss?|https?):\/\/(\[[^\]]+\]|[^:/]+)(?::(\d+))?(\/.*)?$/.exec(to)
  if (parts === null) throw new TypeError(`${to} is no origin`)
  const [, scheme, host, portText, path] = parts as unknown as [string, string, string, string | undefined, string | undefined]
  const tls = scheme === 'wss' || scheme === 'https'
  const usual = tls ? 443 : 80
  const port = portText === undefined ? usual : Number(portText)
  return {
    tls,
    host: host.startsWith('[') ? host.slice(1, -1) : host,
    port,
    authority: port === usual ? host : `${host}:${port}`,
    path: path ?? null
  }
}
