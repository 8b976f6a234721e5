import { filterWords } from './filter-words.js'
import type { FilterWord } from './filter-words.js'

/** What a chip stands for: `state:failed|lost`. Chips of one field are alternatives of one word. */
export interface ChipWord {
  readonly field: string
  readonly values: readonly string[]
}

/** Whether the text says what the chip does, so that text and chip never disagree. */
export function chipIsOn(text: string, chip: ChipWord): boolean {
  return wordsOf(text, chip.field).some((word) => chip.values.every((value) => valuesOf(word).includes(value)))
}

/** The text with the chip's word put in, or taken out. Everything else stays as it was typed. */
export function withChipToggled(text: string, chip: ChipWord): string {
  return chipIsOn(text, chip) ? without(text, chip) : withChip(text, chip)
}

function withChip(text: string, { field, values }: ChipWord): string {
  const word = wordsOf(text, field).find((one) => one.values.every((value) => isPlain(value.text, value.quoted)))
  if (word === undefined) return `${text.trimEnd()}${text.trim() === '' ? '' : ' '}${field}:${values.join('|')}`
  const more = values.filter((value) => !valuesOf(word).includes(value))
  return `${text.slice(0, word.end)}|${more.join('|')}${text.slice(word.end)}`
}

function without(text: string, { field, values }: ChipWord): string {
  let result = text
  // From the end, so that places before stay true.
  for (const word of wordsOf(text, field).reverse()) {
    if (!values.every((value) => valuesOf(word).includes(value))) continue
    const left = word.values.filter((value) => !values.includes(value.text.toLowerCase())).map(({ start, end }) => text.slice(start, end))
    result =
      left.length > 0
        ? result.slice(0, word.valuesStart) + left.join('|') + result.slice(word.end)
        : `${result.slice(0, word.start).trimEnd()} ${result.slice(word.end).trimStart()}`.trim()
  }
  return result
}

function wordsOf(text: string, field: string): FilterWord[] {
  return filterWords(text).filter((word) => word.field === field && !word.negated)
}
function valuesOf(word: FilterWord): string[] {
  return word.values.map(({ text }) => text.toLowerCase())
}
function isPlain(text: string, quoted: boolean): boolean {
  return !quoted && /^[a-z0-9]+$/i.test(text)
}
