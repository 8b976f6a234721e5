import type { OriginTls, Target, Timeouts } from '../../../shared/steps.js'
import { fieldEdits } from './field-edits.js'
import type { FieldEdits } from './field-edits.js'
import { defaults } from './native-config.js'
import type { UpgradePolicy } from './native-config.js'
import { originUrl } from './origin-url.js'
import type { ReadRoute } from './read-config.js'

/** A route with all that can be known before a request is there. */
export interface Route {
  /** Ids of what takes part: in a plain request, and in one that upgrades. */
  readonly took: { readonly plain: readonly number[]; readonly upgraded: readonly number[] }
  readonly id: number
  readonly match: string
  /** `match` without a slash at its end. */
  readonly prefix: string
  readonly host: string | null
  readonly action: Action
  readonly responseEdits: FieldEdits | null
}
export type Action =
  | Forward
  | { readonly does: 'files'; readonly root: string }
  | { readonly does: 'redirect'; readonly status: number; readonly to: string }
  | { readonly does: 'respond'; readonly status: number; readonly fields: readonly string[]; readonly body: Uint8Array }

export interface Forward {
  readonly does: 'forward'
  /** As written, for logs. */
  readonly url: string
  readonly target: Target
  /** Connections to the same origin under the same TLS are the same pool. */
  readonly pool: string
  /** What goes into Host; null: the client's. */
  readonly hostField: string | null
  readonly path: string | null
  readonly strip: boolean
  readonly upgrade: UpgradePolicy
  readonly timeouts: Timeouts
  readonly idleMs: number
  readonly requestEdits: FieldEdits | null
}

/** What makes a route of a config's object: paths and the system's authorities come from outside. */
export interface RouteMaking {
  absolute(path: string): string
  readonly systemRoots: string
}

export function makeRoute(read: ReadRoute, id: number, took: Route['took'], making: RouteMaking): Route {
  const match = read.match as string
  return {
    took,
    id,
    match,
    prefix: match.endsWith('/') ? match.slice(0, -1) : match,
    host: read.host?.toLowerCase() ?? null,
    action: actionOf(read, making),
    responseEdits: fieldEdits(read.responseHeaders)
  }
}

function actionOf(read: ReadRoute, making: RouteMaking): Action {
  if (read.files !== undefined) return { does: 'files', root: making.absolute(read.files) }
  if (read.redirect !== undefined)
    return { does: 'redirect', status: read.redirect.status ?? defaults.redirectStatus, to: read.redirect.to as string }
  if (read.respond !== undefined) {
    const { status, headers, body } = read.respond
    const fields = [...(headers ?? [])].flatMap(([name, value]) => [name, value.trim()])
    return { does: 'respond', status: status as number, fields, body: Buffer.from(body ?? '', 'latin1') }
  }
  return forwardOf(read, making)
}

function forwardOf(read: ReadRoute, making: RouteMaking): Forward {
  const url = originUrl(read.to as string)
  const tls = url.tls ? originTls(read, url.host, making) : null
  const preserveHost = read.preserveHost ?? !url.tls
  return {
    does: 'forward',
    url: read.to as string,
    target: { host: url.host, port: url.port, tls },
    pool: `native ${url.host}:${url.port}${tls === null ? '' : ` ${JSON.stringify(tls)}`}`,
    hostField: preserveHost ? null : url.authority,
    path: url.path,
    strip: read.stripPrefix ?? url.path !== null,
    upgrade: read.upgrade ?? defaults.upgrade,
    timeouts: {
      connectMs: read.timeouts?.connectMs ?? defaults.connectMs,
      headMs: read.timeouts?.answerMs ?? defaults.answerMs,
      readMs: 0,
      sendMs: 0
    },
    idleMs: read.timeouts?.idleMs ?? defaults.idleMs,
    requestEdits: fieldEdits(read.requestHeaders)
  }
}

function originTls(read: ReadRoute, host: string, making: RouteMaking): OriginTls {
  const verify = read.verify
  const name = verify?.serverName ?? host
  const isAddress = /^[0-9.]+$|:/.test(name)
  const caFile = verify?.caFile === undefined ? making.systemRoots : making.absolute(verify.caFile)
  return {
    // No server name is an address (RFC 6066 §3).
    serverName: isAddress ? null : name,
    checkName: verify?.name === false ? null : name,
    verify: verify?.chain === false ? null : { caFile, depth: 9 },
    checkExpiry: verify?.expiry !== false,
    certificate: null,
    alpn: ['http/1.1'],
    addressNames: true
  }
}

/** In the order in which routes are tried: the longest prefix first, then by host, then as written. */
export function inOrder(routes: readonly Route[]): readonly Route[] {
  return [...routes].sort((a, b) => b.match.length - a.match.length || hostRank(a) - hostRank(b) || a.id - b.id)
}

function hostRank({ host }: Route): number {
  return host === null ? 2 : host.startsWith('*.') ? 1 : 0
}

/** Whether a path, as sent and without its query, stands under a route's prefix in whole segments. */
export function pathFits(route: Route, path: string): boolean {
  if (!path.startsWith(route.match)) return false
  return path.length === route.match.length || route.match.endsWith('/') || path[route.match.length] === '/'
}

/** @param host lower case, without port */
export function hostFits(route: Route, host: string): boolean {
  if (route.host === null || route.host === host) return true
  return route.host.startsWith('*.') && host.length > route.host.length - 1 && host.endsWith(route.host.slice(1))
}

/** The path that an origin is asked for; `query` with its question mark, or empty. */
export function pathAtOrigin(action: Forward, route: Route, path: string, query: string): string {
  const rest = action.strip ? path.slice(route.prefix.length) : path
  if (action.path === null) return (rest === '' ? '/' : rest) + query
  // Exactly that path was asked for: the one of `to` as it is written.
  if (rest === '') return action.path + query
  return (action.path.endsWith('/') ? action.path.slice(0, -1) : action.path) + rest + query
}
