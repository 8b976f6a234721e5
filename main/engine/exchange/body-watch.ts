import type { Deadline } from '../deadlines.js'

/** Notices a client that says nothing of its body for too long, while somebody waits for it. */
export class BodyWatch {
  readonly #deadline: Deadline
  /** Whether it is we who do not read: no fault of the client's. */
  readonly #heldBack: () => boolean
  readonly #onSilent: (ms: number) => void
  #ms = 0

  constructor(deadline: Deadline, heldBack: () => boolean, onSilent: (ms: number) => void) {
    this.#deadline = deadline
    this.#heldBack = heldBack
    this.#onSilent = onSilent
  }

  /** @param ms from one read to the next; 0: never. */
  start(ms: number): void {
    this.#ms = ms
    this.#deadline.set(ms, this.#look)
  }
  /** Bytes of the body were read. */
  read(): void {
    if (this.#ms > 0) this.#deadline.set(this.#ms, this.#look)
  }
  stop(): void {
    if (this.#ms === 0) return
    this.#ms = 0
    this.#deadline.clear()
  }

  readonly #look = (): void => {
    if (this.#heldBack()) return this.#deadline.set(this.#ms, this.#look)
    const ms = this.#ms
    this.#ms = 0
    this.#onSilent(ms)
  }
}
