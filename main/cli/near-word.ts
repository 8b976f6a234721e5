/** The word that was meant: the nearest, where at most two letters are other ones, missing, too many or a swap; null: none is. */
export function nearWord(said: string, words: readonly string[]): string | null {
  const near = words.map((word) => ({ word, apart: lettersApart(said.toLowerCase(), word) })).sort((a, b) => a.apart - b.apart)[0]
  return near !== undefined && near.apart <= Math.min(2, near.word.length - 1) ? near.word : null
}

/** Levenshtein's distance, a swap of neighbours counting one. */
function lettersApart(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, at) => [at, ...Array<number>(b.length).fill(0)])
  const cell = (row: number, column: number): number => rows[row]?.[column] ?? 0
  for (let column = 0; column <= b.length; column++) (rows[0] as number[])[column] = column
  for (let row = 1; row <= a.length; row++) {
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      const ways = [cell(row - 1, column) + 1, cell(row, column - 1) + 1, cell(row - 1, column - 1) + same]
      if (swapped) ways.push(cell(row - 2, column - 2) + 1)
      ;(rows[row] as number[])[column] = Math.min(...ways)
    }
  }
  return cell(a.length, b.length)
}
