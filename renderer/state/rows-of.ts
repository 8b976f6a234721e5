import { mostRows } from './row-range.js'
import type { RowRange } from './row-range.js'

/** What a list of the host answers about its rows. */
interface Asked<Row> {
  indexesOf(ids: readonly number[]): Promise<readonly (number | null)[]>
  rowsAt(first: number, count: number): Promise<readonly Row[]>
}

/** Rows by their ids, in the order of the list; those that are not in it are left out. */
export async function rowsOf<Row>(ids: readonly number[], list: Asked<Row>): Promise<readonly Row[]> {
  const places: number[] = []
  for (let at = 0; at < ids.length; at += mostRows) {
    const found = await list.indexesOf(ids.slice(at, at + mostRows))
    places.push(...found.filter((place) => place !== null))
  }
  const rows: Row[] = []
  for (const { first, count } of stretches(places.sort((a, b) => a - b))) rows.push(...(await list.rowsAt(first, count)))
  return rows
}

/** Ascending places as stretches without a hole, none longer than one answer holds. */
export function stretches(places: readonly number[]): RowRange[] {
  const found: { first: number; count: number }[] = []
  for (const place of places) {
    const last = found.at(-1)
    if (last !== undefined && place === last.first + last.count && last.count < mostRows) last.count++
    else found.push({ first: place, count: 1 })
  }
  return found
}
