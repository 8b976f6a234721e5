import { untrack } from 'svelte'
import type { Replies } from '../../../shared/contract.js'
import { asSwitchyardError } from '../../../shared/errors.js'
import type { PlainError } from '../../../shared/errors.js'
import type { Finding } from '../../../shared/trace.js'
import { isQuiet } from '../../state/connection.svelte.js'
import type { Connection } from '../../state/connection.svelte.js'

/** What a check says of the drafts. Only the newest counts; until it is done, the last one holds. */
export class ConfigCheck {
  #findings = $state.raw<readonly Finding[]>([])
  #sketch = $state.raw<Replies['config.check']['sketch']>(null)
  #running = $state(false)
  #tookMs = $state<number | null>(null)
  readonly #connection: Connection
  readonly #onFailed: (error: PlainError) => void
  #newest: AbortController | null = null

  constructor(connection: Connection, onFailed: (error: PlainError) => void) {
    this.#connection = connection
    this.#onFailed = onFailed
  }

  get findings(): readonly Finding[] {
    return this.#findings
  }
  /** What the drafts would do; null: not known (yet), or they are no config. */
  get sketch(): Replies['config.check']['sketch'] {
    return this.#sketch
  }
  get running(): boolean {
    return this.#running
  }
  /** null: none was done yet. */
  get tookMs(): number | null {
    return this.#tookMs
  }

  /** Findings that the host told by itself: they hold until a check of these files is done. */
  told(findings: readonly Finding[], isOurs: (file: string | undefined) => boolean): void {
    untrack(() => {
      if (this.#tookMs === null || !this.#findings.some(({ span }) => isOurs(span?.file))) this.#findings = findings
    })
  }
  forget(): void {
    this.#findings = []
    this.#sketch = null
  }

  async again(): Promise<void> {
    this.#newest?.abort()
    const check = new AbortController()
    this.#newest = check
    this.#running = true
    const startedAt = performance.now()
    try {
      const { findings, sketch } = await this.#connection.request('config.check', {}, check.signal)
      if (this.#newest !== check) return
      this.#findings = findings
      this.#sketch = sketch
      this.#tookMs = performance.now() - startedAt
    } catch (thrown) {
      if (!isQuiet(thrown)) this.#onFailed(asSwitchyardError(thrown).toPlain())
    } finally {
      if (this.#newest === check) this.#running = false
    }
  }
}
