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

/** A port that is none makes the whole a host name, which then is not found. */
export function hostAndPort(scheme: Prefix['scheme'], text: string): Omit<Prefix, 'path'> {
  const fallback = scheme === 'https' || scheme === 'wss' ? 443 : 80
  const match = /^(\[[^\]]*\]|[^:]*)(?::(\d{0,5}))?$/.exec(text)
  const port = match === null || match[2] === undefined || match[2] === '' ? fallback : Number(match[2])
  const host = (match?.[1] ?? text).toLowerCase()
  return { authority: `${scheme}://${host}${port === fallback ? '' : `:${port}`}`, scheme, host: host.replace(/^\[|\]$/g, ''), port }
}
