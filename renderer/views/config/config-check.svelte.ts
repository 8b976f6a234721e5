import { untrack } from 'svelte'
import type { Replies, TextOf } from '../../../shared/contract.js'
import { asSwitchyardError } from '../../../shared/errors.js'
import type { PlainError } from '../../../shared/errors.js'
import type { Finding } from '../../../shared/trace.js'
import { isQuiet } from '../../state/connection.svelte.js'
import type { Connection } from '../../state/connection.svelte.js'

/** The texts that findings are about: those that were checked, by file, or those of another config. */
export type CheckedTexts = ReadonlyMap<string, string> | TextOf

export function isTexts(of: CheckedTexts): of is ReadonlyMap<string, string> {
  return of instanceof Map
}

/** What a check says of the drafts. Only the newest counts; until it is done, the last one holds. */
export class ConfigCheck {
  #findings = $state.raw<readonly Finding[]>([])
  #sketch = $state.raw<Replies['config.check']['sketch']>(null)
  #texts: CheckedTexts = new Map()
  #running = $state(false)
  #tookMs = $state<number | null>(null)
  readonly #connection: Connection
  readonly #now: () => ReadonlyMap<string, string>
  readonly #onFailed: (error: PlainError) => void
  #newest: AbortController | null = null
  #last: Promise<void> = Promise.resolve()

  /** @param now texts of the drafts, as far as this page has seen them */
  constructor(connection: Connection, now: () => ReadonlyMap<string, string>, onFailed: (error: PlainError) => void) {
    this.#connection = connection
    this.#now = now
    this.#onFailed = onFailed
  }

  get findings(): readonly Finding[] {
    return this.#findings
  }
  /** What the lines of findings and sketch are lines of. */
  get texts(): CheckedTexts {
    return this.#texts
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
  told(findings: readonly Finding[], of: TextOf, isOurs: (file: string | undefined) => boolean): void {
    untrack(() => {
      if (this.#tookMs !== null && this.#findings.some(({ span }) => isOurs(span?.file))) return
      this.#findings = findings
      this.#texts = of
    })
  }
  /** Another config is open. @param isOurs whether a file is of that; what the host told of it already stays */
  forget(isOurs: (file: string | undefined) => boolean = () => false): void {
    if (!isTexts(this.#texts) && this.#findings.some(({ span }) => isOurs(span?.file))) return
    this.#newest?.abort()
    this.#newest = null
    this.#running = false
    this.#findings = []
    this.#sketch = null
    this.#tookMs = null
  }

  /** Checks the drafts as they are now. Resolves when that is known, by this check or a newer one. */
  again(): Promise<void> {
    const asked = this.#ask()
    this.#last = asked
    return asked
  }

  async #ask(): Promise<void> {
    this.#newest?.abort()
    const check = new AbortController()
    this.#newest = check
    this.#running = true
    const startedAt = performance.now()
    const texts = this.#now()
    try {
      const { findings, sketch } = await this.#connection.request('config.check', {}, check.signal)
      if (this.#newest === check) {
        this.#findings = findings
        this.#sketch = sketch
        this.#texts = texts
        this.#tookMs = performance.now() - startedAt
      }
    } catch (thrown) {
      if (!isQuiet(thrown)) this.#onFailed(asSwitchyardError(thrown).toPlain())
    } finally {
      if (this.#newest === check) this.#running = false
    }
    if (this.#newest !== check) await this.#last
  }
}
