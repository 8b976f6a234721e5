import { lowest } from './tunnel-index.js'

export type SortKey = number | string
interface Entry {
  readonly id: number
  readonly key: SortKey
}

/** So many changes are put in one by one; more are sorted and merged in one pass. */
const fewChanges = 32

/** Ids sorted by a key, ties by id; entries come, go and move. Changes are taken in when somebody looks. */
export class SortedIds {
  readonly #sign: number
  readonly #keyOf = new Map<number, SortKey>()
  #entries: Entry[] = []
  /** Ids that came, went or moved since the list was last put in order, with the key that the list still has them under. */
  readonly #changed = new Map<number, SortKey | undefined>()

  constructor(descending: boolean) {
    this.#sign = descending ? -1 : 1
  }
  get length(): number {
    return this.#keyOf.size
  }
  /** Puts an id in, or moves it. */
  put(id: number, key: SortKey): void {
    const before = this.#keyOf.get(id)
    if (before === key) return
    this.#note(id, before)
    this.#keyOf.set(id, key)
  }
  remove(id: number): void {
    const before = this.#keyOf.get(id)
    if (before === undefined) return
    this.#note(id, before)
    this.#keyOf.delete(id)
  }
  slice(first: number, end: number): number[] {
    this.#order()
    return this.#entries.slice(first, end).map(({ id }) => id)
  }
  indexOf(id: number): number | null {
    const key = this.#keyOf.get(id)
    if (key === undefined) return null
    this.#order()
    return this.#place({ id, key })
  }

  #note(id: number, listedKey: SortKey | undefined): void {
    if (!this.#changed.has(id)) this.#changed.set(id, listedKey)
  }

  #order(): void {
    if (this.#changed.size > fewChanges) this.#merge()
    else for (const [id, listed] of this.#changed) this.#move(id, listed)
    this.#changed.clear()
  }

  #move(id: number, listed: SortKey | undefined): void {
    const key = this.#keyOf.get(id)
    if (listed !== undefined) this.#entries.splice(this.#place({ id, key: listed }), 1)
    if (key !== undefined) this.#entries.splice(this.#place({ id, key }), 0, { id, key })
  }

  #merge(): void {
    const stay = this.#entries.filter(({ id }) => !this.#changed.has(id))
    const come: Entry[] = []
    for (const id of this.#changed.keys()) {
      const key = this.#keyOf.get(id)
      if (key !== undefined) come.push({ id, key })
    }
    come.sort((a, b) => this.#compare(a, b))
    this.#entries = this.#merged(stay, come)
  }

  #merged(stay: readonly Entry[], come: readonly Entry[]): Entry[] {
    const merged: Entry[] = []
    let at = 0
    for (const entry of come) {
      while (at < stay.length && this.#compare(stay[at] as Entry, entry) < 0) merged.push(stay[at++] as Entry)
      merged.push(entry)
    }
    while (at < stay.length) merged.push(stay[at++] as Entry)
    return merged
  }

  #place(entry: Entry): number {
    return lowest(this.#entries.length, (at) => this.#compare(this.#entries[at] as Entry, entry) >= 0)
  }
  #compare(a: Entry, b: Entry): number {
    return this.#sign * (a.key < b.key ? -1 : a.key > b.key ? 1 : a.id - b.id)
  }
}
