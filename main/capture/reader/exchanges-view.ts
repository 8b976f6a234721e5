import { SwitchyardError } from '../../../shared/errors.js'
import { wentBadly } from '../../../shared/went-badly.js'
import type { Order } from '../protocol.js'
import { type ExchangeProperty, type ExchangeRow, emptyExchange, exchangeColumnsOf, exchangeRow } from '../store/exchange-row.js'
import type { SegmentReader } from '../store/segments.js'
import type { SqlDatabase, SqlStatement } from '../store/sqlite.js'
import { exchangeMatches, looksInside, readsOf } from './exchange-match.js'
import type { Filter, FilterTerm } from './filter.js'
import { InsideSearch } from './inside-search.js'
import type { Slices } from './slices.js'
import { type SortKey, SortedIds } from './sorted-ids.js'
import type { View } from './view.js'

const rowsAtOnce = 256
interface Key {
  /** What it is made of. */
  readonly reads: readonly ExchangeProperty[]
  readonly of: (row: ExchangeRow) => SortKey
}
/** @param of is given no more of a row than it `reads`: the compiler sees to that. */
function key<Name extends ExchangeProperty>(reads: readonly Name[], of: (row: Pick<ExchangeRow, Name>) => SortKey): Key {
  return { reads, of }
}
/** What can be sorted by beside the columns. */
const computed: Readonly<Record<string, Key>> = {
  // What asked for a WebSocket is one, not a GET.
  type: key(['handshake', 'method'], (row) => (row.handshake === 1 ? 'WS' : row.method)),
  frames: key(['framesClient', 'framesServer'], (row) => row.framesClient + row.framesServer),
  bytes: key(['bytesClient', 'bytesServer'], (row) => row.bytesClient + row.bytesServer),
  route: key(['routeFile', 'routeLine'], (row) =>
    row.routeFile === '' ? '' : `${row.routeFile}:${String(row.routeLine).padStart(9, '0')}`
  ),
  duration: key(['endedAtUs', 'openedAtUs'], (row) => (row.endedAtUs === 0 ? Infinity : row.endedAtUs - row.openedAtUs))
}

/** The exchanges that match, sorted by any column. Rows change while they are open: those that a batch wrote are looked at again. */
export class ExchangesView implements View {
  revision = 0
  readonly hidden = 0
  readonly #database: SqlDatabase
  readonly #segments: SegmentReader
  readonly #filter: Filter
  readonly #inside: readonly { readonly term: FilterTerm; readonly search: InsideSearch }[]
  readonly #key: Key
  /** What is asked of a row to find whether and where it stands in the view. */
  readonly #looksAt: readonly ExchangeProperty[]
  readonly #matching: SortedIds
  readonly #seen = new Set<number>()
  readonly #changed: SqlStatement
  readonly #rows: SqlStatement
  readonly #nowUs: () => number
  /** The last row that was looked at, in the order in which batches wrote them. */
  #cursor = { batch: 0, id: 0 }

  /** @param version of the file's schema. Throws `request-invalid` for a column to sort by that there isn't. */
  constructor(
    filter: Filter,
    order: Order | undefined,
    version: number,
    database: SqlDatabase,
    segments: SegmentReader,
    nowUs: () => number
  ) {
    this.#database = database
    this.#segments = segments
    this.#filter = filter
    this.#inside = filter.filter(looksInside).map((term) => ({ term, search: new InsideSearch(term, database, segments) }))
    this.#key = sortKey(order?.by ?? 'id')
    this.#matching = new SortedIds(order?.descending ?? false)
    this.#looksAt = [...new Set<ExchangeProperty>(['id', 'batch', ...this.#key.reads, ...readsOf(filter)])]
    this.#changed = database.prepare(
      `SELECT ${exchangeColumnsOf(version, this.#looksAt)} FROM exchanges WHERE (batch, id) > (?, ?) ORDER BY batch, id LIMIT ${rowsAtOnce}`
    )
    this.#rows = database.prepare(`SELECT ${exchangeColumnsOf(version)} FROM exchanges WHERE id IN (SELECT value FROM json_each(?))`)
    this.#nowUs = nowUs
  }

  get total(): number {
    return this.#seen.size
  }
  get looked(): number {
    return this.#seen.size
  }
  get matched(): number {
    return this.#matching.length
  }

  async advance(slices: Slices): Promise<void> {
    for (;;) {
      const changed = this.#changed.all(this.#cursor.batch, this.#cursor.id)
      for (const values of changed) {
        const row = exchangeRow(values, this.#looksAt)
        await this.#lookAt(row, slices)
        this.#cursor = { batch: row.batch, id: row.id }
      }
      if (changed.length > 0) this.revision++
      if (changed.length < rowsAtOnce) return
      if (slices.due) await slices.pause()
    }
  }

  rows(first: number, count: number): ExchangeRow[] {
    const ids = this.#matching.slice(first, first + count)
    const rows = new Map(this.#rows.all(JSON.stringify(ids)).map((values) => [values[0] as number, exchangeRow(values)]))
    return ids.map((id) => rows.get(id) as ExchangeRow)
  }

  indexOf(rowId: number): number | null {
    return this.#matching.indexOf(rowId)
  }

  contains(text: string, slices: Slices): (index: number) => Promise<boolean> {
    const term: FilterTerm = { field: 'text', negated: false, tests: [{ kind: 'contains', text: text.toLowerCase() }] }
    const shown: Filter = [{ ...term, field: 'shown' }]
    const inside = new InsideSearch(term, this.#database, this.#segments)
    return async (index) => {
      const [row] = this.rows(index, 1)
      return row !== undefined && (exchangeMatches(shown, row, 0) || (await inside.find(row.id, slices)))
    }
  }

  wentBadly(): (index: number) => boolean {
    return (index) => this.rows(index, 1).some(wentBadly)
  }

  async #lookAt(row: ExchangeRow, slices: Slices): Promise<void> {
    const matches = exchangeMatches(this.#filter, row, this.#nowUs()) && (await this.#matchesInside(row.id, slices))
    this.#seen.add(row.id)
    if (matches) this.#matching.put(row.id, this.#key.of(row))
    else this.#matching.remove(row.id)
  }

  async #matchesInside(exchange: number, slices: Slices): Promise<boolean> {
    for (const { term, search } of this.#inside) if ((await search.find(exchange, slices)) === term.negated) return false
    return true
  }
}

function sortKey(by: string): Key {
  if (Object.hasOwn(computed, by)) return computed[by] as Key
  if (Object.hasOwn(emptyExchange(0, 0, 0, 0), by)) {
    const column = by as ExchangeProperty
    return key([column], (row) => row[column])
  }
  throw new SwitchyardError('request-invalid', `Exchanges cannot be sorted by ${JSON.stringify(by)}.`, {
    hint: 'Name a column, or type, frames, bytes, duration or route.'
  })
}
