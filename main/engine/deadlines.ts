/** How coarse deadlines are: one fires at most this much late. */
export const deadlineTickMs = 50

/** One deadline of something that lives longer than it: set and moved thousands of times, fires seldom. */
export interface Deadline {
  /** (Re)starts the count. 0 clears: a timeout of 0 means never. */
  set(ms: number, onDue: () => void): void
  clear(): void
}

/**
 * Timeouts for thousands of connections, where moving one costs a field's write: a deadline stays in the bucket it was
 * put into, and is looked at again when that bucket is due.
 */
export class Deadlines {
  readonly #buckets = new Map<number, CoarseDeadline[]>()
  #timer: NodeJS.Timeout | null = null
  /** Ticks count from when the timer was started, so that one is over just when it fires. */
  #baseMs = 0
  #lastTick = 0

  make(): Deadline {
    return new CoarseDeadline(this)
  }

  /** @internal The first tick that is not before that time. */
  tickOf(dueMs: number): number {
    return Math.ceil((dueMs - this.#baseMs) / deadlineTickMs)
  }

  /** @internal */
  put(deadline: CoarseDeadline): void {
    if (this.#timer === null) this.#start()
    // Never into a bucket that has been swept already.
    const tick = Math.max(this.tickOf(deadline.dueMs), this.#lastTick + 1)
    deadline.tick = tick
    const bucket = this.#buckets.get(tick)
    if (bucket === undefined) this.#buckets.set(tick, [deadline])
    else bucket.push(deadline)
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#buckets.clear()
  }

  #start(): void {
    this.#baseMs = performance.now()
    this.#lastTick = 0
    this.#arm()
  }

  /** At the end of the tick that goes on: an interval would drift away from it. */
  #arm(): void {
    const endMs = this.#baseMs + (this.#lastTick + 1) * deadlineTickMs
    this.#timer = setTimeout(this.#sweep, Math.max(1, endMs - performance.now()))
    this.#timer.unref()
  }

  readonly #sweep = (): void => {
    const now = Math.floor((performance.now() - this.#baseMs) / deadlineTickMs)
    const from = this.#lastTick + 1
    this.#lastTick = Math.max(now, this.#lastTick)
    // A thread that was held up for long has fewer buckets than ticks.
    if (now - from >= this.#buckets.size) this.#sweepSparse(now)
    else for (let tick = from; tick <= now; tick++) this.#fire(tick)
    if (this.#timer === null) return
    if (this.#buckets.size > 0) this.#arm()
    else this.#timer = null
  }

  #sweepSparse(now: number): void {
    for (const tick of [...this.#buckets.keys()].sort((a, b) => a - b)) if (tick <= now) this.#fire(tick)
  }

  #fire(tick: number): void {
    const bucket = this.#buckets.get(tick)
    if (bucket === undefined) return
    this.#buckets.delete(tick)
    for (const deadline of bucket) deadline.look(tick)
  }
}

class CoarseDeadline implements Deadline {
  dueMs = Infinity
  /** The bucket it stands in; 0: none. */
  tick = 0
  #onDue: (() => void) | null = null
  readonly #all: Deadlines
  constructor(all: Deadlines) {
    this.#all = all
  }

  set(ms: number, onDue: () => void): void {
    if (ms === 0) return this.clear()
    this.dueMs = performance.now() + ms
    this.#onDue = onDue
    // Later than its bucket: found out when that one is due. Earlier: it needs another.
    if (this.tick === 0 || this.#all.tickOf(this.dueMs) < this.tick) this.#all.put(this)
  }

  clear(): void {
    this.dueMs = Infinity
    this.#onDue = null
  }

  look(tick: number): void {
    if (this.tick !== tick) return
    this.tick = 0
    if (this.dueMs === Infinity) return
    if (this.#all.tickOf(this.dueMs) > tick) return this.#all.put(this)
    const onDue = this.#onDue
    this.clear()
    onDue?.()
  }
}
