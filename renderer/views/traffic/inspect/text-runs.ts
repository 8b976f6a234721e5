import { overlap, type ByteRange } from './byte-range.js'
import { piecesOf, type Piece, type TextRow } from './text-rows.js'

export type Mark = 'hit' | 'current' | 'selected'
export interface TextRun {
  readonly text: string
  readonly kind: Piece['kind']
  readonly mark: Mark | null
}
export interface Marked {
  readonly range: ByteRange
  readonly mark: Mark
}

/** A row as runs to draw, cut where a mark begins or ends; later marks lie over earlier ones. */
export function textRuns(bytes: Uint8Array, row: TextRow, marks: readonly Marked[]): TextRun[] {
  const here = marks.filter(({ range }) => overlap(range, row.start, row.end) !== null)
  return piecesOf(bytes, row).flatMap((piece) => cut(bytes, piece, here))
}

function cut(bytes: Uint8Array, piece: Piece, marks: readonly Marked[]): TextRun[] {
  const markOf = (at: number): Mark | null => marks.findLast(({ range }) => at >= range.start && at < range.end)?.mark ?? null
  if (piece.kind !== 'text') return [{ text: piece.text, kind: piece.kind, mark: markOf(piece.start) }]
  const edges = marks.flatMap(({ range }) => [range.start, range.end]).filter((edge) => edge > piece.start && edge < piece.end)
  const places = [...new Set([piece.start, ...edges, piece.end])].sort((one, other) => one - other)
  return places.slice(0, -1).map((start, index) => {
    const text = decoder.decode(bytes.subarray(start, places[index + 1]))
    return { text, kind: 'text', mark: markOf(start) }
  })
}
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
