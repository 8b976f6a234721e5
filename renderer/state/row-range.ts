/** Rows `first` to `first + count`, without the last. */
export interface RowRange {
  readonly first: number
  readonly count: number
}
/** The most that one window may hold (main/capture/reader/view-table.ts). */
export const mostRows = 1000

/** What is asked for where these rows are seen: a page more on each side. */
export function pagesAround(visible: RowRange, rows: number): RowRange {
  const page = Math.min(Math.max(visible.count, 1), Math.floor(mostRows / 3))
  const first = Math.max(0, Math.min(visible.first, rows - 1) - page)
  const end = Math.min(Math.max(rows, page), visible.first + visible.count + page)
  return { first, count: Math.min(Math.max(0, end - first), mostRows) }
}

/** Whether every row of `inner` that there is stands in `outer`. */
export function covers(outer: RowRange, inner: RowRange, rows: number): boolean {
  const end = Math.min(inner.first + inner.count, rows)
  return inner.first >= end || (inner.first >= outer.first && end <= outer.first + outer.count)
}

/** Where the loaded rows end soon: more of them are asked for before they are missed. */
export function isNearEdge(loaded: RowRange, visible: RowRange, rows: number): boolean {
  const half = Math.ceil(visible.count / 2)
  const first = Math.max(0, visible.first - half)
  return !covers(loaded, { first, count: visible.first + visible.count + half - first }, rows)
}

/** New rows, each that says the same as before as the object it was: what is drawn of it is not drawn again. */
export function keepSame<Row extends { readonly id: number }>(before: readonly Row[], now: readonly Row[]): readonly Row[] {
  if (before.length === 0) return now
  const old = new Map(before.map((row) => [row.id, row]))
  return now.map((row) => {
    const same = old.get(row.id)
    return same !== undefined && isSame(same, row) ? same : row
  })
}
function isSame<Row extends object>(a: Row, b: Row): boolean {
  for (const key in b) if (a[key] !== b[key]) return false
  return true
}
