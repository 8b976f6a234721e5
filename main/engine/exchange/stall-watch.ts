import type { Deadline } from '../deadlines.js'
import type { Wire } from '../wire/wire.js'

/**
 * Notices that a peer takes nothing of what waits to be written. Progress is looked for when the time is up and not
 * before, so a stall is noticed after one to two times `ms`.
 */
export class StallWatch {
  readonly #wire: Wire
  readonly #deadline: Deadline
  #ms = 0
  #taken = 0
  #onStalled: () => void = () => {}

  constructor(wire: Wire, deadline: Deadline) {
    this.#wire = wire
    this.#deadline = deadline
  }

  /** @param ms 0: never. */
  start(ms: number, onStalled: () => void): void {
    this.#ms = ms
    this.#onStalled = onStalled
    this.#taken = takenBy(this.#wire)
    this.#deadline.set(ms, this.#look)
  }

  stop(): void {
    this.#deadline.clear()
  }

  readonly #look = (): void => {
    const taken = takenBy(this.#wire)
    if (this.#wire.pendingBytes > 0 && taken === this.#taken) return this.#onStalled()
    this.#taken = taken
    this.#deadline.set(this.#ms, this.#look)
  }
}

/** Bytes that the system took of what was written. */
export function takenBy(wire: Wire): number {
  return wire.bytesWritten - wire.pendingBytes
}
