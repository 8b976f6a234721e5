import { asSwitchyardError } from '../../../shared/errors.js'
import type { PlainError } from '../../../shared/errors.js'
import type { AuthorityFacts, Replies } from '../../../shared/contract.js'
import { isQuiet } from '../../state/connection.svelte.js'
import type { Connection } from '../../state/connection.svelte.js'

export type StoreTrust = AuthorityFacts['trust'][number]

/** The local authorities of the engine's machine and who trusts them, as they were when last asked. */
export class Authorities {
  #told = $state.raw<Replies['authorities.list'] | null>(null)
  #error = $state.raw<PlainError | null>(null)
  #asking = $state(false)
  /** By authority and store: an answer is on its way, or why there was none. */
  #busy = $state.raw<ReadonlySet<string>>(new Set())
  #failures = $state.raw<ReadonlyMap<string, PlainError>>(new Map())
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** null: not told yet. */
  get told(): Replies['authorities.list'] | null {
    return this.#told
  }
  get error(): PlainError | null {
    return this.#error
  }
  get asking(): boolean {
    return this.#asking
  }
  isBusy(authority: string, store: string): boolean {
    return this.#busy.has(keyOf(authority, store))
  }
  failureOf(authority: string, store: string): PlainError | null {
    return this.#failures.get(keyOf(authority, store)) ?? null
  }

  async ask(): Promise<void> {
    this.#asking = true
    try {
      this.#told = await this.#connection.request('authorities.list', {})
      this.#error = null
    } catch (thrown) {
      if (!isQuiet(thrown)) this.#error = asSwitchyardError(thrown).toPlain()
    } finally {
      this.#asking = false
    }
  }

  /** Puts an authority into a store or takes it out; a refusal stays beside its row until the next try. */
  async trust(authority: string, store: string, trusted: boolean): Promise<void> {
    const key = keyOf(authority, store)
    this.#busy = new Set([...this.#busy, key])
    this.#failures = new Map([...this.#failures].filter(([one]) => one !== key))
    try {
      await this.#connection.request('authorities.trust', { authority, store, trusted })
      dispatchEvent(new Event('authorities-changed'))
    } catch (thrown) {
      if (!isQuiet(thrown)) this.#failures = new Map([...this.#failures, [key, asSwitchyardError(thrown).toPlain()]])
    } finally {
      this.#busy = new Set([...this.#busy].filter((one) => one !== key))
    }
  }
}

function keyOf(authority: string, store: string): string {
  return `${authority}\n${store}`
}
