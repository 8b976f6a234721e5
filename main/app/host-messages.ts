import type { PlainError } from '../../shared/errors.js'
import type { ServeSpec } from '../host/serve-spec.js'

/** What the app's main process and the engine's process say to each other; a port for a screen comes with `join`. */
export interface HostStart {
  readonly dataDir: string
  /** The file that goes on after an engine's death. */
  readonly capture: 'session' | { readonly file: string }
  /** Config files; `demo`; or, after an engine's death, what it served. */
  readonly serve: readonly string[] | 'demo' | ServeSpec
  /** Folder of other threads than the bundled ones, with its slash, for tests. */
  readonly threads: string | null
}
export type ToHost = { readonly start: HostStart } | { readonly join: true } | { readonly stop: true } | { readonly end: true }

/** `failed` is answered by `end`: a process that ends at once would take its last message with it. */
export type FromHost =
  | { readonly capturing: string | null }
  | { readonly serving: ServeSpec | 'demo' }
  | { readonly warning: string }
  | { readonly failed: PlainError }
