import { emptyExchange } from '../../../main/capture/store/exchange-row.js'
import type { ExchangeRow, FrameRow } from '../../../shared/rows.js'

const second = 1_000_000
export const openedAtUs = 1_795_871_000 * second

/** A tunnel that is open, or what a test makes of it. */
export function exchange(changes: Partial<ExchangeRow> = {}): ExchangeRow {
  return {
    ...emptyExchange(1, 1, 1, openedAtUs),
    number: 1,
    generation: 1,
    scheme: 'https',
    method: 'GET',
    host: 'app.example.com',
    target: '/ws/',
    client: '127.0.0.1:50000',
    status: 101,
    tunnelAtUs: openedAtUs,
    handshake: 1,
    websocket: 1,
    address: '127.0.0.1:3000',
    routeFile: '/etc/site.conf',
    routeLine: 38,
    batch: 1,
    ...changes
  }
}
/** One that ended `seconds` after it was opened. */
export function ended(seconds: number, changes: Partial<ExchangeRow> = {}): ExchangeRow {
  return exchange({ state: 'closed', ended: 'complete', endedAtUs: openedAtUs + seconds * second, ...changes })
}
/** A request that opened no tunnel. */
export function http(changes: Partial<ExchangeRow> = {}): ExchangeRow {
  return ended(0.038, { handshake: 0, websocket: 0, tunnelAtUs: 0, status: 200, target: '/', ...changes })
}

export function frame(changes: Partial<FrameRow> = {}): FrameRow {
  return {
    id: 0,
    number: 0,
    from: 'client',
    atUs: openedAtUs,
    fin: true,
    rsv: 0,
    opcode: 1,
    maskKey: null,
    length: 5,
    stored: 5,
    inflated: 0,
    compressed: false,
    incomplete: false,
    heartbeat: false,
    trouble: null,
    inflate: 'none',
    preview: 'hello',
    gapBefore: null,
    ...changes
  }
}
