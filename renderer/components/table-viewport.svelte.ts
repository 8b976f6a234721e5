import type { ListView } from '../state/view.svelte.js'
import type { Viewport } from '../state/row-window.svelte.js'
import { RowSlots } from './row-slots.svelte.js'
import { VirtualScroll } from './virtual-scroll.js'

/** Rows beyond both edges, for what the compositor scrolls before we draw. A jump is drawn without them, and they come at rest. */
const spareRows = 8
const idleMs = 120
/** A jump so long after the wheel is not the wheel's. */
const wheelMs = 400
/** Rows stand in the layer by their distance to its origin, so that no number grows; beyond so many it moves. */
const farFromOrigin = 20_000

/** The element that scrolls a table's rows: where it stands in the list, and which rows are drawn where. */
export class TableViewport<Row extends { readonly id: number }> implements Viewport {
  readonly slots = new RowSlots<Row>()
  /** px that the scrollbar takes. */
  gutterPx = $state(0)
  /** The layer's own shift. */
  layerTop = $state(0)
  readonly #scroll = new VirtualScroll()
  readonly #view: () => ListView<Row>
  #body!: HTMLElement
  #bodyPx = 0
  #origin = 0
  #drawn = { first: 0, count: 0 }
  #spareRows = spareRows
  #wheelAtMs = -Infinity
  #thumbHeld = false
  #idleTimer: ReturnType<typeof setTimeout> | undefined

  constructor(view: () => ListView<Row>) {
    this.#view = view
  }

  /** Draws into an element, which holds one that is as long as the list, until the answer is called. */
  attach(body: HTMLElement): () => void {
    this.#body = body
    return () => clearTimeout(this.#idleTimer)
  }
  /** Rows that a page has, but for one that stays in sight. */
  get pageRows(): number {
    return Math.max(1, Math.floor(this.#scroll.viewPx / this.#scroll.rowPx) - 1)
  }
  get firstVisible(): number {
    return this.#scroll.visible.first
  }

  /** Rows, their number or the room for them changed. */
  grow(rows: number, roomPx: number): void {
    // Hidden: the place is kept for when it is shown again.
    if (roomPx === 0) return
    const scroll = this.#scroll
    const scrolled = scroll.bodyPx > scroll.viewPx
    scroll.rows = rows
    // Asking for a size lays the page out: only where one may have changed, not for every window of rows.
    const resized = roomPx !== scroll.viewPx
    const chosen = resized ? this.#chosenInSight : null
    if (resized) scroll.rowPx = Number.parseFloat(getComputedStyle(this.#body).getPropertyValue('--row')) || 24
    scroll.viewPx = roomPx
    this.#lengthen()
    if (resized || scrolled !== scroll.bodyPx > roomPx) this.gutterPx = this.#body.offsetWidth - this.#body.clientWidth
    const end = this.#view().newestFirst ? 0 : scroll.lastOffset
    if (this.#view().following && Math.abs(scroll.offset - end) > 0.5) this.#goTo(end)
    else if (scroll.offset > scroll.lastOffset) this.#goTo(scroll.lastOffset)
    else this.#draw(false)
    // A detail that opens takes the room in which the row was chosen.
    if (chosen !== null) this.reveal(chosen)
  }

  shiftBy(rows: number): void {
    this.#drawn.first += rows
    this.#scroll.rows = this.#view().matched
    this.#goTo(this.#scroll.offset + rows * this.#scroll.rowPx)
  }
  reveal(index: number): void {
    const to = this.#scroll.revealing(index)
    if (to === this.#scroll.offset) return
    this.#goTo(to)
    this.#followWhereItEnds()
  }
  showAt(index: number): void {
    this.#goTo(index * this.#scroll.rowPx)
  }
  /** To where new rows come in. */
  showNewest(): void {
    this.#goTo(this.#view().newestFirst ? 0 : this.#scroll.lastOffset)
  }

  wheeled(): void {
    this.#wheelAtMs = performance.now()
  }
  pressed(event: PointerEvent): void {
    this.#thumbHeld = event.target === this.#body && event.offsetX >= this.#body.clientWidth
    if (this.#thumbHeld) addEventListener('pointerup', () => (this.#thumbHeld = false), { once: true, capture: true })
  }
  scrolled(): void {
    const scroll = this.#scroll
    const place = this.#body.scrollTop
    const isJump = Math.abs(place - scroll.place) > 2 * scroll.viewPx && performance.now() - this.#wheelAtMs > wheelMs
    const byThumb = this.#thumbHeld || isJump
    if (!scroll.scrolled(place, byThumb)) return
    if (!byThumb) this.#spareRows = spareRows
    this.#followWhereItEnds()
    if (scroll.cramped) this.#rebase()
    this.#draw(true, byThumb)
    this.#restSoon()
  }

  get #chosenInSight(): number | null {
    const { first, count } = this.#scroll.visible
    const { cursorIndex: at } = this.#view()
    return at !== null && at >= first && at < first + count ? at : null
  }

  #restSoon(): void {
    clearTimeout(this.#idleTimer)
    this.#idleTimer = setTimeout(() => this.#idle(), idleMs)
  }
  #idle(): void {
    if (!this.#thumbHeld) this.#rebase()
    this.#spareRows = spareRows
    this.#draw(false)
  }
  #rebase(): void {
    const scroll = this.#scroll
    if (!scroll.capped || Math.abs(scroll.restPlace - scroll.place) < 1) return
    this.#body.scrollTop = scroll.restPlace
    scroll.place = this.#body.scrollTop
  }
  #followWhereItEnds(): void {
    const view = this.#view()
    view.following = view.newestFirst ? this.#scroll.atStart : this.#scroll.atEnd
  }

  /** The body has to be that long before it can be scrolled there. */
  #lengthen(): void {
    if (this.#bodyPx === this.#scroll.bodyPx) return
    this.#bodyPx = this.#scroll.bodyPx
    ;(this.#body.firstElementChild as HTMLElement).style.height = `${this.#bodyPx}px`
  }
  #goTo(offset: number): void {
    this.#body.scrollTop = this.#scroll.moveTo(offset)
    this.#settle()
    this.#draw(false)
  }
  /** What the browser made of the place: it rounds to its own pixels. */
  #settle(): void {
    const place = this.#body.scrollTop
    if (!this.#scroll.capped) this.#scroll.offset = place
    this.#scroll.place = place
  }
  /** @param mayJump else it is scrolled to, whatever the distance */
  #draw(moving: boolean, mayJump = true): void {
    const scroll = this.#scroll
    const { first, count } = scroll.visible
    const isElsewhere = first >= this.#drawn.first + this.#drawn.count || first + count <= this.#drawn.first
    const jumps = mayJump && count > 0 && this.#drawn.count > 0 && isElsewhere
    this.#drawn = { first, count }
    if (jumps) {
      this.#spareRows = 0
      this.#restSoon()
    }
    const from = Math.max(0, first - this.#spareRows)
    const to = Math.min(scroll.rows, first + count + this.#spareRows)
    if (Math.abs(from - this.#origin) > farFromOrigin) this.#origin = from
    this.layerTop = scroll.topOf(this.#origin)
    this.slots.fill(
      from,
      to - from,
      (index) => this.#view().row(index),
      (index) => (index - this.#origin) * scroll.rowPx
    )
    this.#view().show({ first, count }, moving)
  }
}
