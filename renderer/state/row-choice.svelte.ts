import { mostRows } from './row-range.js'
import type { Identified, RowWindow } from './row-window.svelte.js'

/** The most rows that can be selected: an export takes no more. */
const mostSelected = 10_000

/** Rows that are chosen: by id, so that they survive filters. */
export class RowChoice<Row extends Identified> {
  #cursor = $state.raw<Row | null>(null)
  #cursorIndex = $state<number | null>(null)
  #selected = $state.raw<ReadonlySet<number>>(new Set())
  readonly #window: RowWindow<Row>
  readonly #rowsAt: (first: number, count: number) => Promise<readonly Row[]>
  #moves = 0
  /** The cursor's place is known, its row is on the way. */
  #reaching = false
  #rangeFrom = 0

  constructor(window: RowWindow<Row>, rowsAt: (first: number, count: number) => Promise<readonly Row[]>) {
    this.#window = window
    this.#rowsAt = rowsAt
  }

  get cursor(): Row | null {
    return this.#cursor
  }
  get cursorIndex(): number | null {
    return this.#cursorIndex
  }
  get selected(): ReadonlySet<number> {
    return this.#selected
  }

  select(row: Row | null, index: number | null = null): void {
    this.#moves++
    this.#cursor = row
    this.#cursorIndex = index
    this.#rangeFrom = index ?? 0
    this.#selected = new Set(row === null ? [] : [row.id])
  }
  toggle(row: Row, index: number): void {
    const selected = new Set(this.#selected)
    if (!selected.delete(row.id)) selected.add(row.id)
    this.select(row, index)
    this.#selected = selected
  }
  /** How often somebody went somewhere. */
  get moves(): number {
    return this.#moves
  }
  /** @returns false: somebody went elsewhere meanwhile, and stays there */
  async moveTo(index: number, extend: boolean): Promise<boolean> {
    const { matched } = this.#window.state
    if (matched === 0) return true
    const to = Math.max(0, Math.min(index, matched - 1))
    const move = ++this.#moves
    this.#cursorIndex = to
    this.#window.viewport?.reveal(to)
    this.#reaching = true
    const row = this.#window.row(to) ?? (await this.#rowsAt(to, 1).finally(() => (this.#reaching = false)))[0]
    this.#reaching = false
    if (move !== this.#moves) return false
    if (row === undefined) return true
    if (!extend) this.select(row, to)
    else {
      this.#cursor = row
      await this.selectRange(this.#rangeFrom, to)
    }
    return true
  }
  async selectRange(from: number, to: number): Promise<void> {
    const first = Math.max(0, Math.min(from, to))
    const count = Math.min(Math.abs(to - from) + 1, mostSelected)
    const move = ++this.#moves
    const ids: number[] = []
    for (let at = 0; at < count; at += mostRows) {
      const rows = await this.#rowsFrom(first + at, Math.min(mostRows, count - at))
      ids.push(...rows.map(({ id }) => id))
    }
    if (move === this.#moves) this.#selected = new Set(ids)
  }

  /** Another view is entered, where the chosen row stands there. */
  placeAt(index: number | null): void {
    this.#cursorIndex = index
  }
  /** The chosen row as it is now, and where, when rows came that stand by so many further down. */
  follow(shift: number): void {
    if (this.#cursorIndex !== null) this.#cursorIndex += shift
    if (this.#reaching) return
    const { rows, first } = this.#window
    const id = this.#cursor?.id
    const place = id === undefined ? -1 : rows.findIndex((row) => row.id === id)
    if (place < 0) return
    this.#cursor = rows[place] as Row
    this.#cursorIndex = first + place
  }

  async #rowsFrom(first: number, count: number): Promise<readonly Row[]> {
    const { rows, first: loaded } = this.#window
    const isLoaded = first >= loaded && first + count <= loaded + rows.length
    return isLoaded ? rows.slice(first - loaded, first - loaded + count) : await this.#rowsAt(first, count)
  }
}
