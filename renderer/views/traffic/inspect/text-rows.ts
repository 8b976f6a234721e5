/** Payload bytes as lines of text. UTF-8 is decoded here, byte for byte, since every character must know where it stood. */

export interface TextRow {
  readonly start: number
  /** One past its last byte; a line feed that ended it is left out. */
  readonly end: number
  /** The line before goes on in it. */
  readonly goesOn: boolean
}
export interface Piece {
  readonly text: string
  readonly kind: 'text' | 'control' | 'invalid'
  readonly start: number
  readonly end: number
}

/** One character: bytes it takes, and its code point; null: no UTF-8 there. */
export function charAt(bytes: Uint8Array, at: number): { readonly size: number; readonly code: number | null } {
  const first = bytes[at] ?? 0
  if (first < 0x80) return { size: 1, code: first }
  const size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
  if (first < 0xc2 || first > 0xf4 || at + size > bytes.length) return { size: 1, code: null }
  let code = first & (0xff >> (size + 1))
  for (let next = 1; next < size; next++) {
    const byte = bytes[at + next] as number
    if ((byte & 0xc0) !== 0x80) return { size: 1, code: null }
    code = (code << 6) | (byte & 0x3f)
  }
  const least = size === 4 ? 0x10000 : size === 3 ? 0x800 : 0x80
  const wrong = code < least || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)
  return wrong ? { size: 1, code: null } : { size, code }
}

/**
 * Cuts bytes into rows at line feeds, and after `columns` cells where lines wrap (Infinity: they don't). A line without any end is
 * cut after `longestLine` cells all the same, so that no row grows without bounds.
 */
export function textRows(bytes: Uint8Array, columns: number): TextRow[] {
  const most = Math.max(8, Math.min(columns, longestLine))
  const rows: TextRow[] = []
  let start = 0
  let cells = 0
  let goesOn = false
  for (let at = 0; at < bytes.length;) {
    const { size, code } = charAt(bytes, at)
    if (code === 0x0a) {
      rows.push({ start, end: at, goesOn })
      start = at + 1
      cells = 0
      goesOn = false
    } else {
      const width = cellsOf(code)
      if (cells + width > most) {
        rows.push({ start, end: at, goesOn })
        start = at
        cells = 0
        goesOn = true
      }
      cells += width
    }
    at += size
  }
  if (start < bytes.length || rows.length === 0 || !goesOn) rows.push({ start, end: bytes.length, goesOn })
  return rows
}
export const longestLine = 4000

/** A row as pieces to draw: plain text, control characters as their pictures, bytes that are no UTF-8 as hex. */
export function piecesOf(bytes: Uint8Array, { start, end }: Pick<TextRow, 'start' | 'end'>): Piece[] {
  const pieces: Piece[] = []
  let text = ''
  let from = start
  const flush = (to: number): void => {
    if (text !== '') pieces.push({ text, kind: 'text', start: from, end: to })
    text = ''
  }
  for (let at = start; at < end;) {
    const { size, code } = charAt(bytes, at)
    const picture = code === null ? hexPicture(bytes[at] as number) : controlPicture(code)
    if (picture === null) {
      if (text === '') from = at
      text += String.fromCodePoint(code as number)
    } else {
      flush(at)
      pieces.push({ text: picture, kind: code === null ? 'invalid' : 'control', start: at, end: at + size })
    }
    at += size
  }
  flush(end)
  return pieces
}

/** Where a character of a row stands in the bytes, counted in UTF-16 units of what is drawn. */
export function byteOfChar(bytes: Uint8Array, row: Pick<TextRow, 'start' | 'end'>, chars: number): number {
  let left = chars
  for (const piece of piecesOf(bytes, row)) {
    if (left <= 0) return piece.start
    if (left < piece.text.length) return piece.kind === 'text' ? byteInside(bytes, piece.start, left) : piece.start
    left -= piece.text.length
  }
  return row.end
}
function byteInside(bytes: Uint8Array, start: number, chars: number): number {
  let at = start
  for (let left = chars; left > 0;) {
    const { size } = charAt(bytes, at)
    left -= size === 4 ? 2 : 1
    at += size
  }
  return at
}

/** The row that a byte stands in. */
export function rowOfByte(rows: readonly TextRow[], byte: number): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((rows[middle] as TextRow).start <= byte) low = middle + 1
    else high = middle
  }
  return Math.max(0, low - 1)
}

/** Names of control characters (ISO 2047 has pictures, which few fonts have): they are drawn in a box. */
const controls =
  'NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US'.split(' ')

/** `NUL`, `TAB`, `DEL`; what turns the direction of text or has no width by its number: such a text must not dress up as another. */
function controlPicture(code: number): string | null {
  if (code < 0x20) return controls[code] ?? null
  if (code === 0x7f) return 'DEL'
  const hidden =
    (code >= 0x80 && code <= 0x9f) ||
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x2028 && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x206f) ||
    code === 0xfeff ||
    code === 0xad ||
    code === 0x61c
  return hidden ? `‹${code.toString(16).toUpperCase().padStart(4, '0')}›` : null
}
function hexPicture(byte: number): string {
  return `‹${byte.toString(16).toUpperCase().padStart(2, '0')}›`
}
/** Cells of a fixed font: two for most East Asian characters and emoji, as many as its picture has for the rest. */
function cellsOf(code: number | null): number {
  if (code === null) return 4
  const picture = controlPicture(code)
  if (picture !== null) return picture.length
  if (code < 0x1100) return 1
  return code <= 0x115f || (code >= 0x2e80 && code <= 0xffdc && (code < 0xd800 || code >= 0xf900)) || code >= 0x1f300 ? 2 : 1
}
