import type { ByteRange } from './byte-range.js'

const rowSizes = [32, 24, 16, 12, 8] as const

/** Characters of a row: offset, gap, bytes with a wider gap after each eight, gap, ASCII. */
export function charsOf(bytesPerRow: number, offsetDigits: number): number {
  const gaps = Math.ceil(bytesPerRow / groupBytes(bytesPerRow)) - 1
  return offsetDigits + 2 + bytesPerRow * 3 - 1 + gaps + 2 + bytesPerRow
}
/** How many bytes fit into a row of so many characters: 32, 24, 16, 12 or 8, the least where nothing fits. */
export function bytesPerRow(chars: number, offsetDigits: number): number {
  return rowSizes.find((size) => charsOf(size, offsetDigits) <= chars) ?? 8
}
/** Bytes between two wider gaps: rows of 12 are cut in two. */
export function groupBytes(bytesPerRow: number): number {
  return bytesPerRow === 12 ? 6 : 8
}
/** Digits of the offset column: four, or more for more bytes. */
export function digitsOf(total: number): number {
  return Math.max(4, Math.max(0, total - 1).toString(16).length)
}
export function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}
/** As ASCII, a dot for what has no picture there. */
export function asciiByte(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·'
}
/** `68 65 6c` */
export function hexText(bytes: Uint8Array): string {
  return Array.from(bytes, hexByte).join(' ')
}

/** Where a key leads the caret of a hex view. null: it is none of its keys. */
export function moveCaret(key: string, at: number, total: number, perRow: number, pageRows: number): number | null {
  const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -perRow, ArrowDown: perRow, PageUp: -perRow * pageRows, PageDown: perRow * pageRows }[
    key
  ]
  if (key === 'Home') return at - (at % perRow)
  if (key === 'End') return Math.min(total - 1, at - (at % perRow) + perRow - 1)
  return by === undefined ? null : Math.max(0, Math.min(total - 1, at + by))
}

/** The bytes between two places, both included. */
export function between(one: number, other: number): ByteRange {
  return { start: Math.min(one, other), end: Math.max(one, other) + 1 }
}
