import type { PlainError } from '../../shared/errors.js'
import { SwitchyardError, asSwitchyardError } from '../../shared/errors.js'
import { maxTextChars } from '../../shared/requests.js'
import { isQuiet } from './connection.svelte.js'
import type { Connection } from './connection.svelte.js'
import { onSight } from './page-sight.js'
import { RowChoice } from './row-choice.svelte.js'
import type { RowRange } from './row-range.js'
import { RowWindow } from './row-window.svelte.js'
import type { Identified, Viewport } from './row-window.svelte.js'
import { rowsOf } from './rows-of.js'
import { ViewOpening } from './view-opening.js'
import type { LookedAt, Opened, ViewSpec } from './view-opening.js'

export type { ViewSpec }
export type ViewOrder = NonNullable<ViewSpec['order']>

/**
 * A list of the host as one table sees it: a window of its rows, kept up with the traffic, and which of them are chosen.
 * Opens itself, and again after a loss of the host; whoever made it closes it.
 */
export class ListView<Row extends Identified> {
  #filter = $state('')
  #filterError = $state.raw<PlainError | null>(null)
  #order = $state.raw<ViewOrder | undefined>()
  #following = $state(false)
  #leftAt = $state(0)
  #hides = false
  #search = new AbortController()
  #opened: Promise<void> = Promise.resolve()
  readonly #connection: Connection
  readonly #removers: (() => void)[]
  readonly #window: RowWindow<Row>
  readonly #choice: RowChoice<Row>
  readonly #opening: ViewOpening<Row>
  #spec: ViewSpec

