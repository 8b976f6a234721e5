import type { ExchangeRow } from '../../../../shared/rows.js'
import { maskedTarget } from '../inspect/secrets.js'

type Addressed = Pick<ExchangeRow, 'host' | 'target' | 'scheme' | 'handshake'>

/** Where an exchange went, in the parts that a row shows one behind the other. */
export interface Address {
  readonly path: string
  /** The query as it was sent, `?` and all, its secrets masked; a part `tells` it from other rows of the same path, or not. */
  readonly query: readonly { readonly text: string; readonly tells: boolean }[]
  /** Empty where all rows have the same. */
  readonly host: string
}

/** What tells the rows of a list apart: asked of the rows that are loaded. */
export class TellingParts {
  readonly #hosts: ReadonlySet<string>
  /** For each path: how often it is there, and the parts of queries with how many rows have them. */
  readonly #paths = new Map<string, { rows: number; readonly parts: Map<string, number> }>()

  constructor(rows: readonly Addressed[]) {
    this.#hosts = new Set(rows.map(({ host }) => host))
    for (const row of rows) this.#add(row)
  }

  of(row: Addressed): Address {
    const { path, parts } = cutTarget(row.target)
    const known = this.#paths.get(path)
    const tells = (part: string): boolean => known === undefined || known.rows < 2 || (known.parts.get(part) ?? 0) < known.rows
    const query = parts.map((part, at) => ({ text: (at === 0 ? '?' : '&') + shownPart(part), tells: tells(part) }))
    return { path, query, host: this.#hosts.size > 1 ? row.host : '' }
  }

  #add({ target }: Addressed): void {
    const { path, parts } = cutTarget(target)
    const known = this.#paths.get(path) ?? { rows: 0, parts: new Map<string, number>() }
    known.rows++
    for (const part of new Set(parts)) known.parts.set(part, (known.parts.get(part) ?? 0) + 1)
    this.#paths.set(path, known)
  }
}

/** The whole address: `wss://app.example.com/ws/?room=1`. Secrets in it are masked unless they are asked for. */
export function urlOf({ scheme, host, target, handshake }: Addressed, { secrets = false } = {}): string {
  const { path, parts } = cutTarget(target)
  const query = parts.length === 0 ? '' : `?${parts.map((part) => (secrets ? part : shownPart(part))).join('&')}`
  // A proxy's request line may hold the whole of it already.
  if (/^[a-z]+:\/\//i.test(path)) return path + query
  return `${handshake === 1 ? scheme.replace('http', 'ws') : scheme}://${host}${path}${query}`
}

function cutTarget(target: string): { path: string; parts: readonly string[] } {
  const at = target.indexOf('?')
  return at < 0 ? { path: target, parts: [] } : { path: target.slice(0, at), parts: target.slice(at + 1).split('&') }
}

function shownPart(part: string): string {
  return maskedTarget(`?${part}`).slice(1)
}
