import type { Params, Replies } from '../../shared/contract.js'
import type { Connection } from './connection.svelte.js'

/** How many rows match, for whoever wants to know now and then: a view of which no row is read, and no tick taken after the first. */
export class MatchCount {
  readonly #connection: Connection
  readonly #spec: Params<'view.open'>
  readonly #forget: () => void
  #view: number | null = null
  #closed = false

  constructor(connection: Connection, spec: Params<'view.open'>) {
    this.#connection = connection
    this.#spec = spec
    // A new line has its own views, under the same numbers.
    this.#forget = connection.onReady(() => (this.#view = null))
  }

  /** null: it is not known, since nobody answers or the rows that there are have not all been looked at. */
  async ask(): Promise<number | null> {
    try {
      const { matched, matching } = await (this.#view === null ? this.#open() : this.#look(this.#view))
      return matching ? null : matched
    } catch {
      // A view ends with the capture that it is of: the next question opens another.
      this.#view = null
      return null
    }
  }
  close(): void {
    this.#closed = true
    this.#forget()
    if (this.#view !== null) this.#tellClosed(this.#view)
  }

  async #open(): Promise<Replies['view.open']> {
    const state = await this.#connection.request('view.open', this.#spec)
    if (this.#closed) this.#tellClosed(state.view)
    else this.#view = state.view
    return state
  }
  async #look(view: number): Promise<Replies['view.window']> {
    return await this.#connection.request('view.window', { view, first: 0, count: 0 })
  }
  #tellClosed(view: number): void {
    this.#connection.request('view.close', { view }).catch(() => {})
  }
}
