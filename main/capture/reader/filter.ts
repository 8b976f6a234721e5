import { type FilterFault, type NumberTest, neverSaid, parseNumberTest } from './filter-values.js'

/**
 * The filter language of all lists: words are ANDed, `-` negates, `a|b` are alternatives, quotes keep spaces together,
 * `<` `<=` `>` `>=` compare, `/re/` and `hex:` look into text,
 * `route:38` and `route:site.conf:38` are a line, whole. A word without a field looks at what a row shows.
 */
const textFields = ['host', 'path', 'method', 'state', 'from', 'text', 'proto', 'level', 'source', 'code', 'route'] as const
const numberFields = ['status', 'close', 'opcode', 'len', 'since', 'dur'] as const
export type TextField = (typeof textFields)[number] | 'hex' | 'shown'
export type NumberField = (typeof numberFields)[number]
export const filterFields: readonly string[] = [...textFields, ...numberFields, 'hex']

export type TextTest =
  | { readonly kind: 'contains'; readonly text: string }
  | { readonly kind: 'regex'; readonly regex: RegExp }
  | { readonly kind: 'bytes'; readonly bytes: Buffer }

/** One word: any of its tests holds, or none where it is negated. */
export type FilterTerm =
  | { readonly field: TextField; readonly negated: boolean; readonly tests: readonly TextTest[] }
  | { readonly field: NumberField; readonly negated: boolean; readonly tests: readonly NumberTest[] }
/** All of them hold. Empty: everything matches. */
export type Filter = readonly FilterTerm[]
export type ParsedFilter = { readonly filter: Filter } | { readonly fault: FilterFault }
export type { FilterFault, NumberTest }

/** Parses a filter; what is wrong is a value, with its place. `nowUs` is what `since:5m` counts back from. */
export function parseFilter(text: string, nowUs: number): ParsedFilter {
  const filter: FilterTerm[] = []
  for (let at = 0; at < text.length;) {
    if (/\s/.test(text[at] as string)) at++
    else {
      const word = readWord(text, at)
      if ('fault' in word) return word
      const term = termOf(word, nowUs)
      if ('fault' in term) return term
      filter.push(term)
      at = word.end
    }
  }
  return { filter }
}

interface Value {
  readonly text: string
  readonly quoted: boolean
  readonly start: number
  readonly end: number
}
interface Word {
  readonly negated: boolean
  readonly field: string | null
  readonly fieldStart: number
  readonly values: readonly Value[]
  readonly start: number
  readonly end: number
}

function readWord(text: string, start: number): Word | { fault: FilterFault } {
  const negated = text[start] === '-' && start + 1 < text.length && !/\s/.test(text[start + 1] as string)
  const fieldStart = negated ? start + 1 : start
  const named = /^([A-Za-z][A-Za-z0-9_]*)(?::|(?=[<>]))/.exec(text.slice(fieldStart))
  const field = named?.[1]?.toLowerCase() ?? null
  const values: Value[] = []
  let at = fieldStart + (named?.[0].length ?? 0)
  for (;;) {
    const value = readValue(text, at)
    if ('fault' in value) return value
    values.push(value)
    at = value.end
    if (text[at] !== '|') return { negated, field, fieldStart, values, start, end: at }
    at++
  }
}

function readValue(text: string, start: number): Value | { fault: FilterFault } {
  const opening = text[start]
  if (opening === '"') {
    const end = closing(text, start, '"')
    if (end < 0) return fault('This quote is not closed.', start, text.length, 'Add a " at its end.')
    return { text: text.slice(start + 1, end).replace(/\\(["\\])/g, '$1'), quoted: true, start, end: end + 1 }
  }
  if (opening === '/' && closing(text, start, '/') > 0) {
    const end = closing(text, start, '/')
    const flags = /^[imsu]*/.exec(text.slice(end + 1))?.[0] ?? ''
    return { text: text.slice(start, end + 1 + flags.length), quoted: false, start, end: end + 1 + flags.length }
  }
  const end = start + (/^[^\s|]*/.exec(text.slice(start))?.[0].length ?? 0)
  return { text: text.slice(start, end), quoted: false, start, end }
}

/** Where a quote or a regular expression ends, -1 where it doesn't. */
function closing(text: string, start: number, mark: string): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === mark) return mark === '"' || /^[imsu]*(?:[\s|]|$)/.test(text.slice(at + 1)) ? at : -1
  }
  return -1
}

function termOf(word: Word, nowUs: number): FilterTerm | { fault: FilterFault } {
  const field = word.field ?? 'shown'
  if (field !== 'shown' && !filterFields.includes(field)) {
    return fault(
      `There is no field ${field}.`,
      word.fieldStart,
      word.fieldStart + field.length,
      `Fields: ${filterFields.join(' ')}. To look for a text with a colon, put it in quotes.`
    )
  }
  const empty = word.values.find((value) => value.text === '' && !value.quoted)
  if (empty !== undefined)
    return fault(
      `${field === 'shown' ? '|' : `${field}:`} lacks a value here.`,
      word.start,
      Math.max(empty.end, word.start + 1),
      'Write a value behind it.'
    )
  const isNumber = (numberFields as readonly string[]).includes(field)
  const tests: (TextTest | NumberTest)[] = []
  for (const value of word.values) {
    const test = isNumber ? parseNumberTest(field, value, nowUs) : textTest(field, value)
    if ('fault' in test) return test
    tests.push(test)
  }
  return { field, negated: word.negated, tests } as FilterTerm
}

function textTest(field: string, value: Value): TextTest | { fault: FilterFault } {
  if (field === 'hex') return hexTest(value)
  const line = field === 'route' ? /^(?:(.*):)?(\d+)$/.exec(value.text) : null
  if (line !== null) return { kind: 'regex', regex: new RegExp(`${escaped(line[1] ?? '')}.*:${line[2]}$`, 'is') }
  // `path:/ws/` is a path.
  const regex = value.quoted || field === 'path' ? null : /^\/(.+)\/([imsu]*)$/s.exec(value.text)
  if (regex === null) {
    const wrong = neverSaid(field, value)
    return wrong === null ? { kind: 'contains', text: value.text.toLowerCase() } : { fault: wrong }
  }
  try {
    return { kind: 'regex', regex: new RegExp(regex[1] as string, regex[2]) }
  } catch (thrown) {
    return fault(
      `This is no regular expression: ${(thrown as Error).message.replace(/^Invalid regular expression: /, '')}.`,
      value.start,
      value.end,
      'Put it in quotes to look for it as text.'
    )
  }
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}

function hexTest(value: Value): TextTest | { fault: FilterFault } {
  const digits = value.text.replace(/[\s:_]/g, '')
  if (/^(?:[0-9a-fA-F]{2})+$/.test(digits)) return { kind: 'bytes', bytes: Buffer.from(digits, 'hex') }
  return fault('hex: takes pairs of hexadecimal digits.', value.start, value.end, 'For example hex:0d0a or hex:"0d 0a".')
}

function fault(message: string, start: number, end: number, hint: string): { fault: FilterFault } {
  return { fault: { message, start, end, hint } }
}
