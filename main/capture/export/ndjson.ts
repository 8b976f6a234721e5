import { TextDecoder } from 'node:util'
import type { DecisionNote } from '../../../shared/records.js'
import type { FrameRow } from '../../../shared/rows.js'
import { CaptureReader } from '../reader/capture-reader.js'
import { Slices } from '../reader/slices.js'
import type { ExchangeRow } from '../store/exchange-row.js'
import { DecisionWords } from './decisions.js'

/**
 * A capture as NDJSON: one object a line, in the order of the exchanges. `type` says which:
 *
 * - `exchange`: id, connection, method, scheme, host, target, status, state, ended, `handshake` (it asked for a WebSocket) and
 *   `websocket` (it became one), times (`openedAt` and so on, µs since the epoch), `routeFile` and `routeLine` (the directive that routed it), subprotocol, close codes, counts, and its `heads`: `{ from, stage, at, startLine, fields: [[name, value]…] }`,
 *   `attempts` and `decisions` as the engine told them, `gaps`. A decision has, beside the ids of directives that are the
 *   capture's own (`route`, `took`, `missed`), what they mean: `routeBy`, `tookBy`, `missedBy`, each `{ id, file, line, directive }`.
 * - `body`: exchange, from, bytes, and what was kept of it as `text` (valid UTF-8) or `base64`.
 * - `frame`: exchange, from, number, at, fin, rsv, opcode, maskKey, length, stored, and the payload as `text` (an opcode
 *   of text, or a continuation or control frame, that is valid UTF-8) or `base64`, unmasked. Of a compressed message
 *   `compressed` is true, and its last frame carries the message as `text`; `inflate` says why where it doesn't.
 */
export interface NdjsonOptions {
  /** Exchanges and bodies alone. */
  readonly withoutFrames?: boolean
  /** Those alone; ids that there aren't are passed over. */
  readonly only?: readonly number[]
}

/** Rows read at once. */
const windowRows = 500
const pieceBytes = 65_536
const opcodeBinary = 2

/** The lines of a capture, each with its line end, as the caller takes them: nothing is held but one window. Throws as {@link CaptureReader}. */
export async function* ndjsonLines(file: string, signal: AbortSignal, options: NdjsonOptions = {}): AsyncGenerator<string> {
  const reader = new CaptureReader(file)
  const words = new DecisionWords(reader)
  try {
    for (const exchange of reader.exchanges(options.only)) {
      signal.throwIfAborted()
      yield line(exchangeLine(reader, exchange, words))
      for (const from of ['client', 'server'] as const) {
        const body = bodyLine(reader, exchange.id, from)
        if (body !== null) yield line(body)
      }
      if (options.withoutFrames !== true && exchange.websocket === 1) yield* frameLines(reader, exchange.id, signal)
    }
  } finally {
    reader.close()
  }
}

const line = (object: object): string => `${JSON.stringify(object)}\n`

function exchangeLine(reader: CaptureReader, row: ExchangeRow, words: DecisionWords): object {
  const { heads, attempts, decisions, gaps, connection } = reader.exchange(row.id)
  const { openedAtUs, endedAtUs, tunnelAtUs, handshake, websocket, batch: _, ...rest } = row
  return {
    type: 'exchange',
    ...rest,
    openedAt: openedAtUs,
    endedAt: endedAtUs === 0 ? null : endedAtUs,
    tunnelAt: tunnelAtUs === 0 ? null : tunnelAtUs,
    handshake: handshake === 1,
    websocket: websocket === 1,
    listener: connection?.listener ?? null,
    tls: connection?.tls ?? null,
    heads: heads.map(({ from, stage, atUs, startLine, fields }) => ({ from, stage, at: atUs, startLine, fields })),
    attempts: attempts.map(({ atUs, note }) => ({ at: atUs, ...(note as object) })),
    decisions: decisions.map(({ atUs, note }) => ({ at: atUs, ...(note as object), ...words.of(row.run, note as DecisionNote) })),
    gaps: gaps.map(({ atUs, ...gap }) => ({ at: atUs, ...gap }))
  }
}

function bodyLine(reader: CaptureReader, exchange: number, from: 'client' | 'server'): object | null {
  const bytes = whole((offset) => reader.httpBody(exchange, from, offset, pieceBytes))
  if (bytes.length === 0) return null
  return { type: 'body', exchange, from, bytes: bytes.length, ...payloadOf(bytes, true) }
}

async function* frameLines(reader: CaptureReader, exchange: number, signal: AbortSignal): AsyncGenerator<string> {
  const view = reader.view({ kind: 'frames', of: exchange, filter: '' })
  await view.advance(new Slices(signal))
  for (let first = 0; first < view.matched; first += windowRows) {
    signal.throwIfAborted()
    let lines = ''
    for (const row of view.rows(first, windowRows) as FrameRow[]) lines += line(frameLine(reader, exchange, row))
    yield lines
  }
}

function frameLine(reader: CaptureReader, exchange: number, row: FrameRow): object {
  const { id: _id, atUs, preview: _preview, heartbeat: _heartbeat, trouble, gapBefore, inflate, ...facts } = row
  const payload = row.compressed
    ? messageOf(reader, exchange, row)
    : payloadOf(bodyOf(reader, exchange, row, 'unmasked'), row.opcode !== opcodeBinary)
  return {
    type: 'frame',
    exchange,
    at: atUs,
    ...facts,
    ...(inflate === 'none' ? {} : { inflate }),
    ...(trouble === null ? {} : { trouble }),
    ...(gapBefore === null ? {} : { gapBefore }),
    ...payload
  }
}

/** A compressed frame: its own bytes, and the text of the message where it ends here. */
function messageOf(reader: CaptureReader, exchange: number, row: FrameRow): object {
  const raw = bodyOf(reader, exchange, row, 'unmasked').toString('base64')
  if (row.inflate !== 'done' && row.inflate !== 'cut') return { base64: raw }
  const message = bodyOf(reader, exchange, row, 'inflated')
  const text = utf8(message)
  return text === null ? { base64: raw, inflatedBase64: message.toString('base64') } : { base64: raw, text }
}

function bodyOf(reader: CaptureReader, exchange: number, row: FrameRow, form: 'unmasked' | 'inflated'): Buffer {
  return whole((offset) => reader.frameBody(exchange, row.from, row.number, offset, pieceBytes, form))
}

function whole(piece: (offset: number) => { readonly kept: number; readonly bytes: Uint8Array }): Buffer {
  const pieces: Uint8Array[] = []
  let length = 0
  for (;;) {
    const { kept, bytes } = piece(length)
    pieces.push(bytes)
    length += bytes.length
    if (length >= kept || bytes.length === 0) return Buffer.concat(pieces)
  }
}

function payloadOf(bytes: Buffer, mayBeText: boolean): object {
  const text = mayBeText ? utf8(bytes) : null
  return text === null ? { base64: bytes.toString('base64') } : { text }
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
function utf8(bytes: Buffer): string | null {
  try {
    return strict.decode(bytes)
  } catch {
    return null
  }
}
