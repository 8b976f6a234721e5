import type { Replies, TextOf } from '../../../shared/contract.js'
import { followLine } from './follow-line.js'

/** A line as it was known, and the text that it was a line of; null: that is not kept. */
export interface KnownLine {
  readonly line: number
  readonly text: string | null
  /** What had it: `config 3`. */
  readonly had: string
}
/** Where it stands in the text that is shown; `note`: in one sentence, why that may not be it. */
export interface LineNow {
  readonly line: number
  readonly note: string | null
}

/** A line is followed through what was changed since, and never taken for another without a word. */
export function lineNow({ line, text, had }: KnownLine, now: string): LineNow {
  if (text === null) return { line, note: `Line ${line} of ${had}: that text is not kept, so this line may be another.` }
  const found = followLine(text, now, line)
  if (found.kept) return { line: found.line, note: null }
  const words = (text.split('\n')[line - 1] ?? '').trim()
  return { line: found.line, note: `Line ${line} of ${had} is not in this text any more${words === '' ? '' : `: ${words}`}` }
}

/** What had a text, in words. */
export function hadIt(of: TextOf, { generation }: Pick<Replies['config.textOf'], 'generation'>): string {
  if (of === 'refused') return 'the text that was refused'
  return `config ${generation ?? '?'}`
}
