import type { Explanation } from '../../../shared/contract.js'
import type { ExchangeRow } from '../../../shared/rows.js'
import { isRefused, wentBadly } from '../../../shared/went-badly.js'
import type { TraceLine } from '../../../shared/trace.js'
import { isLeftOut } from './track.js'
import type { TrackPart } from './track.js'
import { failureSays } from '../traffic/detail/failure-words.js'

/** How it ends: the last station. */
export interface Outcome {
  readonly tone: 'ok' | 'bad' | 'neutral'
  /** `Sent to ws://127.0.0.1:3000/ws/ as an upgrade`. */
  readonly title: string
  readonly more: string
}

/** What an end is without: lines that were left out and may decide in production; empty where there are none. */
export function withoutWords(lines: readonly TraceLine[]): string {
  const leftOut = lines.filter(isLeftOut).map(({ span, directive }) => (span === null ? directive : String(span.line)))
  if (leftOut.length === 0) return ''
  const named = leftOut.length === 1 ? `line ${leftOut[0]}, which was` : `lines ${listed(leftOut)}, which were`
  return `This is without ${named} left out: production may come to another end.`
}

function listed(words: readonly string[]): string {
  const shown = words.slice(0, mostListed)
  const more = words.length - shown.length
  return more > 0 ? `${shown.join(', ')} and ${more} more` : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}
const mostListed = 6

/** Of a request that was not sent. An upgrade that would be lost is a bad end, whatever the status. */
export function explainedOutcome({ outcome, head }: Pick<Explanation, 'outcome' | 'head'>, upgrade: boolean): Outcome {
  const status = head?.to === 'client' ? Number(/ (\d{3})\b/.exec(head.startLine)?.[1] ?? 0) : 0
  const lost = /without its upgrade/.test(outcome) || (upgrade && head?.to === 'client' && status !== 101)
  const bad = status >= 400 || lost || /^(?:refused|the connection is closed|nothing)/.test(outcome)
  const tone = bad ? 'bad' : 'ok'
  return { tone, title: capital(outcome), more: lost ? 'The client asked for a WebSocket, and would not get one.' : '' }
}
const noTunnel = 'The client asked for a WebSocket, and did not get one.'

/** Of one that was: what the client got. It is as bad here as in the list of exchanges. */
export function seenOutcome(row: ExchangeRow): Outcome {
  const close = row.closeServer || row.closeClient
  const title = row.status === 0 ? 'No answer' : row.status === 101 ? '101, the tunnel was opened' : `Answered ${row.status}`
  const closed = close === 0 ? '' : `, close code ${close}`
  const cause = row.cause === '' ? '' : `${failureSays(row)} (${row.cause})`
  const said = [row.state === 'open' ? 'still open' : `${row.ended}${closed}`, cause].filter((words) => words !== '').join('; ')
  const more = isRefused(row) ? `${noTunnel} ${capital(said)}` : capital(said)
  const bad = wentBadly(row) || (row.status === 0 && row.state !== 'open')
  return { tone: bad ? 'bad' : 'ok', title, more }
}

/**
 * The station that the track is red from: where an end is bad, the one that sent the request that way.
 *
 * @returns the index of its part; the number of parts: only the end is red; null: none
 */
export function brokenFrom(parts: readonly TrackPart[], outcome: Outcome): number | null {
  if (outcome.tone !== 'bad') return null
  // The way was right: what went badly did so in the tunnel.
  if (outcome.title.startsWith('101')) return parts.length
  const decided = parts.findLastIndex(
    ({ station }) =>
      station.kind === 'station' && /^(?:mod_proxy|Redirect|Access|Error page|Files|Where it goes|Route|Alias)$/.test(station.title)
  )
  const first = parts.findIndex(({ station }) => station.title === 'Access')
  return first >= 0 && / 40[13]\b/.test(outcome.title) ? first : decided >= 0 ? decided : parts.length
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
