import type { SiteState } from '../../../../shared/site.js'

/** What outlives an exchange: when a worker failed, by virtual host and worker name. */
export interface ApacheState extends SiteState {
  readonly dialect: 'apache'
  readonly workers: Map<string, WorkerState>
}
export interface WorkerState {
  /** µs since the epoch; 0: not in error. */
  failedAtUs: number
}

export function freshState(): ApacheState {
  return { dialect: 'apache', workers: new Map() }
}

/** The states of workers that are still configured; those of others are let go. */
export function takeOver(previous: SiteState | undefined, keys: ReadonlySet<string>): ApacheState {
  const state = freshState()
  if (previous === undefined || !isApache(previous)) return state
  for (const [key, worker] of previous.workers) if (keys.has(key)) state.workers.set(key, worker)
  return state
}

function isApache(state: SiteState): state is ApacheState {
  return state.dialect === 'apache' && 'workers' in state
}

/** Whether a worker may be used: not in error, or in error for longer than `retry`, when it is let try again. */
export function usable(state: WorkerState, retryMs: number, atUs: number): boolean {
  if (state.failedAtUs === 0) return true
  if (atUs <= state.failedAtUs + retryMs * 1000) return false
  state.failedAtUs = 0
  return true
}
