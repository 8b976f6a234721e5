import type { ListenerFacts, OutlineHost, OutlineRoute } from '../../shared/contract.js'

/** How a client asks for what a listener serves. */
export interface Asked {
  /** Of a path that is led somewhere. */
  readonly url: string
  /** What the name in the URL stands for, where nobody but the config knows it; null: the URL leads there by itself. */
  readonly at: { readonly name: string; readonly address: string; readonly port: number } | null
}

/**
 * A name that the listener's certificate is for, rather than the address that no certificate of a named host has: that of the first
 * virtual host on its port, else of the config as a whole. `socket`: with a path for a WebSocket, where one is led as such.
 */
export function askedOf({ url, port, tls, production }: ListenerFacts, hosts: readonly OutlineHost[], socket = false): Asked {
  const here = hosts.filter(({ listens }) => listens.some((place) => isAt(place, production.port)))
  const named = tls ? first(here.filter(({ name }) => isName(name))) : undefined
  const path = pathOf(here, named ?? first(here), socket)
  if (named === undefined) return { url: new URL(path, url).href, at: null }
  const { name } = named
  const own = `https://${name}${port === 443 ? '' : `:${port}`}${path}`
  return { url: own, at: isLocal(name) ? null : { name, address: new URL(url).hostname, port } }
}

/** A virtual host, if there is one. */
function first(hosts: readonly OutlineHost[]): OutlineHost | undefined {
  return hosts.find(({ at }) => at !== null) ?? hosts[0]
}

/** A path that leads to a backend, `/` if that does; `/`, too, where no route says better: what a pattern matches nobody knows. */
function pathOf(hosts: readonly OutlineHost[], answering: OutlineHost | undefined, socket: boolean): string {
  const any = hosts.filter(({ name, at }) => at === null && (name === '*' || answering?.at != null))
  const routes = (answering === undefined ? [] : [answering, ...any]).flatMap((host) => host.routes)
  const led = routes.filter(({ match, to }) => /^\/[\w.~%/-]*$/.test(match) && /^(?:https?|wss?|balancer):/i.test(to))
  const isSocket = ({ to }: OutlineRoute): boolean => /^wss?:/i.test(to)
  const pages = led.filter((route) => !isSocket(route))
  const page = pages.find(({ match }) => match === '/') ?? pages[0] ?? led[0]
  const upgrading = page?.upgrades === true ? page : led.find(({ upgrades }) => upgrades)
  const asked = socket ? (led.find(isSocket) ?? upgrading ?? page) : page
  return asked?.match ?? '/'
}

/** curl's words that lead such a name there. */
export function resolveWords(at: Asked['at']): readonly string[] {
  return at === null ? [] : ['--resolve', `${at.name}:${at.port}:${at.address}`]
}

/** Addresses and patterns are none. */
function isName(name: string): boolean {
  return !/[*?:]|^[\d.]+$/.test(name)
}
/** Every resolver knows these (RFC 6761 §6.3). */
function isLocal(name: string): boolean {
  return /(?:^|\.)localhost$/i.test(name)
}
/** `*:443`, `10.0.0.1:*`, `*`. */
function isAt(place: string, port: number): boolean {
  const written = /:(\d+|\*)$/.exec(place)?.[1] ?? '*'
  return written === '*' || Number(written) === port
}
