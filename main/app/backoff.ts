const delaysMs = [0, 500, 1000, 2000, 5000]
/** Health that makes earlier deaths forgotten, and the time in which too many of them are the end. */
const minuteMs = 60_000
const mostDeaths = 5

/** When an engine that died is started again: at once, then later and later; never again after five deaths in a minute. */
export class Backoff {
  #deathsMs: number[] = []
  #inARow = 0

  /** @returns how long to wait, null to give up. */
  died(nowMs: number, livedMs: number): number | null {
    if (livedMs >= minuteMs) this.reset()
    this.#deathsMs = [...this.#deathsMs.filter((atMs) => nowMs - atMs < minuteMs), nowMs]
    if (this.#deathsMs.length >= mostDeaths) return null
    return delaysMs[Math.min(this.#inARow++, delaysMs.length - 1)] ?? 0
  }

  reset(): void {
    this.#deathsMs = []
    this.#inARow = 0
  }
}
