import type { PoolKey } from '../../../shared/steps.js'
import type { Wire, WireOwner } from '../wire/wire.js'
import type { Deadline, Deadlines } from '../deadlines.js'

const maxIdlePerKey = 64
const maxIdleMs = 60_000

/**
 * Connections to origins that wait for their next request. Of one key the one used last goes first, since it is the
 * likeliest to be open still. One that says anything while it waits is no longer of use.
 */
export class OriginPool {
  readonly #idle = new Map<PoolKey, OriginConnection[]>()
  #closed = false

  take(key: PoolKey): OriginConnection | null {
    const origin = this.#idle.get(key)?.pop()
    if (origin === undefined) return null
    origin.leave()
    return origin
  }

  put(key: PoolKey, origin: OriginConnection): void {
    let idle = this.#idle.get(key)
    if (idle === undefined) this.#idle.set(key, (idle = []))
    if (this.#closed || origin.wire.closed || idle.length >= maxIdlePerKey) return origin.wire.destroy()
    origin.wait(idle)
  }

  /** Ends every idle connection, and those that are put back later. */
  close(): void {
    this.#closed = true
    this.clear()
  }

  /** Ends every connection that is idle now. */
  clear(): void {
    for (const idle of this.#idle.values()) for (const { wire } of [...idle]) wire.destroy()
    this.#idle.clear()
  }
}

/** A connection to an origin, and what outlives one request on it. */
export class OriginConnection implements WireOwner {
  readonly wire: Wire
  /** Of whoever uses it now. */
  readonly deadline: Deadline
  #siblings: OriginConnection[] | null = null

  constructor(wire: Wire, deadlines: Deadlines) {
    this.wire = wire
    this.deadline = deadlines.make()
  }

  /** Idle from now on, among its siblings. */
  wait(siblings: OriginConnection[]): void {
    this.#siblings = siblings
    siblings.push(this)
    this.wire.owner = this
    this.deadline.set(maxIdleMs, this.#drop)
    this.wire.resume()
  }
  leave(): void {
    this.#siblings = null
    this.deadline.clear()
  }

  received(): void {
    this.#drop()
  }
  ended(): void {
    this.#drop()
  }
  drained(): void {}
  closed(): void {
    this.#remove()
  }

  readonly #drop = (): void => {
    this.#remove()
    this.wire.destroy()
  }
  #remove(): void {
    this.deadline.clear()
    const at = this.#siblings?.indexOf(this) ?? -1
    if (at >= 0) this.#siblings?.splice(at, 1)
    this.#siblings = null
  }
}
