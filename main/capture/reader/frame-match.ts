import { fromClient } from '../../../shared/records.js'
import { firstByteAt, indexEntryWords, lengthAt, FrameMark, marksAt } from '../store/run-index.js'
import { bytesMatch, foldBytes, foldNeedle, textMatches } from './content-test.js'
import { inRange, isNumberTerm } from './exchange-match.js'
import type { Filter, FilterTerm, TextTest } from './filter.js'
import type { LoadedRun, RunLoader } from './run-loader.js'

/** Fields that a frame answers; the others are answered by its exchange, once. */
const frameFields: readonly string[] = ['opcode', 'from', 'len', 'since', 'text', 'hex', 'shown']
export const isFrameTerm = (term: FilterTerm): boolean => frameFields.includes(term.field)

/** Tells of the frames of a whole run which match: one byte a frame. A run at a time, since that is how they are stored. */
export class FrameMatcher {
  readonly #filter: Filter
  readonly #loader: RunLoader
  /** @param filter of terms that {@link isFrameTerm} */
  constructor(filter: Filter, loader: RunLoader) {
    // What is cheap comes first, so that payloads are looked at only where it matters.
    this.#filter = [...filter].sort((a, b) => Number(isContent(a)) - Number(isContent(b)))
    this.#loader = loader
  }

  match(run: LoadedRun): Uint8Array {
    const matched = new Uint8Array(run.count).fill(1)
    for (const term of this.#filter) {
      const holds = isContent(term) ? this.#contentHolds(run, matched, term.tests as readonly TextTest[]) : factHolds(term, run)
      for (let at = 0; at < run.count; at++) if (matched[at] === 1 && holds(at) === term.negated) matched[at] = 0
    }
    return matched
  }

  #contentHolds(run: LoadedRun, candidates: Uint8Array, tests: readonly TextTest[]): (at: number) => boolean {
    const possible = onlyWhereFound(run, tests)
    return (at) => {
      if (candidates[at] === 0 || !possible(at)) return false
      const { payload, text } = this.#loader.content(run, at)
      return bytesMatch(tests, text.length > 0 ? text : payload)
    }
  }
}

function isContent(term: FilterTerm): boolean {
  return term.field === 'text' || term.field === 'hex' || term.field === 'shown'
}

function factHolds(term: FilterTerm, run: LoadedRun): (at: number) => boolean {
  const { words } = run
  if (!isNumberTerm(term)) {
    const holds = textMatches((term as { tests: readonly TextTest[] }).tests, run.side === fromClient ? 'client' : 'server')
    return () => holds
  }
  const tests = term.tests
  if (term.field === 'opcode') return (at) => inRange(tests, firstByteAt(words, at) & 15)
  if (term.field === 'since') return (at) => inRange(tests, run.beganAtUs + (words[at * indexEntryWords + 1] as number))
  return (at) => inRange(tests, lengthAt(words, at))
}

/**
 * Looks through the payload of a run in one go, and says for which frames it is worth looking again: a plain text that
 * stands nowhere in a run, as most often, costs one search and no look at any frame.
 */
function onlyWhereFound(run: LoadedRun, tests: readonly TextTest[]): (at: number) => boolean {
  const found = new Uint8Array(run.count)
  const whole = foldBytes(run.payload)
  for (const test of tests) {
    if (test.kind === 'regex') return () => true
    const needle = test.kind === 'bytes' ? null : foldNeedle(test.text)
    if (needle === '') return () => true
    const next = (from: number): number =>
      needle === null ? run.payload.indexOf((test as { bytes: Buffer }).bytes, from) : whole.indexOf(needle, from)
    markFrames(run, found, next)
  }
  return (at) => found[at] === 1 || (marksAt(run.words, at) & FrameMark.inSegment) !== 0
}

function markFrames(run: LoadedRun, found: Uint8Array, next: (from: number) => number): void {
  const { words } = run
  let at = 0
  for (let hit = next(0); hit >= 0 && at < run.count;) {
    while (at < run.count && (!isInline(run, at) || endOf(words, at) <= hit)) at++
    if (at === run.count) return
    found[at] = 1
    hit = next(Math.max(hit + 1, endOf(words, at)))
  }
}
const isInline = (run: LoadedRun, at: number): boolean => (marksAt(run.words, at) & FrameMark.inSegment) === 0
const endOf = (words: Uint32Array, at: number): number => {
  const word = at * indexEntryWords
  return (words[word + 5] as number) + (words[word + 6] as number) + (words[word + 7] as number)
}
