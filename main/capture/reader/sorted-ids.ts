import { lowest } from './tunnel-index.js'

export type SortKey = number | string

/** Ids sorted by a key, ties by id; entries come, go and move. Entries that come at the end, as most do, cost nothing. */
export class SortedIds {
  readonly #descending: boolean
  #ids: number[] = []
  #keys: SortKey[] = []
  readonly #keyOf = new Map<number, SortKey>()
  constructor(descending: boolean) {
    this.#descending = descending
  }
  get length(): number {
    return this.#ids.length
  }
  slice(first: number, end: number): number[] {
    return this.#ids.slice(first, end)
  }
  has(id: number): boolean {
    return this.#keyOf.has(id)
  }
  /** Puts an id in, or moves it. True: the list changed. */
  put(id: number, key: SortKey): boolean {
    const before = this.#keyOf.get(id)
    if (before === key) return false
    if (before !== undefined) this.remove(id)
    const at = this.#place(key, id)
    this.#ids.splice(at, 0, id)
    this.#keys.splice(at, 0, key)
    this.#keyOf.set(id, key)
    return true
  }
  remove(id: number): boolean {
    const at = this.indexOf(id)
    if (at === null) return false
    this.#ids.splice(at, 1)
    this.#keys.splice(at, 1)
    this.#keyOf.delete(id)
    return true
  }
  indexOf(id: number): number | null {
    const key = this.#keyOf.get(id)
    return key === undefined ? null : this.#place(key, id)
  }
  #place(key: SortKey, id: number): number {
    return lowest(this.#ids.length, (at) => this.#compare(this.#keys[at] as SortKey, this.#ids[at] as number, key, id) >= 0)
  }
  #compare(key: SortKey, id: number, otherKey: SortKey, otherId: number): number {
    const order = key < otherKey ? -1 : key > otherKey ? 1 : id - otherId
    return this.#descending ? -order : order
  }
}
