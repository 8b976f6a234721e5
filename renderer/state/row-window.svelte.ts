import type { PlainError } from '../../shared/errors.js'
import { asSwitchyardError } from '../../shared/errors.js'
import type { ViewState, ViewWindow } from '../../shared/rows.js'
import type { Connection } from './connection.svelte.js'
import { isQuiet } from './connection.svelte.js'
import { isSeen } from './page-sight.js'
import { covers, isNearEdge, keepSame, pagesAround } from './row-range.js'
import type { RowRange } from './row-range.js'

/** The table that shows a view: it owns the place, the view asks it to move. */
export interface Viewport {
  /** Rows came or went above: what is seen stays where it is. */
  shiftBy(rows: number): void
  /** As little as needed, so that the row is seen. */
  reveal(index: number): void
  /** A row to the very top. */
  showAt(index: number): void
}
export interface Identified {
  readonly id: number
}
interface WindowOptions {
  /** The end is shown, whatever comes: what is seen is not kept in its place. */
  readonly follows: () => boolean
  /** Rows are here, and stand by so many further down. Told before the viewport moves. */
  readonly onTaken: (shift: number) => void
}
interface Asking {
  readonly range: RowRange
  readonly giveUp: AbortController
}

/** While scrolling, a window is asked for at most so often. */
const askEveryMs = 60

/** The rows of one view that are near what is seen of it, kept up with its ticks. */
export class RowWindow<Row extends Identified> {
  #state = $state.raw<ViewState>({ view: 0, total: 0, matched: 0, hidden: 0, looked: 0, matching: true, revision: 0 })
  #rows = $state.raw<readonly Row[]>([])
  #first = $state(0)
  #open = $state(false)
  #error = $state.raw<PlainError | null>(null)
  #active = true
  #seen = isSeen()
  readonly #connection: Connection
  readonly #options: WindowOptions
  #viewport: Viewport | null = null
  #visible: RowRange = { first: 0, count: 40 }
  #asking: Asking | null = null
  #askTimer: ReturnType<typeof setTimeout> | undefined
  #askedAtMs = -Infinity
  #tickWaits = false

  constructor(connection: Connection, options: WindowOptions) {
    this.#connection = connection
    this.#options = options
  }

  get state(): ViewState {
    return this.#state
  }
  get open(): boolean {
    return this.#open
  }
  get rows(): readonly Row[] {
    return this.#rows
  }
  get first(): number {
    return this.#first
  }
  get error(): PlainError | null {
    return this.#error
  }
  get visible(): RowRange {
    return this.#visible
  }
  get viewport(): Viewport | null {
    return this.#viewport
  }
  row(index: number): Row | undefined {
    return this.#rows[index - this.#first]
  }

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
  /** Its screen is the one that is shown. */
  set active(active: boolean) {
    const before = this.#isLookedAt
    this.#active = active
    this.#catchUp(before)
  }
  /** Its page is. */
  set seen(seen: boolean) {
    const before = this.#isLookedAt
    this.#seen = seen
    this.#catchUp(before)
  }
  get #isLookedAt(): boolean {
    return this.#active && this.#seen
  }
  #catchUp(wasLookedAt: boolean): void {
    if (this.#isLookedAt && !wasLookedAt && this.#open) this.#load()
  }

  /** Another view in the place of this one, with its first rows; what is seen begins at `top`. */
  enter(reply: ViewWindow<Row>, top: number): void {
    this.#giveUp()
    const before = this.#open ? this.#state.view : null
    this.#open = true
    this.#tickWaits = false
    this.#visible = { ...this.#visible, first: top }
    this.#take(reply, 0)
    this.#viewport?.showAt(top)
    if (before !== null) this.#tellClosed(before)
  }
  /** The view is gone with its line; the rows stay. */
  lost(): void {
    this.#open = false
  }
  failed(error: PlainError): void {
    this.#error = error
  }
  close(): void {
    this.#giveUp()
    if (this.#open) this.#tellClosed(this.#state.view)
    this.#open = false
  }

  /** Rows and counts change in one paint, with the window; the next tick comes when this one was taken. */
  ticked(view: number): void {
    if (!this.#open || view !== this.#state.view) return
    this.#tickWaits = true
    if (this.#isLookedAt) this.#load()
  }

  #want(moving: boolean): void {
    if (!this.#open) return
    const { matched } = this.#state
    const loaded = { first: this.#first, count: this.#rows.length }
    if (!isNearEdge(loaded, this.#visible, matched)) return
    if (this.#asking !== null && covers(this.#asking.range, this.#visible, matched)) return
    clearTimeout(this.#askTimer)
    const waitMs = moving ? this.#askedAtMs + askEveryMs - performance.now() : 0
    if (waitMs <= 0) this.#load()
    else this.#askTimer = setTimeout(() => this.#load(), waitMs)
  }

  #load(): void {
    this.#giveUp()
    const asking = { range: pagesAround(this.#visible, this.#state.matched), giveUp: new AbortController() }
    this.#asking = asking
    this.#askedAtMs = performance.now()
    void this.#fetch(asking)
  }
  #giveUp(): void {
    clearTimeout(this.#askTimer)
    this.#asking?.giveUp.abort()
    this.#asking = null
  }

  async #fetch(asking: Asking): Promise<void> {
    const { signal } = asking.giveUp
    try {
      const asked = { view: this.#state.view, ...asking.range }
      const reply = (await this.#connection.request('view.window', asked, signal)) as unknown as ViewWindow<Row>
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
    if (anchor === undefined || this.#options.follows() || revision === this.#state.revision || rows[at - first]?.id === anchor.id) return 0
    const place = rows.findIndex(({ id }) => id === anchor.id)
    if (place >= 0) return first + place - at
    const { indexes } = await this.#connection.request('view.indexOf', { view: this.#state.view, rows: [anchor.id] }, signal)
    return (indexes[0] ?? at) - at
  }

  #take(reply: ViewWindow<Row>, shift: number): void {
    const { first, rows, ...state } = reply
    this.#state = state
    this.#error = null
    this.#first = first
    this.#rows = keepSame(this.#rows, rows)
    this.#options.onTaken(shift)
    if (shift !== 0) {
      this.#visible = { ...this.#visible, first: Math.max(0, this.#visible.first + shift) }
      this.#viewport?.shiftBy(shift)
    }
    this.#want(false)
  }

  #acknowledge(): void {
    if (!this.#tickWaits || !this.#open) return
    this.#tickWaits = false
    this.#connection.request('view.ack', { view: this.#state.view }).catch(() => {})
  }
  #tellClosed(view: number): void {
    this.#connection.request('view.close', { view }).catch(() => {})
  }
}
