import type { Target } from '../../../../shared/steps.js'
import { findToken } from '../http/table.js'
import type { Origin } from './origin.js'
import type { WorkerParameters } from './parameters.js'

/** httpd's proxy_worker: a target URL with its parameters, shared by everything whose URL begins with it. */
export interface Worker {
  readonly name: string
  readonly origin: Origin
  readonly settings: WorkerParameters
  /** Of a pattern: `$1` in the name stands for anything. */
  readonly like: RegExp | null
  readonly reuse: boolean
  readonly plain: Target
  /** The directive that made it. */
  readonly id: number
  /** Length of `scheme://host:port`, which must be the same. */
  readonly authorityLength: number
}

export function defineWorker(origin: Origin, settings: WorkerParameters, ofPattern: boolean, id: number): Worker {
  return {
    name: origin.name,
    origin,
    settings,
    like: ofPattern && origin.name.includes('$') ? namePattern(origin.name) : null,
    reuse: mayReuse(origin.name, settings.reuse),
    plain: Object.freeze({ host: origin.host, port: origin.port, tls: null }),
    id,
    authorityLength: authorityLength(origin.name)
  }
}

/** A pattern may fill in another host each time, then never; another path, then only where it is said. */
function mayReuse(name: string, said: boolean | null): boolean {
  if (/\$\d/.test(name.slice(0, authorityLength(name)))) return false
  return said ?? !/\$\d/.test(name)
}

function namePattern(name: string): RegExp {
  const pattern = name.replace(/(?:\$\d)+|[.*+?^${}()|[\]\\]/g, (found) => (/^\$\d/.test(found) ? '.*' : `\\${found}`))
  return new RegExp(`^${pattern}`)
}

/** Of `scheme://host:port`. */
export function authorityLength(url: string): number {
  const slash = url.indexOf('/', url.indexOf('://') + 3)
  return slash < 0 ? url.length : slash
}

/**
 * Whether a client's `Upgrade` may go through. `upgrade=` is compared as a list whose words need only begin the client's
 * value, so `websocket` lets `websocket, foo` and `websocketx` pass; without it a ws:// worker takes exactly `websocket`.
 */
export function canUpgrade(worker: Pick<Worker, 'settings'> | null, scheme: Origin['scheme'], upgrade: string): boolean {
  const allowed = worker?.settings.upgrade ?? ''
  if (allowed === '') return (scheme === 'ws' || scheme === 'wss') && upgrade.toLowerCase() === 'websocket'
  return allowed === '*' || allowed.toLowerCase() === upgrade.toLowerCase() || findToken(allowed, upgrade)
}
