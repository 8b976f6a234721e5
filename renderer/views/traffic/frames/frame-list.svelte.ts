import type { ExchangeRow, FrameRow } from '../../../../shared/rows.js'
import type { Connection } from '../../../state/connection.svelte.js'
import type { Preferences } from '../../../state/preferences.svelte.js'
import { ListView } from '../../../state/view.svelte.js'
import { FilterText } from '../filter/filter-text.svelte.js'

/** The frames of whichever tunnel is looked at; the filter stays from one to the next. */
export class FrameList {
  #of: string
  readonly view: ListView<FrameRow>
  readonly filter: FilterText
  /** The frame above each loaded one, for the time between them. */
  readonly above = $derived.by(() => new Map(this.view.rows.map((row, at) => [row.id, this.view.rows[at - 1]])))

  constructor(connection: Connection, preferences: Preferences, exchange: ExchangeRow, session: string | undefined) {
    this.#of = key(exchange, session)
    this.view = new ListView<FrameRow>(connection, specOf(exchange, session, ''), { follow: exchange.state === 'open' })
    this.filter = new FilterText(this.view, preferences, 'frames')
  }

  /** Another tunnel, if it is another. */
  show(exchange: ExchangeRow, session: string | undefined): void {
    const of = key(exchange, session)
    if (of === this.#of) return
    this.#of = of
    void this.view.setSpec(specOf(exchange, session, this.view.filter), { follow: exchange.state === 'open' })
  }
  close(): void {
    this.filter.stop()
    this.view.close()
  }
}

function specOf({ id }: ExchangeRow, session: string | undefined, filter: string) {
  return { kind: 'frames' as const, of: id, filter, ...(session === undefined ? {} : { session }) }
}
function key({ id }: ExchangeRow, session: string | undefined): string {
  return `${session ?? ''}/${id}`
}
