/** Keeps what was used last, up to a weight; what was not used longest goes first. */
export class Lru<Key, Value> {
  readonly #entries = new Map<Key, { value: Value; weight: number }>()
  readonly #limit: number
  #weight = 0
  constructor(limit: number) {
    this.#limit = limit
  }
  get(key: Key): Value | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    return entry.value
  }
  set(key: Key, value: Value, weight: number): void {
    this.#drop(key)
    this.#entries.set(key, { value, weight })
    this.#weight += weight
    for (const oldest of this.#entries.keys()) {
      if (this.#weight <= this.#limit || oldest === key) break
      this.#drop(oldest)
    }
  }
  #drop(key: Key): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    this.#entries.delete(key)
    this.#weight -= entry.weight
  }
}
