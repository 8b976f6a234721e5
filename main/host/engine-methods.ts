import type { ConfigFacts, Explanation, OutlineHost, Params } from '../../shared/contract.js'
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
  /** Tunnels that still have an older config, by its generation. */
  older(params: null): ConfigFacts['older']
  outline(params: null): readonly OutlineHost[]
  explain(params: Params<'route.explain'>): Explanation
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