  /** @param follow begins at the end, where new rows come in; not for frames of a tunnel that is over. */
  constructor(connection: Connection, spec: ViewSpec, { follow = false }: { follow?: boolean } = {}) {
    this.#connection = connection
    this.#spec = spec
    this.#filter = spec.filter
    this.#order = spec.order
    this.#following = follow
    this.#window = new RowWindow<Row>(connection, { follows: () => this.#following, onTaken: (shift) => this.#choice.follow(shift) })
    this.#choice = new RowChoice<Row>(this.#window, (first, count) => this.rowsAt(first, count))
    this.#opening = new ViewOpening<Row>(connection)
    this.#removers = [
      onSight((seen) => (this.#window.seen = seen)),
      connection.on('view.tick', ({ view }) => this.#opening.ticked(view) || this.#window.ticked(view)),
      // A new line knows nothing of the old one's views.
      connection.onReady(() => {
        this.#window.lost()
        void this.#reopen(this.#spec)
      })
    ]
  }

  close(): void {
    for (const remove of this.#removers) remove()
    this.#search.abort()
    this.#opening.giveUp()
    this.#window.close()
  }

  // ── what a table draws ──

  /** Whether it was ever answered since the host is there. */
  get open(): boolean {
    return this.#window.open
  }
  get matched(): number {
    return this.#window.state.matched
  }
  get total(): number {
    return this.#window.state.total
  }
  /** Heartbeats that match as well, and are left out. */
  get hidden(): number {
    return this.#window.state.hidden
  }
  /** Rows looked at while a filter runs: `filtering 3.2 M of 10.2 M`. */
  get looked(): number {
    return this.#window.state.looked
  }
  get matching(): boolean {
    return this.#window.state.matching
  }
  get error(): PlainError | null {
    return this.#window.error
  }
  /** The loaded rows, a page more than is seen on each side. */
  get rows(): readonly Row[] {
    return this.#window.rows
  }
  /** Index of the first loaded row. */
  get first(): number {
    return this.#window.first
  }
  /** A row by its index, where it is loaded. */
  row(index: number): Row | undefined {
    return this.#window.row(index)
  }

  /** The table tells what is seen of the list. `moving`: it scrolls just now. */
  show(visible: RowRange, moving: boolean): void {
    this.#window.show(visible, moving)
  }
  attach(viewport: Viewport): () => void {
    return this.#window.attach(viewport)
  }
  /** A view of a hidden screen hears nothing, and asks once when it is shown again; so does one of a hidden page, by itself. */
  set active(active: boolean) {
    this.#window.active = active
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
    if (filter.length > maxTextChars) {
      this.#opening.giveUp()
      const most = maxTextChars.toLocaleString('en')
      return this.#refused(new SwitchyardError('filter-invalid', `A filter has at most ${most} characters.`))
    }
    await this.#reopen({ ...this.#spec, filter })
  }
  /** Whether heartbeats are left out of frames; what is chosen stays so. */
  async hideHeartbeats(hides: boolean): Promise<void> {
    if (hides === this.#hides) return
    this.#hides = hides
    await this.#reopen({ ...this.#spec, filter: this.#filter })
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
    await this.#reopen(spec, true)
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
    return this.#choice.cursor
  }
  /** null: not in this filter. */
  get cursorIndex(): number | null {
    return this.#choice.cursorIndex
  }
  get selected(): ReadonlySet<number> {
    return this.#choice.selected
  }
  select(row: Row | null, index: number | null = null): void {
    this.#choice.select(row, index)
    if (index !== null) this.#holdAt(index)
  }
  /** Adds a row to what is selected, or takes it away. */
  toggle(row: Row, index: number): void {
    this.#choice.toggle(row, index)
    this.#holdAt(index)
  }
  /**
   * Moves the cursor; the row is shown, and loaded first where it isn't. `extend`: from the row that was chosen alone to this one.
   * @returns false: somebody went elsewhere meanwhile, and stays there
   */
  async moveTo(index: number, { extend = false }: { extend?: boolean } = {}): Promise<boolean> {
    const moved = this.#choice.moveTo(index, extend)
    this.#holdAt(index)
    return await moved
  }
  /** A row that was chosen stays in sight: the list follows on only from its newest, which nobody holds. */
  #holdAt(index: number): void {
    if (!this.isNewest(index)) this.following = false
  }
  isNewest(index: number): boolean {
    return this.newestFirst ? index <= 0 : index >= this.matched - 1
  }
  /** The chosen rows as they are now, in the order of the list; those that the filter leaves out are not among them. */
  async chosenRows(): Promise<readonly Row[]> {
    const loaded = this.rows.filter(({ id }) => this.selected.has(id))
    return loaded.length === this.selected.size ? loaded : await rowsOf([...this.selected], this)
  }
  async selectAll(): Promise<void> {
    await this.#choice.selectRange(0, this.matched - 1)
  }
  /**
   * Chooses a row by its id, wherever it stands; `likely` is looked at first, without asking. Answers whether this filter has it; true,
   * too, where somebody went elsewhere meanwhile: they stay there.
   */
  async choose(id: number, likely: number | null = null): Promise<boolean> {
    if (likely !== null && likely < this.matched) {
      if (!(await this.moveTo(likely)) || this.cursor?.id === id) return true
    }
    const { moves } = this.#choice
    const index = await this.indexOf(id)
    if (moves !== this.#choice.moves) return true
    if (index !== null) await this.moveTo(index)
    return index !== null
  }

  // ── questions to the host ──

  async indexOf(id: number): Promise<number | null> {
    if (!this.open) return null
    return (await this.indexesOf([id]))[0] ?? null
  }
  /** In the order of the ids, of which there may be as many as a window has rows. */
  async indexesOf(ids: readonly number[]): Promise<readonly (number | null)[]> {
    return (await this.#connection.request('view.indexOf', { view: this.#window.state.view, rows: [...ids] })).indexes
  }
  async rowsAt(first: number, count: number): Promise<readonly Row[]> {
    const { rows } = await this.#connection.request('view.window', { view: this.#window.state.view, first, count })
    return rows as unknown as readonly Row[]
  }
  /**
   * Goes to the next row that contains a text; null: that something went wrong with. Gives up the search before. A list that is just
   * being opened is looked through when it is.
   *
   * @returns whether there is one; null where it was given up itself
   */
  async find(text: string | null, towards: 'later' | 'earlier'): Promise<boolean | null> {
    this.#search.abort()
    const { signal } = (this.#search = new AbortController())
    let opened: Promise<void> | null = null
    while (opened !== this.#opened) await (opened = this.#opened)
    if (signal.aborted) return null
    const outside = towards === 'later' ? -1 : this.matched
    const from = (this.cursorIndex ?? outside) + (towards === 'later' ? 1 : -1)
    if (from < 0 || from >= this.matched) return false
    try {
      const { index } = await this.#connection.request('view.find', { view: this.#window.state.view, text, from, towards }, signal)
      if (index !== null) await this.moveTo(index)
      return index !== null
    } catch (thrown) {
      if (isQuiet(thrown)) return null
      throw thrown
    }
  }

  // ── opening ──

  /** Opens with another filter, order or line. The old rows stay until the first of the new are here. */
  #reopen(spec: ViewSpec, another = false): Promise<void> {
    return (this.#opened = this.#reopened(spec, another))
  }
  async #reopened(spec: ViewSpec, another: boolean): Promise<void> {
    const { hide: _, ...rest } = spec
    try {
      const ticked = await this.#opening.open(
        this.#hides ? { ...rest, hide: 'heartbeats' } : rest,
        () => this.#lookedAt(another),
        (opened) => this.#enter(opened)
      )
      if (ticked !== null) this.#window.ticked(ticked)
    } catch (thrown) {
      this.#refused(asSwitchyardError(thrown))
    }
  }
  #lookedAt(another: boolean): LookedAt {
    const { visible } = this.#window
    const { cursor, cursorIndex } = this.#choice
    const follows = this.#following ? (this.newestFirst ? 'start' : 'end') : null
    return { visible, follows, cursor, cursorIndex, topRow: another ? null : (this.row(visible.first) ?? null) }
  }
  #enter({ spec, reply, top, cursorIndex }: Opened<Row>): void {
    this.#spec = spec
    this.#filterError = null
    this.#leftAt = reply.matched
    this.#choice.placeAt(cursorIndex)
    this.#window.enter(reply, top)
  }
  #refused(error: SwitchyardError): void {
    if (error.code === 'filter-invalid') this.#filterError = error.toPlain()
    else this.#window.failed(error.toPlain())
  }
}
