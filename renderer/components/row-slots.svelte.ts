/** One row's element. It belongs to a row as long as that is seen, and to another afterwards. */
export class Slot<Row> {
  /** -1: shows nothing. */
  index = $state(-1)
  /** undefined: it is on the way. */
  row = $state.raw<Row | undefined>()
  /** The last row that was here. Its cells stay, unseen, while another is on the way: a text is changed in a tenth of the time of a new cell. */
  drawn = $state.raw<Row | undefined>()
  /** px from the top of the layer. */
  top = $state(0)
  constructor(readonly number: number) {}
}

/** Gives rows to slots: a row that stays keeps its element, whatever its index became; the others are taken for rows that come. */
export class RowSlots<Row extends { readonly id: number }> {
  all = $state.raw<readonly Slot<Row>[]>([])

  /** Shows `count` rows from `first`. @param row the row at an index, where it is loaded. @param topOf where it stands. */
  fill(first: number, count: number, row: (index: number) => Row | undefined, topOf: (index: number) => number): void {
    this.#need(count)
    const free = new Map<number, Slot<Row>>()
    const spare = new Set(this.all)
    for (const slot of this.all) if (slot.index >= 0) free.set(keyOf(slot.index, slot.row), slot)
    const put = (slot: Slot<Row>, index: number): void => {
      spare.delete(slot)
      slot.index = index
      slot.row = row(index)
      slot.drawn = slot.row ?? slot.drawn
      slot.top = topOf(index)
    }
    const coming: number[] = []
    for (let index = first; index < first + count; index++) {
      const now = row(index)
      // A row that was just loaded takes the place that was drawn empty for it.
      const slot = take(free, keyOf(index, now)) ?? (now === undefined ? undefined : take(free, keyOf(index, undefined)))
      if (slot === undefined) coming.push(index)
      else put(slot, index)
    }
    for (const slot of spare) {
      const index = coming.pop()
      if (index !== undefined) put(slot, index)
      else slot.index = -1
    }
  }

  /** Slots are only ever added: a table that was made smaller keeps its own. */
  #need(count: number): void {
    if (this.all.length >= count) return
    const more = Array.from({ length: count - this.all.length }, (_, index) => new Slot<Row>(this.all.length + index))
    this.all = [...this.all, ...more]
  }
}

/** A loaded row is known by its id, an empty one by its index. */
function keyOf(index: number, row: { readonly id: number } | undefined): number {
  return row === undefined ? -1 - index : row.id
}
function take<Value>(map: Map<number, Value>, key: number): Value | undefined {
  const value = map.get(key)
  map.delete(key)
  return value
}
