/** Where a key leads among items in a row: with ← → Home End, around its ends. null: not one of these keys. */
export function rovingIndex(key: string, at: number, length: number): number | null {
  if (length === 0) return null
  if (key === 'ArrowRight') return (at + 1) % length
  if (key === 'ArrowLeft') return (at - 1 + length) % length
  if (key === 'Home') return 0
  return key === 'End' ? length - 1 : null
}
