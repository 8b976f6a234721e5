import { count } from '../../../state/sizes.js'

interface Matched {
  readonly filter: string
  /** The rows are those of the filter before. */
  readonly filterError: unknown
  readonly matched: number
  readonly total: number
  readonly looked: number
  readonly matching: boolean
}

/** `44 of 1,284`; while the store is looked through, how far it is. Empty where nothing is filtered, or not by this filter. */
export function matchedSays({ filter, filterError, matched, total, looked, matching }: Matched): string {
  if (filter === '' || filterError !== null) return ''
  // A short search would only flicker.
  if (matching && total - looked > 5000) return `filtering ${rough(looked)} of ${rough(total)}`
  return `${count(matched)} of ${count(total)}`
}

function rough(value: number): string {
  return value < 1e6 ? count(value) : `${(value / 1e6).toFixed(1)} M`
}
