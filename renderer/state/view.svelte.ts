import type { Params } from '../../shared/contract.js'
import type { PlainError, SwitchyardError } from '../../shared/errors.js'
import { asSwitchyardError } from '../../shared/errors.js'
import type { ViewState, ViewWindow } from '../../shared/rows.js'
import type { Connection } from './connection.svelte.js'
import { isQuiet } from './connection.svelte.js'
import { covers, isNearEdge, keepSame, mostRows, pagesAround } from './row-range.js'
import type { RowRange } from './row-range.js'

export type ViewSpec = Params<'view.open'>
export type ViewOrder = NonNullable<ViewSpec['order']>

/** The table that shows a view: it owns the place, the view asks it to move. */
export interface Viewport {
  /** Rows came or went above: what is seen stays where it is. */
  shiftBy(rows: number): void
  /** As little as needed, so that the row is seen. */
  reveal(index: number): void
  /** A row to the very top. */
  showAt(index: number): void
}

/** While scrolling, a window is asked for at most so often. */
const askEveryMs = 60
/** The most rows that can be selected: an export takes no more. */
export const mostSelected = 10_000

/**
 * A list of the host as one table sees it: a window of its rows, kept up with the traffic, and which of them are chosen.
 * Opens itself, and again after a loss of the host; whoever made it closes it.
 */
export class ListView<Row extends { readonly id: number }> {
  #state = $state.raw<ViewState>({ view: 0, total: 0, matched: 0, looked: 0, matching: true, revision: 0 })
  #rows = $state.raw<readonly Row[]>([])
  #first = $state(0)
  #open = $state(false)
  #filter = $state('')
  #filterError = $state.raw<PlainError | null>(null)
  #order = $state.raw<ViewOrder | undefined>()
  #error = $state.raw<PlainError | null>(null)
  #following = $state(false)
  #leftAt = $state(0)
  #cursor = $state.raw<Row | null>(null)
  #cursorIndex = $state<number | null>(null)
  #selected = $state.raw<ReadonlySet<number>>(new Set())
  #active = true

  readonly #connection: Connection
  readonly #removers: (() => void)[]
  #spec: ViewSpec
  #viewport: Viewport | null = null
  #visible: RowRange = { first: 0, count: 40 }
  #asking: { readonly range: RowRange; readonly giveUp: AbortController } | null = null
  #askTimer: ReturnType<typeof setTimeout> | undefined
  #askedAtMs = -Infinity
  #tickWaits = false
  #opening: { readonly giveUp: AbortController; view: number | null; ticked: boolean } | null = null
  #cursorMove = 0
  /** The cursor's place is known, its row is on the way. */
  #reaching = false
  #rangeFrom = 0

  /** @param follow begins at the end, where new rows come in; not for frames of a tunnel that is over. */
  constructor(connection: Connection, spec: ViewSpec, { follow = false }: { follow?: boolean } = {}) {
    this.#connection = connection
    this.#spec = spec
    this.#filter = spec.filter
    this.#order = spec.order
    this.#following = follow
    this.#removers = [
      connection.on('view.tick', ({ view }) => this.#ticked(view)),
      // A new line knows nothing of the old one's views.
      connection.onReady(() => {
        this.#open = false
        void this.#reopen(this.#spec)
      })
    ]
  }

