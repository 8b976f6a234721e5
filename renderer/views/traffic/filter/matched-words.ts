import { count } from '../../../state/sizes.js'

interface Matched {
  readonly filter: string
  readonly matched: number
  readonly total: number
  readonly looked: number
  readonly matching: boolean
}

/** `44 of 1,284`; while the store is looked through, how far it is. Empty where nothing is filtered. */
export function matchedSays({ filter, matched, total, looked, matching }: Matched): string {
  if (filter === '') return ''
  // A short search would only flicker.
  if (matching && total - looked > 5000) return `filtering ${rough(looked)} of ${rough(total)}`
  return `${count(matched)} of ${count(total)}`
}

function rough(value: number): string {
  return value < 1e6 ? count(value) : `${(value / 1e6).toFixed(1)} M`
}
