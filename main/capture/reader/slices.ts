import { setImmediate as nextTurn } from 'node:timers/promises'

/** A long job runs this long before messages are looked at again. */
const sliceMs = 8

/** Cuts long work of one thread into slices, so that windows are answered in between. */
export class Slices {
  readonly #signal: AbortSignal
  #since = performance.now()
  constructor(signal: AbortSignal) {
    this.#signal = signal
  }
  /** Whether the slice is used up: ask often, and `await pause()` then. */
  get due(): boolean {
    return performance.now() - this.#since >= sliceMs
  }
  /** Lets others have their turn. Throws the signal's reason where the work was given up. */
  async pause(): Promise<void> {
    await nextTurn()
    this.#signal.throwIfAborted()
    this.#since = performance.now()
  }
}
