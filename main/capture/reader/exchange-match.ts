import { leftUnanswered, wentBadly } from '../../../shared/went-badly.js'
import type { ExchangeProperty, ExchangeRow } from '../store/exchange-row.js'
import { textMatches } from './content-test.js'
import type { Filter, FilterTerm, NumberField, NumberTest, TextField } from './filter.js'

const judged = ['state', 'status', 'handshake', 'websocket', 'tunnelAtUs', 'ended', 'endedBy', 'closeClient', 'closeServer'] as const
/** What the terms of a field look at in a row. */
const reads: Readonly<Record<FilterTerm['field'], readonly ExchangeProperty[]>> = {
  status: ['status'],
  close: ['closeClient', 'closeServer', 'websocket', 'state', 'ended'],
  opcode: ['opcodes'],
  len: ['bytesClient', 'bytesServer'],
  since: ['openedAtUs'],
  dur: ['openedAtUs', 'endedAtUs'],
  host: ['host'],
  path: ['target'],
  method: ['method'],
  state: judged,
  from: ['bytesClient', 'bytesServer'],
  proto: ['subprotocol', 'scheme', 'handshake', 'tunnelAtUs'],
  code: ['cause'],
  route: ['routeFile', 'routeLine'],
  shown: ['method', 'scheme', 'host', 'target', 'status', 'subprotocol'],
  // Not of an exchange's row.
  text: [],
  hex: [],
  level: [],
  source: []
}

/** What {@link exchangeMatches} looks at: a table is wide, and each value that is read of a million rows costs a third of a second. */
export function readsOf(filter: Filter): ExchangeProperty[] {
  return filter.flatMap(({ field }) => reads[field])
}

/** Whether a term needs the payloads of an exchange, not just its row. */
export function looksInside(term: FilterTerm): boolean {
  return term.field === 'text' || term.field === 'hex'
}

/** Whether all terms that a row can answer hold. Terms that look inside are passed over. */
export function exchangeMatches(filter: Filter, row: ExchangeRow, nowUs: number): boolean {
  return filter.every((term) => looksInside(term) || exchangeTermHolds(term, row, nowUs))
}

export function exchangeTermHolds(term: FilterTerm, row: ExchangeRow, nowUs: number): boolean {
  return holds(term, row, nowUs) !== term.negated
}

export function inRange(tests: readonly NumberTest[], number: number): boolean {
  return tests.some(({ least, most }) => number >= least && number <= most)
}

function holds(term: FilterTerm, row: ExchangeRow, nowUs: number): boolean {
  if (isNumberTerm(term)) return exchangeNumbers(term.field, row, nowUs).some((number) => inRange(term.tests, number))
  return exchangeTexts(term.field, row).some((text) => textMatches(term.tests, text))
}

export function isNumberTerm(term: FilterTerm): term is Extract<FilterTerm, { field: NumberField }> {
  return (['status', 'close', 'opcode', 'len', 'since', 'dur'] as readonly string[]).includes(term.field)
}

function exchangeNumbers(field: NumberField, row: ExchangeRow, nowUs: number): readonly number[] {
  switch (field) {
    case 'status':
      return [row.status]
    case 'close':
      return closeCodes(row)
    case 'opcode':
      return Array.from({ length: 16 }, (_, opcode) => opcode).filter((opcode) => (row.opcodes & (1 << opcode)) !== 0)
    case 'len':
      return [row.bytesClient + row.bytesServer]
    case 'since':
      return [row.openedAtUs]
    case 'dur':
      return [(row.endedAtUs === 0 ? nowUs : row.endedAtUs) - row.openedAtUs]
  }
}

/** Codes of the Close frames seen; 1006, too, for a side of a tunnel that ended without getting one (RFC 6455 §7.1.5). */
function closeCodes(row: ExchangeRow): number[] {
  const seen = [row.closeClient, row.closeServer].filter((code) => code !== 0)
  if (seen.length === 0 && row.websocket === 1 && row.state !== 'open') return [1006]
  return leftUnanswered(row) === null ? seen : [...seen, 1006]
}

/** `ws`, too, for what was refused: it is looked for among the WebSockets. */
function protocolOf({ scheme, handshake, tunnelAtUs }: ExchangeRow): string {
  return handshake === 1 || tunnelAtUs > 0 ? scheme.replace('http', 'ws') : scheme
}

function exchangeTexts(field: TextField, row: ExchangeRow): readonly string[] {
  switch (field) {
    case 'host':
      return [row.host]
    case 'path':
      return [row.target]
    case 'method':
      return [row.method]
    case 'state':
      return wentBadly(row) ? [row.state, 'failed'] : [row.state]
    case 'from':
      return [...(row.bytesClient > 0 ? ['client'] : []), ...(row.bytesServer > 0 ? ['server'] : [])]
    case 'proto':
      return [row.subprotocol, protocolOf(row)].filter((text) => text !== '')
    case 'code':
      return [row.cause]
    case 'route':
      return row.routeFile === '' ? [] : [`${row.routeFile}:${row.routeLine}`]
    case 'shown':
      return [`${row.method} ${row.scheme}://${row.host}${row.target} ${row.status} ${row.subprotocol}`]
    default:
      return []
  }
}
