import { lowest } from './tunnel-index.js'

export type SortKey = number | string
interface Entry {
  readonly id: number
  readonly key: SortKey
}

/** So many changes are put in one by one; more are sorted and merged in one pass. */
const fewChanges = 32

/**
 * Ids sorted by a key, ties by id; entries come, go and move. Changes are taken in when somebody looks: what stands before the first
 * place that changed is left alone, so that rows which come at the end cost nothing of those that are there.
 */
export class SortedIds {
  readonly #descending: boolean
  readonly #keyOf = new Map<number, SortKey>()
  /** Ascending, whichever way they are shown: new ones come at the end. */
  readonly #entries: Entry[] = []
  /** Ids that came, went or moved since the list was last put in order, with the key that the list still has them under. */
  readonly #changed = new Map<number, SortKey | undefined>()

  constructor(descending: boolean) {
    this.#descending = descending
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
    const all = this.#entries.length
    const entries = this.#descending
      ? this.#entries.slice(Math.max(0, all - end), Math.max(0, all - first)).reverse()
      : this.#entries.slice(first, end)
    return entries.map(({ id }) => id)
  }
  indexOf(id: number): number | null {
    const key = this.#keyOf.get(id)
    if (key === undefined) return null
    this.#order()
    const place = this.#place({ id, key })
    return this.#descending ? this.#entries.length - 1 - place : place
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
    const come: Entry[] = []
    let from = this.#entries.length
    for (const [id, listed] of this.#changed) {
      const key = this.#keyOf.get(id)
      if (key !== undefined) come.push({ id, key })
      if (listed !== undefined) from = Math.min(from, this.#place({ id, key: listed }))
    }
    come.sort(compare)
    if (come[0] !== undefined) from = Math.min(from, this.#place(come[0]))
    const stay = this.#entries.splice(from).filter(({ id }) => !this.#changed.has(id))
    let at = 0
    for (const entry of come) {
      while (at < stay.length && compare(stay[at] as Entry, entry) < 0) this.#entries.push(stay[at++] as Entry)
      this.#entries.push(entry)
    }
    while (at < stay.length) this.#entries.push(stay[at++] as Entry)
  }

  #place(entry: Entry): number {
    return lowest(this.#entries.length, (at) => compare(this.#entries[at] as Entry, entry) >= 0)
  }
}

function compare(a: Entry, b: Entry): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : a.id - b.id
}
