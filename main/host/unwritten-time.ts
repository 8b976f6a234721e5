/** How long nothing was written to a session, be it by a pause or since its disk was full. In ms, of whatever clock tells the times. */
export class UnwrittenTime {
  /** Of stretches that are over. */
  ms = 0
  #sinceMs: number | null = null

  /** Whether something is written from now on. */
  writes(writes: boolean, nowMs: number): void {
    if (writes === (this.#sinceMs === null)) return
    if (this.#sinceMs !== null) this.ms += nowMs - this.#sinceMs
    this.#sinceMs = writes ? null : nowMs
  }
  /** Another session in its place: what it lacks begins now. */
  beginAnew(nowMs: number): void {
    this.ms = 0
    if (this.#sinceMs !== null) this.#sinceMs = nowMs
  }
}
