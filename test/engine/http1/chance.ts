/** Chance that repeats: the same seed gives the same run (mulberry32). */
export class Chance {
  #state: number
  constructor(seed: number) {
    this.#state = seed >>> 0
  }
  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  /** An integer in [0, below). */
  below(below: number): number {
    return Math.floor(this.next() * below)
  }
  /** True this often. */
  often(share: number): boolean {
    return this.next() < share
  }
  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T
  }
}
