/** What keys need to know of a table. */
export interface KeyedTable {
  /** The row that keys move from; null: none is chosen, or the filter leaves it out. */
  readonly at: number | null
  readonly rows: number
  readonly pageRows: number
  readonly firstVisible: number
}

/** The row that a key leads to; `head` from the first row upwards, null for keys that lead nowhere. */
export function rowOfKey(key: string, { at, rows, pageRows, firstVisible }: KeyedTable): number | 'head' | null {
  if (key === 'Home') return 0
  if (key === 'End') return rows - 1
  const by = { ArrowUp: -1, ArrowDown: 1, PageUp: -pageRows, PageDown: pageRows }[key]
  if (by === undefined) return null
  if (at === null) return firstVisible
  return key === 'ArrowUp' && at === 0 ? 'head' : at + by
}
