import type { ExchangeRow } from './rows.js'

type Closed = Pick<ExchangeRow, 'closeClient' | 'closeServer'>
type Ended = Closed & Pick<ExchangeRow, 'ended' | 'endedBy'>
type Judged = Ended & Pick<ExchangeRow, 'state' | 'status' | 'handshake' | 'websocket' | 'tunnelAtUs'>

/** Nothing went wrong: done, or somebody left. */
export function isGoodClose(code: number): boolean {
  return code === 1000 || code === 1001 || code === 1005
}

/** The code that tells most: one that says what went wrong before one that doesn't; 1006 where no Close frame was seen (RFC 6455 §7.1.5). */
export function closeCodeOf({ closeClient, closeServer }: Closed): number {
  const codes = [closeServer, closeClient].filter((code) => code !== 0)
  return codes.find((code) => !isGoodClose(code)) ?? codes[0] ?? 1006
}

/** A tunnel that is over: closed with a code that says so, or without any by somebody else than us. */
export function closedBadly(row: Ended): boolean {
  if (row.ended === 'continued') return false
  const seen = row.closeClient !== 0 || row.closeServer !== 0
  if (!seen && (row.ended === 'stopped' || row.endedBy === 'stopped')) return false
  return !isGoodClose(closeCodeOf(row))
}

/**
 * Who never answered the other's Close frame, of a tunnel that is over: it was not closed cleanly (RFC 6455 §5.5.1, §7.1.4), and who sent
 * the frame has it end as 1006 (§7.1.5), whatever its code. That is untidy, and often nothing more: the connection may be gone first.
 */
export function leftUnanswered(row: Closed & Pick<ExchangeRow, 'state' | 'ended' | 'websocket'>): 'client' | 'server' | null {
  const { state, ended, websocket, closeClient, closeServer } = row
  if (websocket === 0 || state === 'open' || state === 'lost' || ended === 'continued') return null
  if ((closeClient === 0) === (closeServer === 0)) return null
  return closeClient === 0 ? 'client' : 'server'
}

/** A handshake that was answered, or dropped, and is no tunnel: a client takes nothing but 101 (RFC 6455 §4.1). */
export function isRefused({ handshake, tunnelAtUs, state }: Pick<ExchangeRow, 'handshake' | 'tunnelAtUs' | 'state'>): boolean {
  return handshake === 1 && tunnelAtUs === 0 && state !== 'open'
}

/** Whether something went wrong with an exchange: what a red dot says, and what `state:failed` finds. */
export function wentBadly(row: Judged): boolean {
  if (row.state === 'failed' || row.state === 'lost' || isRefused(row)) return true
  if (row.websocket === 0) return row.status >= 400
  return row.state !== 'open' && closedBadly(row)
}
