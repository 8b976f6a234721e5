import type { OutlineHost } from '../../shared/contract.js'
import type { Finding } from '../../shared/trace.js'
import { mapOf } from '../engine/address-map.js'

const mostNamed = 8
const defaultPorts: Readonly<Record<string, number>> = { http: 80, https: 443, ws: 80, wss: 443 }

/** Maps that no origin of the config goes by, each as a finding that names those there are. */
export function unusedMaps(maps: readonly string[], hosts: readonly OutlineHost[]): Finding[] {
  const origins = [...new Set(hosts.flatMap(({ routes }) => routes.flatMap(({ to }) => originOf(to) ?? [])))]
  // A pattern fills in the name with each request: which ones come cannot be said before.
  if (origins.some((origin) => origin.includes('$'))) return []
  return maps.filter((map) => !origins.some((origin) => isFor(map, origin))).map((map) => finding(map, origins))
}

function isFor(map: string, origin: string): boolean {
  const { name, port } = mapOf(map)
  const colon = origin.lastIndexOf(':')
  return name === origin.slice(0, colon).replace(/^\[|\]$/g, '') && (port === null || port === Number(origin.slice(colon + 1)))
}

/** `name:port` of an origin's URL; null for what leads elsewhere. */
function originOf(to: string): string | null {
  const [, scheme = '', host = '', port] = /^(https?|wss?):\/\/(\[[^\]]+\]|[^/:?#]+)(?::(\d+))?/i.exec(to) ?? []
  return host === '' ? null : `${host.toLowerCase()}:${port ?? defaultPorts[scheme.toLowerCase()]}`
}

function finding(map: string, origins: readonly string[]): Finding {
  const { name, port } = mapOf(map)
  const more = origins.length > mostNamed ? ` and ${origins.length - mostNamed} more` : ''
  return {
    code: 'map-unused',
    severity: 'warning',
    message: `The config sends nothing to ${name}${port === null ? '' : `:${port}`}: --map ${map} is not used.`,
    hint: origins.length === 0 ? 'It has no origin at all.' : `Its origins: ${origins.slice(0, mostNamed).join(', ')}${more}`,
    span: null,
    routing: false
  }
}
