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

function freshState(): ApacheState {
  return { dialect: 'apache', workers: new Map() }
}

/**
 * What a reload takes over: nothing, as every graceful restart of httpd makes its ProxyPass workers anew (members of a
 * balancer are another matter, once there are any).
 */
export function takeOver(_previous: SiteState | undefined): ApacheState {
  return freshState()
}

/** Whether a worker may be used: not in error, or in error for longer than `retry`, when it is let try again. */
export function usable(state: WorkerState, retryMs: number, atUs: number): boolean {
  if (state.failedAtUs === 0) return true
  if (atUs <= state.failedAtUs + retryMs * 1000) return false
  state.failedAtUs = 0
  return true
}
