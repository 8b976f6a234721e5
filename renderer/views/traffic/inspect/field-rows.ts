/** The same head on both sides of the proxy, its fields level with each other. */

export type Field = readonly [name: string, value: string]
export interface FieldRow {
  readonly kind: 'same' | 'changed' | 'removed' | 'added'
  readonly name: string
  /** What the sender sent; null: nothing. */
  readonly before: Field | null
  /** What the receiver got; null: nothing. */
  readonly after: Field | null
}

/**
 * Puts the fields of a head as sent and as received into rows: equal ones first by value, then by name, in the order of the sender;
 * added ones follow in the receiver's order. Order alone is no difference: RFC 9110 §5.3 gives it no meaning between names.
 */
export function fieldRows(before: readonly Field[], after: readonly Field[]): FieldRow[] {
  const left = new Set(after.map((_, index) => index))
  const take = (fits: (field: Field) => boolean): Field | null => {
    for (const index of left) {
      const field = after[index] as Field
      if (!fits(field)) continue
      left.delete(index)
      return field
    }
    return null
  }
  const pairs = before.map((field) => ({ field, pair: take((other) => sameName(field, other) && field[1] === other[1]) }))
  const rows = pairs.map(({ field, pair }) => row(field, pair ?? take((other) => sameName(field, other))))
  return [...rows, ...[...left].map((index) => row(null, after[index] as Field))]
}

function row(before: Field | null, after: Field | null): FieldRow {
  const name = (before ?? after)?.[0] ?? ''
  if (before === null) return { kind: 'added', name, before, after }
  if (after === null) return { kind: 'removed', name, before, after }
  return { kind: before[1] === after[1] ? 'same' : 'changed', name, before, after }
}
function sameName(one: Field, other: Field): boolean {
  return one[0].toLowerCase() === other[0].toLowerCase()
}

/** `1 changed, 1 removed, 5 added`; empty where nothing differs. */
export function differenceWords(rows: readonly FieldRow[]): string {
  const many = (kind: FieldRow['kind']): number => rows.filter((each) => each.kind === kind).length
  return (['changed', 'removed', 'added'] as const)
    .filter((kind) => many(kind) > 0)
    .map((kind) => `${many(kind)} ${kind}`)
    .join(', ')
}

export interface Word {
  readonly text: string
  readonly differs: boolean
}

/** A text in words, those marked that the other has not: what both begin and end with is the same. */
export function markedWords(text: string, other: string): Word[] {
  const [words, others] = [wordsOf(text), wordsOf(other)]
  let first = 0
  while (first < words.length && words[first] === others[first]) first++
  let last = 0
  while (last < words.length - first && last < others.length - first && words.at(-1 - last) === others.at(-1 - last)) last++
  const parts = [words.slice(0, first), words.slice(first, words.length - last), words.slice(words.length - last)]
  return parts.map((part, index) => ({ text: part.join(''), differs: index === 1 })).filter(({ text }) => text !== '')
}
/** Words of an address stay whole up to `/ ? & , ;` and spaces. */
function wordsOf(text: string): string[] {
  return text.match(/[^\s/?&,;]+|[\s/?&,;]/g) ?? []
}
