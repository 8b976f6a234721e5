import type { PendingBudget } from './pending-budget.js'

const smallestBytes = 256

/** Bytes that are appended to, in memory that a budget counts. */
export class GrowingBytes {
  readonly #budget: PendingBudget
  #bytes: Buffer = Buffer.alloc(0)
  length = 0
  constructor(budget: PendingBudget) {
    this.#budget = budget
  }

  /** Copies [start, end) behind what is there. False, and nothing is taken, where the budget is used up. */
  append(source: Uint8Array, start: number, end: number): boolean {
    const after = this.length + end - start
    if (after > this.#bytes.length && !this.#grow(after)) return false
    const to = this.#bytes
    if (end - start > 48) to.set(start === 0 && end === source.length ? source : source.subarray(start, end), this.length)
    else for (let from = start, at = this.length; from < end; from++, at++) to[at] = source[from] as number
    this.length = after
    return true
  }
  /** What is there, up to `end`: a view, good until the next call that changes it. */
  view(start = 0, end = this.length): Buffer {
    return this.#bytes.subarray(start, end)
  }
  /** The memory itself, for changes in place. */
  get raw(): Buffer {
    return this.#bytes
  }
  /** Drops everything behind `length`. */
  truncate(length: number): void {
    this.length = length
  }
  /** Drops the first `count` bytes, and memory that is no longer needed. */
  dropFirst(count: number): void {
    const rest = this.length - count
    if (rest === 0 || rest < this.#bytes.length / 4) this.#shrink(count, rest)
    else this.#bytes.copyWithin(0, count, this.length)
    this.length = rest
  }
  release(): void {
    this.dropFirst(this.length)
    this.#budget.give(this.#bytes.length)
    this.#bytes = Buffer.alloc(0)
  }

  #shrink(count: number, rest: number): void {
    // A tunnel that once carried a large frame gives its memory back; a busy one keeps what it needs all the time.
    const keep = rest === 0 && this.#bytes.length <= 512 * 1024 && count > this.#bytes.length / 4 ? this.#bytes.length : Math.max(rest, 0)
    if (keep === this.#bytes.length) return
    const smaller = Buffer.from(this.#bytes.subarray(count, count + rest))
    this.#budget.give(this.#bytes.length - smaller.length)
    this.#bytes = smaller
  }
  #grow(needed: number): boolean {
    const size = Math.max(smallestBytes, 2 ** Math.ceil(Math.log2(needed)))
    if (!this.#budget.take(size - this.#bytes.length)) return false
    const grown = Buffer.allocUnsafeSlow(size)
    this.#bytes.copy(grown, 0, 0, this.length)
    this.#bytes = grown
    return true
  }
}
