import type { Snippet } from 'svelte'

/** One column of a VirtualTable. */
export interface Column<Row> {
  readonly id: string
  /** Its head, and its name in the menu of columns. */
  readonly title: string
  /** px as it begins; null: it shares what the others leave. */
  readonly width: number | null
  /** Never narrower, px. */
  readonly min?: number
  /** Numbers stand at the end. */
  readonly align?: 'start' | 'end' | 'center'
  readonly mono?: boolean
  /** `order.by` of the view, where it can be sorted by it. */
  readonly sort?: string
  /** Not shown until it is chosen. */
  readonly optional?: boolean
  /** It leaves where the table is narrower than this, px. */
  readonly leavesBelow?: number
  /** What stands in a cell: plain text, or a snippet. Text is faster. */
  readonly text?: (row: Row) => string
  readonly cell?: Snippet<[Row]>
  /** Shown in the head in the place of the title. */
  readonly head?: Snippet
  /** Title of a cell: what is cut off. */
  readonly hint?: (row: Row) => string
}

/** How a user arranged a table's columns. */
export interface ColumnChoice {
  readonly widths: Readonly<Record<string, number>>
  /** Ids that are shown or hidden against how the table begins. */
  readonly shown: readonly string[]
  readonly hidden: readonly string[]
}
export const noChoice: ColumnChoice = { widths: {}, shown: [], hidden: [] }

type AnyColumn = Pick<Column<never>, 'id' | 'width' | 'min' | 'optional' | 'leavesBelow'>

/** Whatever was kept, as a choice. */
export function readChoice(kept: unknown): ColumnChoice {
  const { widths, shown, hidden } = (typeof kept === 'object' && kept !== null ? kept : {}) as Partial<Record<keyof ColumnChoice, unknown>>
  const entries = typeof widths === 'object' && widths !== null ? Object.entries(widths) : []
  const ids = (list: unknown): string[] => (Array.isArray(list) ? list.filter((id) => typeof id === 'string') : [])
  return {
    widths: Object.fromEntries(entries.filter((entry): entry is [string, number] => Number.isFinite(entry[1]))),
    shown: ids(shown),
    hidden: ids(hidden)
  }
}

export function isChosen({ id, optional = false }: AnyColumn, choice: ColumnChoice): boolean {
  return optional ? choice.shown.includes(id) : !choice.hidden.includes(id)
}
/** The columns that are drawn in a table of this width. */
export function drawnColumns<One extends AnyColumn>(columns: readonly One[], choice: ColumnChoice, tablePx: number): readonly One[] {
  return columns.filter((column) => isChosen(column, choice) && (tablePx === 0 || tablePx >= (column.leavesBelow ?? 0)))
}
export function withColumn(choice: ColumnChoice, { id, optional = false }: AnyColumn, shown: boolean): ColumnChoice {
  const list = optional ? choice.shown : choice.hidden
  const changed = shown === optional ? [...list.filter((one) => one !== id), id] : list.filter((one) => one !== id)
  return optional ? { ...choice, shown: changed } : { ...choice, hidden: changed }
}
export function withWidth(choice: ColumnChoice, column: AnyColumn, width: number): ColumnChoice {
  return { ...choice, widths: { ...choice.widths, [column.id]: Math.round(Math.max(column.min ?? 24, Math.min(width, 1200))) } }
}
/** `grid-template-columns` of head and rows. */
export function columnTracks(columns: readonly AnyColumn[], choice: ColumnChoice): string {
  const tracks = columns.map(({ id, width, min = 40 }) => {
    const px = choice.widths[id] ?? width
    return px === null ? `minmax(${min}px, 1fr)` : `${px}px`
  })
  const shares = columns.some(({ id, width }) => (choice.widths[id] ?? width) === null)
  return shares ? tracks.join(' ') : [...tracks.slice(0, -1), `minmax(${tracks.at(-1)}, 1fr)`].join(' ')
}
