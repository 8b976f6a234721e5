import { directiveNames } from '../modules.js'

/** A name this many letters away from another may stand for it, and never more than a third of it. */
const mostEdits = 2

/** UTF-8's byte order mark and both of UTF-16, as latin1 reads them. */
const marks = /^(\u00ef\u00bb\u00bf|\u00ff\u00fe|\u00fe\u00ff)/

/** What may be meant by a word that is no directive. */
export function misspelled(word: string): string | undefined {
  if (marks.test(word)) return 'The file begins with a byte order mark, which httpd does not take either: save it as UTF-8 without one.'
  const most = Math.min(mostEdits, Math.floor(word.length / 3))
  const near = directiveNames.map((name) => ({ name, edits: editsBetween(word.toLowerCase(), name.toLowerCase(), most) }))
  const nearest = near.filter(({ edits }) => edits <= most).sort((a, b) => a.edits - b.edits)[0]
  return nearest === undefined ? undefined : `Is ${nearest.name} meant?`
}

/** Letters put in, left out, changed or swapped with their neighbour between two words; where that is above `most`, just more. */
function editsBetween(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const changed = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(before, j - 2) + 1 : Infinity
      row.push(Math.min(changed, swapped, at(last, j) + 1, at(row, j - 1) + 1))
    }
    before = last
    last = row
  }
  return at(last, b.length)
}
function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity
}
