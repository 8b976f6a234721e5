/** One word of a filter, with its place: chars [start, end). */
export interface FilterWord {
  readonly start: number
  readonly end: number
  readonly negated: boolean
  /** As typed, in small letters; null: a word without a field. */
  readonly field: string | null
  /** Where its values begin. */
  readonly valuesStart: number
  readonly values: readonly FilterValue[]
}
export interface FilterValue {
  readonly text: string
  readonly quoted: boolean
  readonly start: number
  readonly end: number
}

/** The words of a filter as they are typed: what is not finished is a word all the same. The host alone says what is right. */
export function filterWords(text: string): FilterWord[] {
  const words: FilterWord[] = []
  for (let at = 0; at < text.length;) {
    if (/\s/.test(text[at] as string)) {
      at++
      continue
    }
    const word = wordAt(text, at)
    words.push(word)
    at = word.end
  }
  return words
}

/** The word that a caret stands in or behind. */
export function wordBefore(text: string, caret: number): FilterWord | null {
  return filterWords(text).find(({ start, end }) => start < caret && caret <= end) ?? null
}

function wordAt(text: string, start: number): FilterWord {
  const negated = text[start] === '-' && /\S/.test(text[start + 1] ?? '')
  const from = negated ? start + 1 : start
  const named = /^([A-Za-z][A-Za-z0-9_]*)(?::|(?=[<>]))/.exec(text.slice(from))
  const valuesStart = from + (named?.[0].length ?? 0)
  const values: FilterValue[] = []
  let at = valuesStart
  for (;;) {
    const value = valueAt(text, at)
    values.push(value)
    at = value.end
    if (text[at] !== '|') break
    at++
  }
  return { start, end: at, negated, field: named?.[1]?.toLowerCase() ?? null, valuesStart, values }
}

function valueAt(text: string, start: number): FilterValue {
  const closed = closedAt(text, start)
  if (closed !== null && text[start] === '"')
    return { text: text.slice(start + 1, closed - 1).replace(/\\(["\\])/g, '$1'), quoted: true, start, end: closed }
  if (closed !== null) return { text: text.slice(start, closed), quoted: false, start, end: closed }
  // A quote that is still open reaches to the end.
  const end = text[start] === '"' ? text.length : start + (/^[^\s|]*/.exec(text.slice(start))?.[0].length ?? 0)
  return { text: text.slice(start, end), quoted: false, start, end }
}

/** Where a quote or a regular expression that begins here ends; null: there is none. */
function closedAt(text: string, start: number): number | null {
  const mark = text[start]
  if (mark !== '"' && mark !== '/') return null
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === mark && mark === '"') return at + 1
    else if (text[at] === mark) {
      const flags = /^([imsu]*)(?:[\s|]|$)/.exec(text.slice(at + 1))
      return flags === null ? null : at + 1 + (flags[1] as string).length
    }
  }
  return null
}

/** Whether more is to come at its end: it is not worth a question yet. */
export function isUnfinished(text: string): boolean {
  const last = filterWords(text).at(-1)
  const value = last?.values.at(-1)
  if (last === undefined || value === undefined || last.end !== text.length || value.quoted) return false
  return value.text === '-' || value.text.startsWith('"') || (value.text === '' && last.end > last.start) || /^[<>]=?$/.test(value.text)
}
