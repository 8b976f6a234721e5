import type { PlainError } from '../../../shared/errors.js'
import type { Sketch } from '../../../shared/site.js'

type Pairs = readonly (readonly [production: number, here: number])[]

/** A port of the config, and where it is, or will be, served here. */
export interface Listening {
  readonly production: { readonly port: number }
  readonly port: number
  readonly tls: boolean
}
export interface PortRow {
  readonly production: number
  /** Where it is served; null: it is not, just now. */
  readonly here: number | null
  readonly tls: boolean
}

/** Where a config that is not served would listen here. */
export function sketchedPorts(listeners: Sketch['listeners'], mapped: Pairs): Listening[] {
  const here = new Map(mapped)
  return listeners.map(({ port, tls }) => ({ production: { port }, port: here.get(port) ?? port, tls }))
}

/** One row a port of the config. @param mapped the choices that are kept, for a config that is not running */
export function portsOf(listeners: readonly Listening[], mapped: Pairs): PortRow[] {
  const rows = new Map<number, PortRow>()
  for (const { production, port, tls } of listeners) {
    if (!rows.has(production.port)) rows.set(production.port, { production: production.port, here: port, tls })
  }
  for (const [production, here] of mapped) {
    if (!rows.has(production)) rows.set(production, { production, here, tls: false })
  }
  return [...rows.values()]
}

/** The pairs with one port served elsewhere; where it is the same as in production, no pair is needed. */
export function withPort(pairs: Pairs, production: number, here: number): [number, number][] {
  const others = pairs.filter(([port]) => port !== production).map(([port, to]): [number, number] => [port, to])
  return here === production ? others : [...others, [production, here]]
}

/** What would help, as the host names it or by the message, where a port can't be had: the port of production, and another one to serve it on. null: it is another error. */
export function otherPort(
  error: PlainError | null,
  pairs: Pairs,
  taken: readonly number[]
): { readonly production: number; readonly here: number } | null {
  if (error === null || (error.code !== 'port-in-use' && error.code !== 'port-denied')) return null
  const named = /--port (\d{1,5})=(\d{1,5})/.exec(error.hint ?? '')
  const refused = Number(/\bport (\d{1,5})\b/i.exec(error.message)?.[1] ?? 0)
  if (named === null && (refused < 1 || refused >= 65_535)) return null
  const production = named === null ? (pairs.find(([, here]) => here === refused)?.[0] ?? refused) : Number(named[1])
  // Below 1024 rights are needed: 443 becomes 8443, as everybody expects.
  let here = named === null ? (refused < 1024 ? refused + 8000 : refused + 1) : Number(named[2])
  // One that the config has itself would be refused as well.
  while (taken.includes(here)) here++
  return { production, here }
}
