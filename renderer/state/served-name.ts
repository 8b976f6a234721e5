import type { ListenerFacts, OutlineHost } from '../../shared/contract.js'

/** How a client asks for what a listener serves. */
export interface Asked {
  /** With a slash at its end. */
  readonly url: string
  /** What the name in the URL stands for, where nobody but the config knows it; null: the URL leads there by itself. */
  readonly at: { readonly name: string; readonly address: string; readonly port: number } | null
}

/**
 * A name that the listener's certificate is for, rather than the address that no certificate of a named host has: that of the first
 * virtual host on its port, else of the config as a whole.
 */
export function askedOf({ url, port, tls, production }: ListenerFacts, hosts: readonly OutlineHost[]): Asked {
  const named = hosts.filter(({ name, listens }) => isName(name) && listens.some((place) => isAt(place, production.port)))
  const name = (named.find(({ at }) => at !== null) ?? named[0])?.name ?? null
  const whole = url.replace(/\/?$/, '/')
  if (name === null || !tls) return { url: whole, at: null }
  const own = `https://${name}${port === 443 ? '' : `:${port}`}/`
  return { url: own, at: isLocal(name) ? null : { name, address: new URL(url).hostname, port } }
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
