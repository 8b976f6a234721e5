import type { ExchangeRow } from '../../../shared/rows.js'
import type { Connection } from '../../state/connection.svelte.js'
import type { Preferences } from '../../state/preferences.svelte.js'
import { isSeen, onSight } from '../../state/page-sight.js'
import { ListView } from '../../state/view.svelte.js'
import { ActivityPictures } from './exchanges/activity-pictures.svelte.js'
import { FilterText } from './filter/filter-text.svelte.js'

/** The list of exchanges, of the session that is written or of an older one. */
export class Traffic {
  #session = $state<string | undefined>()
  #nowUs = $state(Date.now() * 1000)
  #fresh = $state.raw<{ readonly of: ExchangeRow; readonly row: ExchangeRow } | null>(null)
  readonly view: ListView<ExchangeRow>
  readonly filter: FilterText
  readonly pictures: ActivityPictures
  readonly #connection: Connection

  constructor(connection: Connection, preferences: Preferences) {
    this.#connection = connection
    this.view = new ListView<ExchangeRow>(connection, { kind: 'exchanges', filter: '' }, { follow: true })
    this.filter = new FilterText(this.view, preferences, 'exchanges')
    this.pictures = new ActivityPictures(connection)
  }

  /** An older session that is looked at, by its name; undefined: the one that is written. */
  get session(): string | undefined {
    return this.#session
  }
  /** Moves on once a second while the screen is looked at. */
  get nowUs(): number {
    return this.#nowUs
  }

  /** The chosen exchange as it is now, wherever the list stands. */
  get shown(): ExchangeRow | null {
    const cursor = this.view.cursor
    // Of this very row: one that the list has anew is later, and in another capture ids run on while batches begin again.
    return cursor !== null && this.#fresh?.of === cursor ? this.#fresh.row : cursor
  }
  /** The filter leaves the chosen one out. */
  get filteredOut(): boolean {
    const { cursor, cursorIndex, first, rows, open } = this.view
    if (cursor === null || !open) return false
    const isLoaded = cursorIndex !== null && cursorIndex >= first && cursorIndex < first + rows.length
    return cursorIndex === null || (isLoaded && !rows.some(({ id }) => id === cursor.id))
  }

  /** Another session in its place, with the same filter and order. */
  async show(session: string | undefined): Promise<void> {
    this.#session = session
    this.pictures.forget(session)
    const { view } = this
    const spec = { kind: 'exchanges' as const, filter: view.filter, ...(view.order === undefined ? {} : { order: view.order }) }
    await view.setSpec(session === undefined ? spec : { ...spec, session }, { follow: session === undefined })
  }

  /** Once a second while the page is seen, until the answer is called. */
  tick(): () => void {
    const beat = (): void => {
      if (!isSeen()) return
      this.#nowUs = Date.now() * 1000
      void this.pictures.want(this.view.rows, performance.now())
      void this.#refresh()
    }
    beat()
    const timer = setInterval(beat, 1000)
    const remove = onSight(beat)
    return () => {
      clearInterval(timer)
      remove()
    }
  }
  /** An open exchange that is not among the loaded rows hears nothing of the view: it is asked for. */
  async #refresh(): Promise<void> {
    const { shown, view } = this
    const of = view.cursor
    if (of === null || shown?.state !== 'open' || view.rows.some(({ id }) => id === of.id) || !this.#connection.ready) return
    const session = this.#session === undefined ? {} : { session: this.#session }
    try {
      this.#fresh = { of, row: (await this.#connection.request('exchange.get', { exchange: of.id, ...session })).exchange }
    } catch {
      // It stays as it was last seen; a second later it is asked for again.
    }
  }
  close(): void {
    this.filter.stop()
    this.view.close()
  }
}
