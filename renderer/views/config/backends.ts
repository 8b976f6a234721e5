import type { OutlineHost } from '../../../shared/contract.js'

/** Where a config sends requests, as production has it. */
export interface Origin {
  readonly host: string
  readonly port: number
  readonly tls: boolean
}
export interface Backend extends Origin {
  /** `app-01.internal:3000`: its name in the table. */
  readonly name: string
  /** Where it is looked for here; null: where production has it. */
  readonly here: string | null
  /** Routes that lead there. */
  readonly routes: number
}

const standardPorts: Readonly<Record<string, number>> = { http: 80, ws: 80, https: 443, wss: 443 }

/** The origin of `ws://app-01.internal:3000/ws/`; null for folders, redirects and what is not proxied. */
export function originOf(to: string): Origin | null {
  const parts = /^(?<scheme>https?|wss?):\/\/(?<host>\[[0-9a-f:.]+\]|[^/:?#\s[\]]+)(?::(?<port>\d{1,5}))?(?=[/?#]|$)/i.exec(to)?.groups
  if (parts === undefined) return null
  const scheme = (parts['scheme'] as string).toLowerCase()
  const port = Number(parts['port'] ?? standardPorts[scheme])
  const host = (parts['host'] as string).replace(/^\[|\]$/g, '').toLowerCase()
  return { host, port, tls: scheme === 'https' || scheme === 'wss' }
}

/** The origins of an outline, each once, in the order of the config, and where they are here. */
export function backendsOf(hosts: readonly OutlineHost[], maps: readonly string[]): Backend[] {
  const found = new Map<string, Backend>()
  for (const origin of hosts.flatMap(({ routes }) => routes.flatMap(({ to }) => originOf(to) ?? []))) {
    const name = authority(origin.host, origin.port)
    const routes = (found.get(name)?.routes ?? 0) + 1
    found.set(name, { ...origin, name, here: mappedTo(maps, origin), routes })
  }
  return [...found.values()]
}

/** Where the maps lead an origin: one with its port goes before one without. */
function mappedTo(maps: readonly string[], { host, port }: Origin): string | null {
  const rules = maps.map(splitMap)
  const fits = (key: string): string | undefined => rules.find((rule) => rule.key === key)?.to
  return fits(authority(host, port)) ?? fits(bracketed(host)) ?? null
}

/** The maps with one origin led elsewhere; `to` empty: where production has it. */
export function withMap(maps: readonly string[], { host, port }: Pick<Origin, 'host' | 'port'>, to: string): string[] {
  const name = authority(host, port)
  const others = maps.filter((map) => splitMap(map).key !== name)
  if (to !== '') return [...others, `${name}=${to}`]
  // Without a rule of its own, one for all its ports would still hold.
  return others.filter((map) => splitMap(map).key !== bracketed(host))
}

/** What a person typed as an address: `3000` and `:3000` mean this machine. null: it is none. */
export function readAddress(typed: string): { readonly host: string; readonly port: number } | null {
  const parts = /^(?:(?<host>\[[0-9a-f:.]+\]|[^:=\s[\]]+)?:)?(?<port>\d{1,5})$/i.exec(typed.trim())?.groups
  const port = Number(parts?.['port'] ?? 0)
  if (parts === undefined || port < 1 || port > 65_535) return null
  return { host: (parts['host'] ?? '127.0.0.1').replace(/^\[|\]$/g, ''), port }
}

export function authority(host: string, port: number): string {
  return `${bracketed(host)}:${port}`
}

function splitMap(map: string): { readonly key: string; readonly to: string } {
  const at = map.indexOf('=')
  return { key: map.slice(0, at).toLowerCase(), to: map.slice(at + 1) }
}
function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
