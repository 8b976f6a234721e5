import type { ExchangeDetail } from '../../../../shared/rows.js'
import type { Trace } from '../../../../shared/trace.js'
import { isQuiet, type Connection } from '../../../state/connection.svelte.js'

/** Heads, attempts and trace of one exchange, asked for by `load` until `close`. */
export class ExchangeFacts {
  #detail = $state.raw<ExchangeDetail | null>(null)
  #trace = $state.raw<Trace | null>(null)
  #error = $state.raw<unknown>(null)
  readonly #connection: Connection
  readonly #of: { readonly exchange: number; readonly session?: string }
  readonly #abort = new AbortController()

  constructor(connection: Connection, exchange: number, session: string | undefined) {
    this.#connection = connection
    this.#of = { exchange, ...(session === undefined ? {} : { session }) }
  }

  get detail(): ExchangeDetail | null {
    return this.#detail
  }
  get trace(): Trace | null {
    return this.#trace
  }
  get error(): unknown {
    return this.#error
  }

  /** Asks anew: an exchange that goes on gets heads and attempts. A trace that can't be made leaves the reasons out, no more. */
  async load(withTrace: boolean): Promise<void> {
    const { signal } = this.#abort
    try {
      this.#detail = await this.#connection.request('exchange.get', this.#of, signal)
      this.#error = null
    } catch (thrown) {
      if (!isQuiet(thrown)) this.#error = thrown
    }
    if (withTrace) this.#trace = await this.#connection.request('exchange.trace', this.#of, signal).catch(() => this.#trace)
  }
  close(): void {
    this.#abort.abort()
  }
}
