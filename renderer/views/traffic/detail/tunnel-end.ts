import type { ExchangeRow } from '../../../../shared/rows.js'
import { closeCodeOf, closedBadly, leftUnanswered } from '../../../../shared/went-badly.js'
import { duration } from '../../../state/clock.js'
import { closeName } from '../inspect/close-codes.js'

/** How a tunnel came to its end, in a code, its name and one sentence. */
export interface TunnelEnd {
  readonly tone: 'neutral' | 'bad' | 'warn'
  /** 1006 where no Close frame was seen (RFC 6455 §7.1.5). */
  readonly code: number
  /** Code and its name; `Lost`, `Went on` where the capture ended first. */
  readonly title: string
  readonly says: string
}
type Ended = Pick<
  ExchangeRow,
  'state' | 'ended' | 'endedBy' | 'websocket' | 'closeClient' | 'closeServer' | 'openedAtUs' | 'tunnelAtUs' | 'endedAtUs'
>

/** null while it is open. */
export function tunnelEnd(row: Ended): TunnelEnd | null {
  if (row.state === 'open') return null
  const code = closeCodeOf(row)
  if (row.state === 'lost')
    return { tone: 'warn', code, title: 'Lost', says: `Switchyard ended while it was open, ${after(row)}; what came then is not known` }
  if (isContinued(row)) return { tone: 'neutral', code, title: 'Went on', says: `a new capture began ${after(row)}, and it is in that one` }
  const seen = row.closeClient !== 0 || row.closeServer !== 0
  const silent = leftUnanswered(row)
  const says = `${seen ? closedSays(row, silent) : droppedSays(row)}, ${after(row)}`
  const title = `${code} ${seen ? closeName(code) : 'no Close frame'}${silent === null ? '' : ', not answered'}`
  return { tone: closedBadly(row) ? 'bad' : silent === null ? 'neutral' : 'warn', code, title, says }
}

/** It was still open when its capture was cleared: the next one has it, too. */
export function isContinued({ ended }: Pick<ExchangeRow, 'ended'>): boolean {
  return ended === 'continued'
}

function closedSays(row: Ended, silent: 'client' | 'server' | null): string {
  const { closeClient, closeServer, ended, endedBy } = row
  if (silent !== null) return unansweredSays(row, silent)
  if (ended === 'idle' || endedBy === 'idle') return 'both sides said Close, then nothing passed and both were closed here'
  return closeClient === closeServer ? 'both sides closed in order' : `the client said ${closeClient}, the backend ${closeServer}`
}
function unansweredSays({ ended, endedBy }: Ended, silent: 'client' | 'server'): string {
  const [from, by] = silent === 'client' ? ['backend', 'client'] : ['client', 'backend']
  const sent = `from the ${from}, not answered by the ${by}`
  const unclean = `an unclean end, which is 1006 to the ${from}`
  if (ended === 'idle' || endedBy === 'idle') return `${sent}; then nothing passed and both sides were closed here: ${unclean}`
  if (ended === 'stopped' || endedBy === 'stopped') return `${sent} before both sides were closed from here: ${unclean}`
  return `${sent}: ${unclean}`
}

function droppedSays({ ended, endedBy }: Ended): string {
  if (ended === 'idle' || endedBy === 'idle') return 'nothing passed for as long as the config allows, so both sides were closed here'
  if (ended === 'stopped' || endedBy === 'stopped') return 'closed from here'
  if (endedBy === 'client' || ended === 'clientGone') return 'the client’s connection ended'
  if (endedBy === 'server' || ended === 'originGone') return 'the backend’s connection ended'
  if (ended === 'timedOut') return 'one side took nothing for too long'
  return 'its connection ended'
}

function after({ openedAtUs, tunnelAtUs, endedAtUs }: Ended): string {
  return `after ${duration(Math.max(0, endedAtUs - (tunnelAtUs || openedAtUs)))}`
}

/**
 * Who ended it, for the header: `backend`, `client`, `Switchyard`. null where both sent a Close frame: which connection went first
 * then says nothing of who began.
 */
export function endedByWords({ state, ended, endedBy, closeClient, closeServer }: Ended): string | null {
  if (state === 'lost' || ended === 'stopped' || endedBy === 'stopped') return 'Switchyard'
  if (ended === 'idle' || endedBy === 'idle') return 'Switchyard, idle'
  if (closeClient !== 0 && closeServer !== 0) return null
  if (closeClient !== 0) return 'client'
  return closeServer === 0 && (endedBy === 'client' || ended === 'clientGone') ? 'client' : 'backend'
}
