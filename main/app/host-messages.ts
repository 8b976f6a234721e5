import type { PlainError } from '../../shared/errors.js'

/** What the app's main process and the engine's process say to each other; a port for a screen comes with `join`. */
export interface HostStart {
  readonly dataDir: string
  /** The file that goes on after an engine's death, and what that died of. */
  readonly capture: 'session' | { readonly file: string; readonly after?: string }
  /** Config files; `last`: what was served last, the demo where nothing was. */
  readonly serve: readonly string[] | 'last'
  /** Folder of other threads than the bundled ones, with its slash, for tests. */
  readonly threads: string | null
  /** The words that run the command; null: the script beside the bundle. */
  readonly command: readonly string[] | null
}
export type ToHost = { readonly start: HostStart } | { readonly join: true } | { readonly stop: true } | { readonly end: true }

/** `failed` is answered by `end`: a process that ends at once would take its last message with it. */
export type FromHost =
  { readonly capturing: string | null } | { readonly serving: true } | { readonly warning: string } | { readonly failed: PlainError }
