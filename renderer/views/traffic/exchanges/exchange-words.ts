import type { ExchangeRow } from '../../../../shared/rows.js'
import { closeCodeOf, isRefused, leftUnanswered, wentBadly } from '../../../../shared/went-badly.js'
import { duration } from '../../../state/clock.js'
import { count, counts, size } from '../../../state/sizes.js'
import { failureSays } from '../detail/failure-words.js'
import { isContinued, tunnelEnd } from '../detail/tunnel-end.js'
import { urlOf } from './address.js'

/** `WS` for what asked for one, though it was refused, `GET`: a tunnel that speaks something else is named by its method, too. */
export function typeOf({ handshake, method }: ExchangeRow): string {
  return handshake === 1 ? 'WS' : method
}

/** 101 while a tunnel is open, then its close code; the status of anything else. */
export function statusOf(row: ExchangeRow): string {
  if (row.state === 'lost') return 'lost'
  if (row.websocket === 1) return row.state === 'open' || isContinued(row) ? String(row.status || 101) : String(closeCodeOf(row))
  if (row.status !== 0) return String(row.status)
  return row.state === 'open' ? '…' : '—'
}
export function statusSays(row: ExchangeRow): string {
  if (row.state === 'failed' && row.cause !== '') return `${row.status || 'No status'}: ${failureSays(row)}`
  if (row.websocket === 1 && row.state !== 'open') {
    const end = tunnelEnd(row)
    return end === null ? '' : `${end.title}: ${end.says}`
  }
  if (row.state === 'open') return row.websocket === 1 ? 'Open' : 'No answer yet'
  if (row.status === 0) return 'Ended without an answer'
  return isRefused(row) ? `No WebSocket: answered with ${row.status}` : `Status ${row.status}`
}

export function dotOf(row: ExchangeRow): { readonly tone: 'live' | 'off' | 'bad' | 'warn' | 'quiet'; readonly title: string } | null {
  if (wentBadly(row)) return { tone: 'bad', title: badSays(row) }
  if (row.state === 'open') return { tone: row.websocket === 1 ? 'live' : 'quiet', title: 'Open' }
  if (leftUnanswered(row) !== null) return { tone: 'warn', title: 'Closed, not answered' }
  return row.websocket === 1 ? { tone: 'off', title: 'Closed' } : null
}

function badSays(row: ExchangeRow): string {
  const { state, websocket, status } = row
  if (state === 'lost') return 'Lost'
  if (state === 'failed') return 'Failed'
  if (isRefused(row)) return 'WebSocket refused'
  return websocket === 1 ? 'Closed badly' : `Answered with ${status}`
}

/** How long it took, or has been open. */
export function lastedUs(row: ExchangeRow, nowUs: number): number {
  return Math.max(0, (row.endedAtUs || nowUs) - row.openedAtUs)
}

/** Frames of a tunnel; nothing else has any. From 100,000 on shortened, since the column has room for six chars. */
export function framesOf({ websocket }: ExchangeRow, frames: number): string {
  if (websocket !== 1) return ''
  if (frames < 100_000) return count(frames)
  return frames < 1e6 ? `${Math.floor(frames / 1000)} k` : `${(Math.floor(frames / 1e5) / 10).toFixed(1)} M`
}
/** What the column's number stands for, exactly. */
export function framesSay({ websocket }: ExchangeRow, frames: number, bytes: number): string {
  return websocket === 1 ? `${counts(frames, 'frame')}, ${size(bytes)}` : size(bytes)
}

/** `:38`; empty where no line routed it. */
export function routeOf({ routeFile, routeLine }: ExchangeRow): string {
  return routeFile === '' ? '' : `:${routeLine}`
}

/** A row as a reader says it. */
export function exchangeLabel(row: ExchangeRow, nowUs: number): string {
  const state = tunnelEnd(row)?.title ?? 'open'
  const words = [
    typeOf(row),
    urlOf(row),
    row.websocket === 1 ? state : `status ${statusOf(row)}`,
    row.state === 'failed' ? 'failed' : '',
    duration(lastedUs(row, nowUs))
  ]
  return words.filter((word) => word !== '').join(', ')
}
