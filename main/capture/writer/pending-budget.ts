/** Memory that payloads wait in until they are committed, counted over all tunnels and bodies of a capture. */
export class PendingBudget {
  readonly #limitBytes: number
  #used = 0
  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes
  }
  /** Takes `bytes` if they are there to be had. */
  take(bytes: number): boolean {
    if (this.#used + bytes > this.#limitBytes) return false
    this.#used += bytes
    return true
  }
  give(bytes: number): void {
    this.#used -= bytes
  }
  get used(): number {
    return this.#used
  }
}
