import type { Finding } from '../../../shared/trace.js'
import { gravest } from './findings.js'

/** A mark of the ruler at an editor's edge. */
export interface RulerMark {
  readonly line: number
  /** From the top, 0 to 1. */
  readonly place: number
  readonly finding: Finding
}

/** More than these nobody could tell apart. */
const mostMarks = 250

/** A mark a line, of a long text one for several, by its gravest finding. @param lines how many the text has */
export function rulerMarks(findings: readonly Finding[], lines: number): RulerMark[] {
  const at = (line: number): number => (lines <= 1 ? 0 : (line - 1) / (lines - 1))
  const byPlace = new Map<number, Finding>()
  for (const finding of findings) {
    const line = Math.min(finding.span?.line ?? 0, lines)
    if (line <= 0) continue
    const place = lines <= mostMarks ? line : Math.round(at(line) * mostMarks)
    const before = byPlace.get(place)
    byPlace.set(place, before === undefined ? finding : (gravest([before, finding]) as Finding))
  }
  return [...byPlace.values()]
    .map((finding) => ({ finding, line: Math.min(finding.span?.line ?? 1, lines) }))
    .map(({ finding, line }) => ({ line, place: at(line), finding }))
    .sort((a, b) => a.line - b.line)
}
