import { size } from '../../../state/sizes.js'
import { canDecode, mostDecodedBytes, type DecodedBody } from './content-coding.js'

export interface BodyFacts {
  readonly total: number
  readonly kept: number
  /** Content-Encoding; empty: none. */
  readonly coding: string
  readonly undone: DecodedBody | null
  readonly open: boolean
}

/** What is not all there about a body, or not as it was sent, each in a sentence. */
export function bodyNotes({ total, kept, coding, undone, open }: BodyFacts): string[] {
  const notes: string[] = []
  if (open) notes.push(`It is still coming: ${size(total)} so far.`)
  if (kept < total) notes.push(`First ${size(kept)} of ${size(total)} kept.`)
  if (coding !== '') notes.push(codingNote(coding, kept, undone))
  return notes
}

function codingNote(coding: string, kept: number, undone: DecodedBody | null): string {
  if (!canDecode(coding)) return `Sent as ${coding}, which is not undone here: these are its bytes.`
  if (undone === null) return `Sent as ${coding}.`
  const came = `Sent as ${coding}: ${size(kept)} became ${size(undone.bytes.length)}`
  if (undone.state === 'whole') return `${came}.`
  if (undone.state === 'cut') return `${came}; it goes on beyond the limit of ${size(mostDecodedBytes)}.`
  if (undone.state === 'short') return `${came}; the rest was not kept.`
  return undone.bytes.length === 0 ? `Said to be ${coding}, but it is not: these are its bytes.` : `${came}; then it is broken.`
}
