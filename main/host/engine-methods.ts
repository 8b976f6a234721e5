import type { RequestHead } from '../../shared/heads.js'
import type { Decision, Trace } from '../../shared/trace.js'
import type { Counters } from '../engine/exchange/context.js'
import type { LogLine } from './live-log.js'
import type { ServeSpec, Served } from './serve-spec.js'

/** What the host may ask of the engine's thread. */
export interface EngineMethods {
  serve(params: ServeSpec): Served
  reload(params: null): Served
  stop(params: { readonly how: 'now' | 'graceful' }): null
  /** null: that config is not loaded any more. */
  trace(params: { readonly decision: Decision; readonly request: RequestHead | null }): Trace | null
  counters(params: null): Counters | null
  closeTunnel(params: { readonly exchange: number }): boolean
}

export interface EngineEvent {
  readonly event: 'log'
  readonly lines: readonly LogLine[]
}

export interface EngineThreadData {
  /** null: capture is off. */
  readonly ring: SharedArrayBuffer | null
  readonly dataDir: string
  /** Numbers run on in a capture that goes on. */
  readonly first: { readonly exchange: number; readonly connection: number }
}
