import type { Finding } from '../../../shared/trace.js'
import { gravest } from './findings.js'

/** A mark of the ruler at an editor's edge. */
export interface RulerMark {
  readonly line: number
  /** From the top, 0 to 1. */
  readonly place: number
  readonly finding: Finding
}

/** A mark a line, by its gravest finding. @param lines how many the text has */
export function rulerMarks(findings: readonly Finding[], lines: number): RulerMark[] {
  const byLine = new Map<number, Finding[]>()
  for (const finding of findings) {
    const line = Math.min(finding.span?.line ?? 0, lines)
    if (line > 0) byLine.set(line, [...(byLine.get(line) ?? []), finding])
  }
  return [...byLine]
    .map(([line, found]) => ({ line, place: lines <= 1 ? 0 : (line - 1) / (lines - 1), finding: gravest(found) as Finding }))
    .sort((a, b) => a.line - b.line)
}
