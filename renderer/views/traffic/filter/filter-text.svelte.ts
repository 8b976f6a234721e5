import type { PlainError } from '../../../../shared/errors.js'
import type { Preferences } from '../../../state/preferences.svelte.js'
import { chipIsOn, withChipToggled } from './chip-words.js'
import type { ChipWord } from './chip-words.js'
import { isUnfinished } from './filter-words.js'

const recentMost = 20
/** A word that is not finished is asked about after so long. */
const unfinishedMs = 1200

interface Filtered {
  readonly filter: string
  readonly filterError: PlainError | null
  setFilter(filter: string): Promise<void>
}

/** The text of a filter field: what is typed, what chips wrote, and what was looked for before. */
export class FilterText {
  #text = $state('')
  readonly #view: Filtered
  readonly #preferences: Preferences
  readonly #name: string
  #timer: ReturnType<typeof setTimeout> | undefined

  /** @param name under which filters are remembered: `exchanges` */
  constructor(view: Filtered, preferences: Preferences, name: string) {
    this.#view = view
    this.#preferences = preferences
    this.#name = `filters.${name}`
    this.#text = view.filter
  }

  get text(): string {
    return this.#text
  }
  /** What is wrong with the text, once it was asked about. */
  get error(): PlainError | null {
    return this.#view.filter === this.#text ? this.#view.filterError : null
  }
  get recent(): readonly string[] {
    return this.#preferences.get<readonly string[]>(this.#name, []).filter((one) => typeof one === 'string')
  }

  set(text: string): void {
    this.#text = text
    clearTimeout(this.#timer)
    if (isUnfinished(text)) this.#timer = setTimeout(() => this.apply(), unfinishedMs)
    else this.apply()
  }
  /** Asks about the text as it is. */
  apply(): void {
    clearTimeout(this.#timer)
    void this.#view.setFilter(this.#text.trim() === '' ? '' : this.#text)
  }
  isOn(chip: ChipWord): boolean {
    return chipIsOn(this.#text, chip)
  }
  toggle(chip: ChipWord): void {
    this.set(withChipToggled(this.#text, chip))
  }
  /** Keeps it among those that were used, if it is one. */
  remember(): void {
    const text = this.#text.trim()
    if (text === '' || this.error !== null || isUnfinished(text)) return
    this.#preferences.set(this.#name, [text, ...this.recent.filter((one) => one !== text)].slice(0, recentMost))
  }
  stop(): void {
    clearTimeout(this.#timer)
  }
}
