import { SvelteMap } from 'svelte/reactivity'
import type { Activity, ExchangeRow } from '../../../../shared/rows.js'
import type { Connection } from '../../../state/connection.svelte.js'

export const activityBins = 48
const mostAtOnce = 100
const mostKept = 2000
/** An open tunnel is drawn again at most so often. */
const againMs = 1000

type Pictured = Pick<ExchangeRow, 'id' | 'websocket' | 'endedAtUs' | 'framesClient' | 'framesServer'>

/** Pictures of what passed, asked for in batches for the rows that are loaded; those of open tunnels anew each second. */
export class ActivityPictures {
  readonly #pictures = new SvelteMap<number, Activity>()
  /** What a picture was made of: it is asked for again when that has changed. */
  readonly #madeOf = new Map<number, { readonly ended: boolean; readonly frames: number; readonly atMs: number }>()
  readonly #connection: Connection
  #session: string | undefined
  #asking = false

  constructor(connection: Connection) {
    this.#connection = connection
  }

  of(exchange: number): Activity | undefined {
    return this.#pictures.get(exchange)
  }
  /** Pictures of one session are not another's. */
  forget(session: string | undefined): void {
    this.#session = session
    this.#pictures.clear()
    this.#madeOf.clear()
  }

  /** Asks for what is missing or old among these rows. Call it when rows change and each second. */
  async want(rows: readonly Pictured[], nowMs: number): Promise<void> {
    if (this.#asking || !this.#connection.ready) return
    const due = rows.filter((row) => row.websocket === 1 && this.#isDue(row, nowMs)).slice(0, mostAtOnce)
    if (due.length === 0) return
    this.#asking = true
    try {
      await this.#ask(due, nowMs)
    } catch {
      // A strip that could not be drawn stays as it was: the row says all that matters.
    } finally {
      this.#asking = false
    }
  }

  async #ask(due: readonly Pictured[], nowMs: number): Promise<void> {
    const session = this.#session
    const { activity } = await this.#connection.request('exchange.activity', {
      exchanges: due.map(({ id }) => id),
      bins: activityBins,
      ...(session === undefined ? {} : { session })
    })
    if (session !== this.#session) return
    if (this.#pictures.size > mostKept) this.forget(session)
    for (const row of due) this.#madeOf.set(row.id, { ended: row.endedAtUs > 0, frames: framesOf(row), atMs: nowMs })
    for (const picture of activity) this.#pictures.set(picture.exchange, picture)
  }

  #isDue(row: Pictured, nowMs: number): boolean {
    const made = this.#madeOf.get(row.id)
    if (made === undefined) return true
    if (made.ended) return false
    return row.endedAtUs > 0 || (nowMs - made.atMs >= againMs && framesOf(row) !== made.frames)
  }
}

function framesOf({ framesClient, framesServer }: Pictured): number {
  return framesClient + framesServer
}
