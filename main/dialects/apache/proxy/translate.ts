import { substitute } from '../http/regex.js'
import { escapeForOrigin } from '../http/uri.js'
import type { Request } from '../request/request.js'
import type { ProxyAlias } from './module.js'
import { hostAndPort, isPort, parsePrefix, type Prefix } from './prefix.js'

/** A request that was mapped to an origin. `url` still as glued together; made canonical at fixups. */
export interface Proxied {
  readonly alias: ProxyAlias
  readonly real: string
  /** What follows `real`. */
  readonly rest: string
  readonly raw: boolean
}

/** mod_proxy at translate_name: the section's own ProxyPass first, then the server's in the order of the file; the first match decides. */
export function translateProxy(r: Request): Proxied | null {
  if (r.unparsedUri === '*' || !r.uri.startsWith('/') || r.has('no-proxy')) return null
  const own = r.dir.proxy.alias
  if (own !== undefined) {
    const verdict = match(r, own)
    if (verdict === 'not') return null
    if (verdict !== null) return verdict
  }
  for (const alias of r.server.conf.proxy.aliases) {
    const verdict = match(r, alias)
    if (verdict === 'not') return null
    if (verdict !== null) return verdict
    r.missedBy(alias.id)
  }
  return null
}

function match(r: Request, alias: ProxyAlias): Proxied | 'not' | null {
  if (alias.pattern !== null) return matchPattern(r, alias, alias.pattern)
  const length = prefixLength(r.uri, alias.fake)
  if (length === 0) return null
  r.routedBy(alias.id)
  if (alias.real === '!') return 'not'
  // the raw path is only safe to send where it matched just as far
  const raw = alias.nocanon && prefixLength(r.unparsedUri, alias.fake) === length
  return { alias, real: alias.real, rest: (raw ? r.unparsedUri : r.uri).slice(length), raw }
}

function matchPattern(r: Request, alias: ProxyAlias, pattern: RegExp): Proxied | 'not' | null {
  const found = pattern.exec(r.uri)
  if (found === null) return null
  r.routedBy(alias.id)
  if (alias.real === '!') return 'not'
  const rawMatch = alias.nocanon ? pattern.exec(r.unparsedUri) : null
  const real = substitute(alias.real, rawMatch ?? found)
  // no reference in the target: the whole path goes behind it
  const rest = real === alias.real ? (rawMatch === null ? r.uri : r.unparsedUri) : ''
  return { alias, real, rest, raw: rawMatch !== null }
}

/**
 * How much of a path a prefix covers, by whole segments; any number of slashes matches any number. 0: it does not match
 * (mod_alias and mod_proxy share this).
 */
export function prefixLength(uri: string, fake: string): number {
  if (uri.startsWith(fake) && !fake.includes('//') && uri.charCodeAt(fake.length) !== slash) return wholeSegment(uri, fake, fake.length)
  let u = 0
  let f = 0
  while (f < fake.length && u < uri.length) {
    if (fake.charCodeAt(f) === slash) {
      if (uri.charCodeAt(u) !== slash) return 0
      while (fake.charCodeAt(f) === slash) f++
      while (uri.charCodeAt(u) === slash) u++
    } else if (uri.charCodeAt(u++) !== fake.charCodeAt(f++)) return 0
  }
  if (f < fake.length) return 0
  return wholeSegment(uri, fake, u)
}
const slash = 0x2f

function wholeSegment(uri: string, fake: string, length: number): number {
  const ends = fake.endsWith('/') || length === uri.length || uri.charCodeAt(length) === slash
  return ends ? length : 0
}

/** Where a proxied request goes, canonical (mod_proxy_http's canon handler). */
export interface Destination {
  /** `scheme://host:port`, lower case, default port left out; null where host and path were glued to something that is none. */
  readonly authority: string
  readonly scheme: Prefix['scheme']
  readonly host: string
  readonly port: number
  /** As it goes into the request line. */
  readonly pathAndQuery: string
  /** Without the query, for the worker that fits it. */
  readonly url: string
}

/** A URL that the canon handler cannot read. */
export interface NoDestination {
  readonly unreadable: string
}

/** null: no scheme that HTTP is spoken over. 403: raw bytes that must not go into a request line. */
export function destination(r: Request, to: Proxied): Destination | NoDestination | null | 403 {
  const prefix = to.real === to.alias.real ? to.alias.prefix : parsePrefix(to.real)
  if (prefix === null) return null
  // `ws://host:port` glued to a rest without a slash makes another host of it
  const glued = prefix.path === '' && to.rest !== '' && !to.rest.startsWith('/')
  const place = glued ? authorityOf(prefix, to.rest) : prefix
  if (!isPort(place.port)) return { unreadable: place.authority }
  const tail = glued ? afterHost(to.rest) : to.rest
  const path = prefix.path + tail
  const written = to.raw ? path : escapeForOrigin(path, r.dir.core.encodedSlashes === 'nodecode')
  if (to.raw && unsafeInLine(written)) return 403
  if (r.args !== null && unsafeInLine(r.args)) return 403
  const slashed = written.startsWith('/') ? written : `/${written}`
  const query = to.raw || r.args === null || to.alias.noquery ? '' : `?${r.args}`
  const { authority, scheme, host, port } = place
  return { authority, scheme, host, port, pathAndQuery: slashed + query, url: authority + slashed }
}

function authorityOf(prefix: Prefix, rest: string): Prefix {
  const slashAt = rest.indexOf('/')
  const more = slashAt < 0 ? rest : rest.slice(0, slashAt)
  const written = `${prefix.host.includes(':') ? `[${prefix.host}]` : prefix.host}`
  const explicitPort = prefix.authority.endsWith(`:${prefix.port}`) ? `:${prefix.port}` : ''
  return { ...hostAndPort(prefix.scheme, `${written}${explicitPort}${more}`), path: '' }
}

function afterHost(rest: string): string {
  const slashAt = rest.indexOf('/')
  return slashAt < 0 ? '' : rest.slice(slashAt)
}

function unsafeInLine(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code <= 0x20 || code === 0x7f) return true
  }
  return false
}
