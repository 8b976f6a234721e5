import type { LogRow } from '../../../shared/rows.js'
import type { Order } from '../protocol.js'
import { exchangeRow } from '../store/exchange-row.js'
import type { SqlDatabase, SqlRow, SqlStatement } from '../store/sqlite.js'
import { textMatches } from './content-test.js'
import { exchangeTermHolds, inRange, isNumberTerm } from './exchange-match.js'
import type { Filter, FilterTerm, TextTest } from './filter.js'
import type { Slices } from './slices.js'
import { lowest } from './tunnel-index.js'
import type { View } from './view.js'

const rowsAtOnce = 512
const columns = 'id, at, level, source, code, message, exchange, connection'
/** What a line itself answers; the other fields are asked of its exchange. */
const lineTexts: Readonly<Record<string, (row: LogRow) => string>> = {
  shown: (row) => `${row.level} ${row.source} ${row.code} ${row.message}`,
  text: (row) => row.message,
  hex: (row) => row.message,
  level: (row) => row.level,
  source: (row) => row.source,
  code: (row) => row.code
}

/** Log lines in the order of their times. The oldest go when there are too many: they leave the list, too. */
export class LogsView implements View {
  revision = 0
  readonly hidden = 0
  looked = 0
  readonly #filter: Filter
  readonly #of: number | null
  readonly #descending: boolean
  readonly #nowUs: () => number
  readonly #new: SqlStatement
  readonly #bounds: SqlStatement
  readonly #rows: SqlStatement
  readonly #exchange: SqlStatement
  #ids: number[] = []
  #last = 0
  #total = 0

  constructor(
    filter: Filter,
    of: number | null,
    order: Order | undefined,
    exchangeColumns: string,
    database: SqlDatabase,
    nowUs: () => number
  ) {
    this.#filter = filter
    this.#of = of
    this.#descending = order?.descending ?? false
    this.#nowUs = nowUs
    this.#new = database.prepare(`SELECT ${columns} FROM logs WHERE id > ? ORDER BY id LIMIT ${rowsAtOnce}`)
    this.#bounds = database.prepare('SELECT (SELECT min(id) FROM logs), (SELECT max(id) FROM logs)')
    this.#rows = database.prepare(`SELECT ${columns} FROM logs WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id`)
    this.#exchange = database.prepare(`SELECT ${exchangeColumns} FROM exchanges WHERE id = ?`)
  }

  get total(): number {
    return this.#total
  }
  get matched(): number {
    return this.#ids.length
  }

  async advance(slices: Slices): Promise<void> {
    this.#dropOld()
    for (;;) {
      const lines = this.#new.all(this.#last)
      for (const values of lines) {
        const row = logRow(values)
        if (this.#matches(row)) this.#ids.push(row.id)
        this.#last = row.id
        this.looked++
      }
      if (lines.length > 0) this.revision++
      if (lines.length < rowsAtOnce) return
      if (slices.due) await slices.pause()
    }
  }

  rows(first: number, count: number): LogRow[] {
    const end = this.#ids.length
    const ids = this.#descending
      ? this.#ids.slice(Math.max(0, end - first - count), Math.max(0, end - first))
      : this.#ids.slice(first, first + count)
    const rows = this.#rows.all(JSON.stringify(ids)).map(logRow)
    return this.#descending ? rows.reverse() : rows
  }

  indexOf(rowId: number): number | null {
    const at = lowest(this.#ids.length, (i) => (this.#ids[i] as number) >= rowId)
    if (this.#ids[at] !== rowId) return null
    return this.#descending ? this.#ids.length - 1 - at : at
  }

  contains(text: string): (index: number) => boolean {
    const tests: TextTest[] = [{ kind: 'contains', text: text.toLowerCase() }]
    return (index) => this.rows(index, 1).some((row) => textMatches(tests, `${row.code} ${row.message}`))
  }

  wentBadly(): (index: number) => boolean {
    return (index) => this.rows(index, 1).some(({ level }) => level === 'error')
  }

  #dropOld(): void {
    const [first, last] = (this.#bounds.first() ?? [0, 0]) as [number | null, number | null]
    this.#total = last === null || first === null ? 0 : last - first + 1
    const gone = lowest(this.#ids.length, (at) => (this.#ids[at] as number) >= (first ?? 0))
    if (gone === 0) return
    this.#ids = this.#ids.slice(gone)
    this.revision++
  }

  #matches(row: LogRow): boolean {
    return (this.#of === null || row.exchange === this.#of) && this.#filter.every((term) => this.#holds(term, row))
  }

  #holds(term: FilterTerm, row: LogRow): boolean {
    const text = lineTexts[term.field]
    if (text !== undefined) return textMatches(term.tests as readonly TextTest[], text(row)) !== term.negated
    if (isNumberTerm(term) && term.field === 'since') return inRange(term.tests, row.atUs) !== term.negated
    const values = row.exchange === 0 ? undefined : this.#exchange.first(row.exchange)
    return values === undefined ? term.negated : exchangeTermHolds(term, exchangeRow(values), this.#nowUs())
  }
}

function logRow(values: SqlRow): LogRow {
  const [id, atUs, level, source, code, message, exchange, connection] = values as [
    number,
    number,
    string,
    string,
    string,
    string,
    number,
    number
  ]
  return { id, atUs, level, source, code, message, exchange, connection }
}
