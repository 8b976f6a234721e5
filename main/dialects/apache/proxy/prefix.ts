/** A target as it is glued to the rest of a path: where it goes, and what of its path stands in front. */
export interface Prefix {
  /** `scheme://host:port`, lower case, without a default port. */
  readonly authority: string
  readonly scheme: 'http' | 'https' | 'ws' | 'wss'
  readonly host: string
  readonly port: number
  readonly path: string
}

/** null: no scheme that HTTP is spoken over. */
export function parsePrefix(real: string): Prefix | null {
  const match = /^(https?|wss?):\/\/([^/]*)(.*)$/is.exec(real)
  if (match === null) return null
  const scheme = (match[1] as string).toLowerCase() as Prefix['scheme']
  return { ...hostAndPort(scheme, match[2] as string), path: match[3] as string }
}

/** Digits are a port, whatever their number; a port of anything else makes the whole a host name, which then is not found. */
export function hostAndPort(scheme: Prefix['scheme'], text: string): Omit<Prefix, 'path'> {
  const fallback = scheme === 'https' || scheme === 'wss' ? 443 : 80
  const match = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(text)
  const port = match === null || match[2] === undefined ? fallback : Number(match[2])
  const host = (match?.[1] ?? text).toLowerCase()
  return { authority: `${scheme}://${host}${port === fallback ? '' : `:${port}`}`, scheme, host: host.replace(/^\[|\]$/g, ''), port }
}

/** What a connection can be made to (`apr_parse_addr_port`). */
export function isPort(port: number): boolean {
  return port >= 1 && port <= 65_535
}