  close(): void {
    for (const remove of this.#removers) remove()
    this.#opening?.giveUp.abort()
    this.#asking?.giveUp.abort()
    clearTimeout(this.#askTimer)
    if (this.#open) this.#tellClosed(this.#state.view)
    this.#open = false
  }

  // ── what a table draws ──

  /** Whether it was ever answered since the host is there. */
  get open(): boolean {
    return this.#open
  }
  get matched(): number {
    return this.#state.matched
  }
  get total(): number {
    return this.#state.total
  }
  /** Rows looked at while a filter runs: `filtering 3.2 M of 10.2 M`. */
  get looked(): number {
    return this.#state.looked
  }
  get matching(): boolean {
    return this.#state.matching
  }
  get error(): PlainError | null {
    return this.#error
  }
  /** The loaded rows, a page more than is seen on each side. */
  get rows(): readonly Row[] {
    return this.#rows
  }
  /** Index of the first loaded row. */
  get first(): number {
    return this.#first
  }
  /** A row by its index, where it is loaded. */
  row(index: number): Row | undefined {
    return this.#rows[index - this.#first]
  }

  /** The table tells what is seen of the list. `moving`: it scrolls just now. */
  show(visible: RowRange, moving: boolean): void {
    this.#visible = visible
    this.#want(moving)
  }
  attach(viewport: Viewport): () => void {
    this.#viewport = viewport
    return () => {
      if (this.#viewport === viewport) this.#viewport = null
    }
  }
  /** A view of a hidden screen hears nothing, and asks once when it is shown again. */
  set active(active: boolean) {
    const again = active && !this.#active
    this.#active = active
    if (again && this.#open) this.#load()
  }

  // ── filter, order, following ──

  /** As asked for; what is shown may still be the last good one (`filterError`). */
  get filter(): string {
    return this.#filter
  }
  /** What is wrong with the filter that was asked for. The rows are those of the last good one. */
  get filterError(): PlainError | null {
    return this.#filterError
  }
  get order(): ViewOrder | undefined {
    return this.#order
  }
  async setFilter(filter: string): Promise<void> {
    if (filter === this.#filter) return
    this.#filter = filter
    await this.#reopen({ ...this.#spec, filter })
  }
  async setOrder(order: ViewOrder | undefined): Promise<void> {
    this.#order = order
    const { order: _, ...rest } = this.#spec
    await this.#reopen(order === undefined ? rest : { ...rest, order })
  }
  /** Another list in the place of this one: other frames, another session. Nothing stays chosen. */
  async setSpec(spec: ViewSpec, { follow = false } = {}): Promise<void> {
    this.select(null)
    this.#filter = spec.filter
    this.#order = spec.order
    this.#following = follow
    await this.#reopen(spec)
  }
  get spec(): ViewSpec {
    return this.#spec
  }

  /** Whether it shows the end where new rows come in: the start, where the newest is first. */
  get following(): boolean {
    return this.#following
  }
  set following(following: boolean) {
    if (this.#following && !following) this.#leftAt = this.matched
    this.#following = following
  }
  get newestFirst(): boolean {
    return this.#order?.descending ?? false
  }
  /** Rows that came since it does not follow: `12 newer`. */
  get newer(): number {
    return this.#following ? 0 : Math.max(0, this.matched - this.#leftAt)
  }

  // ── chosen rows: by id, so that they survive filters ──

  /** The row that keys move from and that a detail shows. */
  get cursor(): Row | null {
    return this.#cursor
  }
  /** null: not in this filter. */
  get cursorIndex(): number | null {
    return this.#cursorIndex
  }
  get selected(): ReadonlySet<number> {
    return this.#selected
  }

  select(row: Row | null, index: number | null = null): void {
    this.#cursorMove++
    this.#cursor = row
    this.#cursorIndex = index
    this.#rangeFrom = index ?? 0
    this.#selected = new Set(row === null ? [] : [row.id])
  }
  /** Adds a row to what is selected, or takes it away. */
  toggle(row: Row, index: number): void {
    const selected = new Set(this.#selected)
    if (!selected.delete(row.id)) selected.add(row.id)
    this.select(row, index)
    this.#selected = selected
  }
  /** Moves the cursor; the row is shown, and loaded first where it isn't. `extend`: from the row that was chosen alone to this one. */
  async moveTo(index: number, { extend = false }: { extend?: boolean } = {}): Promise<void> {
    if (this.matched === 0) return
    const to = Math.max(0, Math.min(index, this.matched - 1))
    const move = ++this.#cursorMove
    this.#cursorIndex = to
    this.#viewport?.reveal(to)
    this.#reaching = true
    const row = this.row(to) ?? (await this.rowsAt(to, 1).finally(() => (this.#reaching = false)))[0]
    this.#reaching = false
    if (row === undefined || move !== this.#cursorMove) return
    if (!extend) return this.select(row, to)
    this.#cursor = row
    await this.#selectRange(this.#rangeFrom, to)
  }
  async selectAll(): Promise<void> {
    await this.#selectRange(0, this.matched - 1)
  }
  /** Chooses a row by its id, wherever it stands. Answers whether this filter has it. */
  async choose(id: number): Promise<boolean> {
    const index = await this.indexOf(id)
    if (index !== null) await this.moveTo(index)
    return index !== null
  }

  // ── questions to the host ──

  async indexOf(id: number): Promise<number | null> {
    if (!this.#open) return null
    return (await this.#connection.request('view.indexOf', { view: this.#state.view, row: id })).index
  }
  async rowsAt(first: number, count: number): Promise<readonly Row[]> {
    return (await this.#connection.request('view.window', { view: this.#state.view, first, count })).rows as unknown as readonly Row[]
  }
  /** Goes to the next row that contains a text. Answers whether there is one. */
  async find(text: string, towards: 'later' | 'earlier', signal?: AbortSignal): Promise<boolean> {
    const from = this.#cursorIndex === null ? 0 : this.#cursorIndex + (towards === 'later' ? 1 : -1)
    if (from < 0 || from >= this.matched) return false
    const { index } = await this.#connection.request('view.find', { view: this.#state.view, text, from, towards }, signal)
    if (index !== null) await this.moveTo(index)
    return index !== null
  }

  // ── the window ──

  #want(moving: boolean): void {
    if (!this.#open) return
    const loaded = { first: this.#first, count: this.#rows.length }
    if (!isNearEdge(loaded, this.#visible, this.matched)) return
    if (this.#asking !== null && covers(this.#asking.range, this.#visible, this.matched)) return
    clearTimeout(this.#askTimer)
    const waitMs = moving ? this.#askedAtMs + askEveryMs - performance.now() : 0
    if (waitMs <= 0) this.#load()
    else this.#askTimer = setTimeout(() => this.#load(), waitMs)
  }

  #load(): void {
    clearTimeout(this.#askTimer)
    this.#asking?.giveUp.abort()
    const asking = { range: pagesAround(this.#visible, this.matched), giveUp: new AbortController() }
    this.#asking = asking
    this.#askedAtMs = performance.now()
    void this.#fetch(asking)
  }

  async #fetch(asking: { readonly range: RowRange; readonly giveUp: AbortController }): Promise<void> {
    try {
      const { signal } = asking.giveUp
      const reply = (await this.#connection.request(
        'view.window',
        { view: this.#state.view, ...asking.range },
        signal
      )) as unknown as ViewWindow<Row>
      const shift = await this.#shiftOf(reply, signal)
      if (this.#asking !== asking) return
      this.#asking = null
      this.#take(reply, shift)
    } catch (thrown) {
      if (this.#asking === asking) this.#asking = null
      if (!isQuiet(thrown)) this.#error = asSwitchyardError(thrown).toPlain()
    } finally {
      if (this.#asking === null) this.#acknowledge()
    }
  }

  /** By how many rows what is seen first has moved, since rows came or went above it. */
  async #shiftOf({ revision, first, rows }: ViewWindow<Row>, signal: AbortSignal): Promise<number> {
    const at = this.#visible.first
    const anchor = this.row(at)
    if (anchor === undefined || this.#following || revision === this.#state.revision || rows[at - first]?.id === anchor.id) return 0
    const place = rows.findIndex(({ id }) => id === anchor.id)
    if (place >= 0) return first + place - at
    const { index } = await this.#connection.request('view.indexOf', { view: this.#state.view, row: anchor.id }, signal)
    return index === null ? 0 : index - at
  }

  #take(reply: ViewWindow<Row>, shift: number): void {
    const { first, rows, ...state } = reply
    this.#state = state
    this.#error = null
    this.#first = first
    this.#rows = keepSame(this.#rows, rows)
    if (shift !== 0) {
      this.#visible = { ...this.#visible, first: Math.max(0, this.#visible.first + shift) }
      if (this.#cursorIndex !== null) this.#cursorIndex += shift
      this.#viewport?.shiftBy(shift)
    }
    this.#placeCursor()
    this.#want(false)
  }
  /** The chosen row as it is now, and where. */
  #placeCursor(): void {
    if (this.#reaching) return
    const id = this.#cursor?.id
    const place = id === undefined ? -1 : this.#rows.findIndex((row) => row.id === id)
    if (place < 0) return
    this.#cursor = this.#rows[place] as Row
    this.#cursorIndex = this.#first + place
  }

  /** Rows and counts change in one paint, with the window; the next tick comes when this one was taken. */
  #ticked(view: number): void {
    if (this.#opening?.view === view) {
      this.#opening.ticked = true
      return
    }
    if (!this.#open || view !== this.#state.view) return
    this.#tickWaits = true
    if (this.#active) this.#load()
  }
  #acknowledge(): void {
    if (!this.#tickWaits || !this.#open) return
    this.#tickWaits = false
    this.#connection.request('view.ack', { view: this.#state.view }).catch(() => {})
  }

  // ── opening ──

  /** Opens with another filter, order or line. The old rows stay until the first of the new are here. */
  async #reopen(spec: ViewSpec): Promise<void> {
    this.#opening?.giveUp.abort()
    const giveUp = new AbortController()
    const opening = { giveUp, view: null as number | null, ticked: false }
    this.#opening = opening
    try {
      const state = await this.#connection.request('view.open', spec, giveUp.signal)
      opening.view = state.view
      try {
        const { first, reply, cursorIndex } = await this.#firstWindow(state, giveUp.signal)
        giveUp.signal.throwIfAborted()
        this.#enter(spec, reply, first, cursorIndex)
      } catch (thrown) {
        this.#tellClosed(state.view)
        throw thrown
      }
    } catch (thrown) {
      if (!isQuiet(thrown) && !giveUp.signal.aborted) this.#refused(asSwitchyardError(thrown))
    } finally {
      if (this.#opening === opening) this.#opening = null
    }
    // What came before the first window was there: no other tick comes until this one is taken.
    if (opening.view !== null && opening.ticked) this.#ticked(opening.view)
  }

  /** Where the new list is looked at: its end, or where the chosen row or else the first that was seen stands in it. */
  async #firstWindow(state: ViewState, signal: AbortSignal) {
    const { view, matched } = state
    const indexIn = async (row: Row | null | undefined): Promise<number | null> =>
      row ? (await this.#connection.request('view.indexOf', { view, row: row.id }, signal)).index : null
    const cursorIndex = await indexIn(this.#cursor)
    const offset = cursorIndex === null || this.#cursorIndex === null ? 0 : this.#cursorIndex - this.#visible.first
    const kept =
      cursorIndex === null ? await indexIn(this.row(this.#visible.first)) : cursorIndex - clamp(offset, 0, this.#visible.count - 1)
    const end = this.newestFirst ? 0 : matched - this.#visible.count
    const first = Math.max(0, this.#following ? end : (kept ?? 0))
    const range = pagesAround({ first, count: this.#visible.count }, matched)
    const reply = (await this.#connection.request('view.window', { view, ...range }, signal)) as unknown as ViewWindow<Row>
    return { first, reply, cursorIndex }
  }

  #enter(spec: ViewSpec, reply: ViewWindow<Row>, first: number, cursorIndex: number | null): void {
    this.#asking?.giveUp.abort()
    this.#asking = null
    const old = this.#open ? this.#state.view : null
    this.#spec = spec
    this.#open = true
    this.#filterError = null
    this.#tickWaits = false
    this.#leftAt = reply.matched
    this.#cursorIndex = cursorIndex
    this.#visible = { ...this.#visible, first }
    this.#take(reply, 0)
    this.#viewport?.showAt(first)
    if (old !== null) this.#tellClosed(old)
  }

  #refused(error: SwitchyardError): void {
    if (error.code === 'filter-invalid') this.#filterError = error.toPlain()
    else this.#error = error.toPlain()
  }
  #tellClosed(view: number): void {
    this.#connection.request('view.close', { view }).catch(() => {})
  }

  async #selectRange(from: number, to: number): Promise<void> {
    const first = Math.max(0, Math.min(from, to))
    const count = Math.min(Math.abs(to - from) + 1, mostSelected)
    const move = ++this.#cursorMove
    const ids: number[] = []
    for (let at = 0; at < count; at += mostRows) {
      const rows = await this.#rowsFrom(first + at, Math.min(mostRows, count - at))
      ids.push(...rows.map(({ id }) => id))
    }
    if (move === this.#cursorMove) this.#selected = new Set(ids)
  }
  async #rowsFrom(first: number, count: number): Promise<readonly Row[]> {
    const loaded = { first: this.#first, count: this.#rows.length }
    const isLoaded = first >= loaded.first && first + count <= loaded.first + loaded.count
    return isLoaded ? this.#rows.slice(first - loaded.first, first - loaded.first + count) : await this.rowsAt(first, count)
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most))
}
