import type { ExchangeState, ExchangeRow as Row } from '../../../shared/rows.js'

/** A row of the table of exchanges, as screens get it; the writer fills it as things come to pass. */
export type ExchangeRow = { -readonly [Name in keyof Row]: Row[Name] }
export type { ExchangeState }

/** Columns in the order of the table, each beside its property. One table for writing and reading. */
const columns = [
  ['id', 'id'],
  ['run', 'run'],
  ['connection', 'connection'],
  ['number', 'number'],
  ['generation', 'generation'],
  ['scheme', 'scheme'],
  ['method', 'method'],
  ['host', 'host'],
  ['target', 'target'],
  ['client', 'client'],
  ['status', 'status'],
  ['state', 'state'],
  ['ended', 'ended'],
  ['opened_at', 'openedAtUs'],
  ['ended_at', 'endedAtUs'],
  ['tunnel_at', 'tunnelAtUs'],
  ['websocket', 'websocket'],
  ['subprotocol', 'subprotocol'],
  ['extensions', 'extensions'],
  ['frames_client', 'framesClient'],
  ['frames_server', 'framesServer'],
  ['bytes_client', 'bytesClient'],
  ['bytes_server', 'bytesServer'],
  ['close_client', 'closeClient'],
  ['close_server', 'closeServer'],
  ['ended_by', 'endedBy'],
  ['opcodes', 'opcodes'],
  ['missed_frames', 'missedFrames'],
  ['missed_bytes', 'missedBytes'],
  ['address', 'address'],
  ['cause', 'cause'],
  ['route_file', 'routeFile'],
  ['route_line', 'routeLine'],
  ['handshake', 'handshake'],
  ['batch', 'batch']
] as const satisfies readonly (readonly [string, keyof ExchangeRow])[]

export const exchangeColumns = columns.map(([column]) => column).join(', ')
export type ExchangeProperty = keyof ExchangeRow
const properties: readonly ExchangeProperty[] = columns.map(([, property]) => property)
const columnOf = Object.fromEntries(columns.map(([column, property]) => [property, column])) as Readonly<Record<ExchangeProperty, string>>

/** Columns that a version of the schema brought, and what stands for them in a file of an earlier one. */
const since: Readonly<Record<string, { readonly version: number; readonly before: string }>> = {
  route_file: { version: 2, before: "''" },
  route_line: { version: 2, before: '0' },
  handshake: { version: 3, before: 'websocket' }
}
/** {@link exchangeColumns} as a capture of a version has them: one that is only read is not brought up to date. */
export function exchangeColumnsOf(version: number, only: readonly ExchangeProperty[] = properties): string {
  return only
    .map((property) => {
      const column = columnOf[property]
      const { version: first, before } = since[column] ?? { version: 1, before: column }
      return version < first ? before : column
    })
    .join(', ')
}

/** A row's values in the order of {@link exchangeColumns}. */
export function exchangeValues(row: ExchangeRow): (string | number)[] {
  return columns.map(([, property]) => row[property])
}

/** A row out of values in the order of {@link exchangeColumns}; of `only` these, and nothing in the others. */
export function exchangeRow(values: readonly unknown[], only: readonly ExchangeProperty[] = properties): ExchangeRow {
  const row = emptyExchange(0, 0, 0, 0) as unknown as Record<string, unknown>
  for (let at = 0; at < only.length; at++) row[only[at] as string] = values[at]
  return row as unknown as ExchangeRow
}

export function emptyExchange(id: number, run: number, connection: number, atUs: number): ExchangeRow {
  return {
    id,
    run,
    connection,
    number: 0,
    generation: 0,
    scheme: '',
    method: '',
    host: '',
    target: '',
    client: '',
    status: 0,
    state: 'open',
    ended: '',
    openedAtUs: Math.round(atUs),
    endedAtUs: 0,
    tunnelAtUs: 0,
    handshake: 0,
    websocket: 0,
    subprotocol: '',
    extensions: '',
    framesClient: 0,
    framesServer: 0,
    bytesClient: 0,
    bytesServer: 0,
    closeClient: 0,
    closeServer: 0,
    endedBy: '',
    opcodes: 0,
    missedFrames: 0,
    missedBytes: 0,
    address: '',
    cause: '',
    routeFile: '',
    routeLine: 0,
    batch: 0
  }
}
