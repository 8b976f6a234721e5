import type { Params } from '../../shared/contract.js'
import type { ViewState, ViewWindow } from '../../shared/rows.js'
import type { Connection } from './connection.svelte.js'
import { isQuiet } from './connection.svelte.js'
import type { RowRange } from './row-range.js'
import { pagesAround } from './row-range.js'
import type { Identified } from './row-window.svelte.js'

export type ViewSpec = Params<'view.open'>

/** What a list shows when another view is opened in its place. */
export interface LookedAt {
  readonly visible: RowRange
  /** Where it follows, the end where new rows come in. */
  readonly follows: 'start' | 'end' | null
  /** The chosen row, and its place so far; the first that is seen. null: there is none, or it is another list. */
  readonly cursor: Identified | null
  readonly cursorIndex: number | null
  readonly topRow: Identified | null
}
/** A view with its first rows. */
export interface Opened<Row> {
  readonly spec: ViewSpec
  readonly reply: ViewWindow<Row>
  /** The row to begin with. */
  readonly top: number
  readonly cursorIndex: number | null
}
interface Opening {
  readonly giveUp: AbortController
  view: number | null
  ticked: boolean
}

/** Opens views, one at a time: a later one gives the earlier up. */
export class ViewOpening<Row extends Identified> {
  readonly #connection: Connection
  #now: Opening | null = null

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /**
   * Opens a view, reads what will be seen of it first, and enters it.
   *
   * @returns the view, where a tick of it came before it was entered: no other comes until that one is taken
   * @throws SwitchyardError why the host does not open it
   */
  async open(spec: ViewSpec, lookedAt: () => LookedAt, enter: (opened: Opened<Row>) => void): Promise<number | null> {
    this.giveUp()
    const opening: Opening = { giveUp: new AbortController(), view: null, ticked: false }
    const { signal } = opening.giveUp
    this.#now = opening
    try {
      const state = await this.#connection.request('view.open', spec, signal)
      opening.view = state.view
      await this.#enter(spec, state, lookedAt(), enter, signal)
      return opening.ticked ? opening.view : null
    } catch (thrown) {
      if (isQuiet(thrown) || signal.aborted) return null
      throw thrown
    } finally {
      if (this.#now === opening) this.#now = null
    }
  }
  /** Whether a tick is of the view that is being opened. */
  ticked(view: number): boolean {
    if (this.#now === null || this.#now.view !== view) return false
    this.#now.ticked = true
    return true
  }
  giveUp(): void {
    this.#now?.giveUp.abort()
  }

  async #enter(spec: ViewSpec, state: ViewState, lookedAt: LookedAt, enter: (opened: Opened<Row>) => void, signal: AbortSignal) {
    try {
      const { top, cursorIndex } = await this.#placeIn(state, lookedAt, signal)
      const range = pagesAround({ first: top, count: lookedAt.visible.count }, state.matched)
      const reply = (await this.#connection.request('view.window', { view: state.view, ...range }, signal)) as unknown as ViewWindow<Row>
      signal.throwIfAborted()
      enter({ spec, reply, top, cursorIndex })
    } catch (thrown) {
      this.#connection.request('view.close', { view: state.view }).catch(() => {})
      throw thrown
    }
  }

  /** Where the new list is looked at: its end, or where the chosen row or else the first that was seen stands in it. */
  async #placeIn({ view, matched }: ViewState, { visible, follows, cursor, topRow, ...at }: LookedAt, signal: AbortSignal) {
    const indexIn = async (row: Identified | null): Promise<number | null> =>
      row === null ? null : ((await this.#connection.request('view.indexOf', { view, rows: [row.id] }, signal)).indexes[0] ?? null)
    const cursorIndex = await indexIn(cursor)
    const below = cursorIndex === null || at.cursorIndex === null ? 0 : clamp(at.cursorIndex - visible.first, 0, visible.count - 1)
    const kept = cursorIndex === null ? await indexIn(topRow) : cursorIndex - below
    const end = follows === 'start' ? 0 : matched - visible.count
    return { top: Math.max(0, follows === null ? (kept ?? 0) : end), cursorIndex }
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most))
}
