import type { PoolKey } from '../../../shared/steps.js'
import type { Wire, WireOwner } from '../wire/wire.js'
import type { Deadline, Deadlines } from '../deadlines.js'

const maxIdlePerKey = 64
const maxIdleMs = 60_000

/** Connections to origins that wait for their next request. One that says anything while it waits is no longer of use. */
export class OriginPool {
  readonly #idle = new Map<PoolKey, IdleOrigin[]>()
  readonly #deadlines: Deadlines
  #closed = false

  constructor(deadlines: Deadlines) {
    this.#deadlines = deadlines
  }

  /** The one used last: the likeliest to be open still. */
  take(key: PoolKey): Wire | null {
    const idle = this.#idle.get(key)?.pop()
    if (idle === undefined) return null
    idle.leave()
    return idle.wire
  }

  put(key: PoolKey, wire: Wire): void {
    let idle = this.#idle.get(key)
    if (idle === undefined) this.#idle.set(key, (idle = []))
    if (this.#closed || idle.length >= maxIdlePerKey) return wire.destroy()
    idle.push(new IdleOrigin(wire, idle, this.#deadlines.make()))
    wire.resume()
  }

  /** Ends every idle connection, and those that are put back later. */
  close(): void {
    this.#closed = true
    for (const idle of this.#idle.values()) for (const { wire } of [...idle]) wire.destroy()
    this.#idle.clear()
  }
}

class IdleOrigin implements WireOwner {
  readonly wire: Wire
  readonly #siblings: IdleOrigin[]
  readonly #deadline: Deadline
  constructor(wire: Wire, siblings: IdleOrigin[], deadline: Deadline) {
    this.wire = wire
    this.#siblings = siblings
    this.#deadline = deadline
    wire.owner = this
    deadline.set(maxIdleMs, () => wire.destroy())
  }
  leave(): void {
    this.#deadline.clear()
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
  #drop(): void {
    this.#remove()
    this.wire.destroy()
  }
  #remove(): void {
    this.#deadline.clear()
    const at = this.#siblings.indexOf(this)
    if (at >= 0) this.#siblings.splice(at, 1)
  }
}
