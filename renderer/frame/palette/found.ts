import type { IconName } from '../../components/icons.js'
import { fuzzyScore } from '../../state/fuzzy.js'
import { isMeant } from '../../views/settings/settings-list.js'

/** Something that the palette finds. */
export interface Findable {
  /** One of its kind: what is chosen, and what is remembered as used. */
  readonly key: string
  /** Its heading: `Routes`. */
  readonly group: string
  readonly title: string
  readonly icon: IconName
  /** Beside the title, and looked through, too. */
  readonly more?: string
  /** Looked through only. */
  readonly alias?: string
  /** At the end of its row: keys, or a place. */
  readonly end?: string
  /** Not worth remembering: an exchange is of this capture only. */
  readonly passing?: boolean
  readonly run: () => unknown
}
export interface FoundGroup {
  readonly name: string
  readonly found: readonly Findable[]
}
export const aGroup = 8

/** Letters that stand here and there are in every longer sentence: on average one begins a word, or follows on another. */
const leastALetter = 3

/**
 * What a text means of all there is, the best first; with nothing typed what was used last. A group stands where its best is.
 *
 * @param used keys by their last use, the newest first
 */
export function groupsFound(query: string, all: readonly Findable[], used: readonly string[]): FoundGroup[] {
  const scored = all.map((item) => ({ item, score: scoreOf(query, item) })).filter(({ score }) => score > 0)
  const recency = ({ key }: Findable): number => (used.includes(key) ? used.indexOf(key) : used.length)
  scored.sort((a, b) => b.score - a.score || recency(a.item) - recency(b.item))
  const names = new Set(scored.map(({ item }) => item.group))
  return [...names].map((name) => ({
    name,
    found: scored.flatMap(({ item }) => (item.group === name ? [item] : [])).slice(0, aGroup)
  }))
}

function scoreOf(query: string, { title, more, alias }: Findable): number {
  const score = fuzzyScore(query, title)
  if (score > 0 && score >= leastALetter * query.replace(/\s+/g, '').length) return score
  return isMeant(query.trim(), title, more, alias) ? 1 : 0
}
