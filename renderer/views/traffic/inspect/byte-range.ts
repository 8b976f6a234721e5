/** Bytes of a payload, from `start` up to `end` (one past the last). */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** What a range and a window of bytes have in common; null: nothing. */
export function overlap(range: ByteRange | null, start: number, end: number): ByteRange | null {
  if (range === null) return null
  const common = { start: Math.max(range.start, start), end: Math.min(range.end, end) }
  return common.start < common.end ? common : null
}
