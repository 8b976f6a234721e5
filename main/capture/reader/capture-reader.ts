import { existsSync } from 'node:fs'
import { SwitchyardError } from '../../../shared/errors.js'
import { type From, fromClient, fromServer } from '../../../shared/records.js'
import type { Activity, BodyPiece, ExchangeDetail, HeadRecord } from '../../../shared/rows.js'
import type { BodyForm, CaptureCounts, ViewSpec } from '../protocol.js'
import { maxPieceBytes } from '../protocol.js'
import { type ExchangeRow, exchangeColumnsOf, exchangeRow } from '../store/exchange-row.js'
import { headText } from '../store/head-text.js'
import { readingCapture, refuseUnreadable } from '../store/foreign-file.js'
import { applicationId, schemaVersion } from '../store/schema.js'
import { SegmentReader } from '../store/segments.js'
import { SqlDatabase, type SqlRow, type SqlStatement, type SqlValue } from '../store/sqlite.js'
import { unmask } from '../writer/unmask.js'
import { ActivityPictures } from './activity.js'
import { exchangeMatches } from './exchange-match.js'
import { ExchangesView } from './exchanges-view.js'
import { type Filter, parseFilter } from './filter.js'
import { isFrameTerm } from './frame-match.js'
import { FrameTroubles } from './frame-troubles.js'
import { FramesView } from './frames-view.js'
import { Heartbeats } from './heartbeats.js'
import { LogsView } from './logs-view.js'
import { RunLoader } from './run-loader.js'
import { Lru } from './lru.js'
import { type FramePlace, TunnelIndex, entryOf } from './tunnel-index.js'
import type { View } from './view.js'

const sideOf = (from: 'client' | 'server'): From => (from === 'client' ? fromClient : fromServer)
const fromOf = (side: unknown): 'client' | 'server' => (side === fromClient ? 'client' : 'server')

/** Reads one capture file, on a connection of its own, while another thread may write it. */
export class CaptureReader {
  readonly #database: SqlDatabase
  readonly #segments: SegmentReader
  readonly #loader: RunLoader
  readonly #statements = new Map<string, SqlStatement>()
  readonly #tunnels = new Lru<number, TunnelIndex>(8)
  readonly #nowUs: () => number
  readonly #pictures: ActivityPictures
  readonly #version: number
  /** Columns of an exchange as this file has them. */
  readonly #columns: string

  /** Opens a file that exists. Throws `capture-unknown` for what is no capture and `version-mismatch` for one of a later version. */
  constructor(file: string, nowUs: () => number = () => Date.now() * 1000) {
    // Opening would make it.
    if (!existsSync(file))
      throw new SwitchyardError('capture-unknown', `There is no capture ${file}.`, {
        hint: 'Give the path of a capture, its name, or last.'
      })
    refuseUnreadable(file)
    this.#database = readingCapture(file, () => new SqlDatabase(file))
    this.#nowUs = nowUs
    try {
      this.#database.exec('PRAGMA query_only = ON')
      this.#version = readingCapture(file, () => this.#versionOf(file))
      this.#columns = exchangeColumnsOf(this.#version)
    } catch (thrown) {
      this.#database.close()
      throw thrown
    }
    this.#segments = new SegmentReader(file)
    this.#pictures = new ActivityPictures(this.#database)
    this.#loader = new RunLoader(this.#database, this.#segments)
  }

  /** A view of what stands in the file; nothing is matched yet. Throws `filter-invalid`, `request-invalid`. */
  view(spec: ViewSpec): View {
    const filter = this.#filter(spec.filter)
    if (spec.kind === 'exchanges') return new ExchangesView(filter, spec.order, this.#version, this.#database, this.#segments, this.#nowUs)
    if (spec.kind === 'logs') return new LogsView(filter, spec.of ?? null, spec.order, this.#columns, this.#database, this.#nowUs)
    if (spec.of === undefined) throw new SwitchyardError('request-invalid', 'A view of frames is of one exchange: of is missing.')
    const exchange = this.#exchange(spec.of)
    const ofExchange = filter.filter((term) => !isFrameTerm(term))
    const whole = ofExchange.length === 0 || (exchange !== undefined && exchangeMatches(ofExchange, exchange, this.#nowUs()))
    return new FramesView({
      exchange: spec.of,
      filter: whole ? filter.filter(isFrameTerm) : null,
      order: spec.order,
      hides: spec.hide === 'heartbeats',
      judges: {
        loader: this.#loader,
        heartbeats: new Heartbeats(exchange ?? { target: '', subprotocol: '' }, this.#loader),
        troubles: new FrameTroubles(exchange?.extensions ?? '', this.#loader)
      },
      database: this.#database
    })
  }

  counts(): CaptureCounts {
    const [exchanges, tunnels, frames, missedFrames, missedBytes] = this.#rows(
      `SELECT count(*), coalesce(sum(tunnel_at > 0 AND state = 'open'), 0), coalesce(sum(frames_client + frames_server), 0),
       coalesce(sum(missed_frames), 0), coalesce(sum(missed_bytes), 0) FROM exchanges`
    )[0] as readonly number[] as [number, number, number, number, number]
    const logs = this.#rows('SELECT coalesce(max(id) - min(id) + 1, 0) FROM logs')[0]?.[0] as number
    return { exchanges, tunnels, frames, logs, missedFrames, missedBytes }
  }

  /** Asked four times a second: SQLite counts the entries of the index by batch, 2 to 4 ms at a million. */
  exchangeTotal(): number {
    return this.#rows('SELECT count(*) FROM exchanges')[0]?.[0] as number
  }

  /** Throws `request-invalid` for an exchange that there isn't. */
  exchange(id: number): ExchangeDetail {
    const exchange = this.#exchange(id)
    if (exchange === undefined) throw new SwitchyardError('request-invalid', `There is no exchange ${id} in this capture.`)
    const connection = this.#rows('SELECT listener, client, tls, failure FROM connections WHERE id = ?', exchange.connection)[0]
    return {
      exchange,
      connection: connection === undefined ? null : connectionOf(connection),
      heads: this.#rows('SELECT side, stage, at, bytes FROM heads WHERE exchange = ? ORDER BY id', id).map(headRecord),
      attempts: this.#rows('SELECT at, json FROM attempts WHERE exchange = ? ORDER BY id', id).map(noteOf),
      decisions: this.#rows('SELECT at, json FROM decisions WHERE exchange = ? ORDER BY id', id).map(noteOf),
      gaps: this.#rows('SELECT side, at, lost_frames, lost_bytes FROM gaps WHERE exchange = ? ORDER BY id', id).map(gapOf)
    }
  }

  /** null: there is no such exchange (any more). @param live somebody writes the file: what is open goes on until now. */
  activity(exchange: number, bins: number, live: boolean): Activity | null {
    const row = this.#exchange(exchange)
    return row === undefined ? null : this.#pictures.of(row, bins, live ? this.#nowUs() : null)
  }

  /** A piece of a frame's payload; at most {@link maxPieceBytes}. Throws `request-invalid` where there is no such frame. */
  frameBody(exchange: number, from: 'client' | 'server', number: number, offset: number, length: number, form: BodyForm): BodyPiece {
    const place = this.#place(exchange, sideOf(from), number)
    if (place === undefined)
      throw new SwitchyardError('request-invalid', `Exchange ${exchange} has no frame ${number} from the ${from} in this capture.`)
    const { payload, text } = this.#loader.content(place.run, place.at)
    const { maskKey, length: onWire } = entryOf(place)
    const piece = form === 'inflated' ? pieceOf(text, text.length, offset, length) : pieceOf(payload, onWire, offset, length)
    if (form === 'wire' && maskKey !== null) unmask(piece.bytes, 0, piece.bytes.length, maskKey, piece.offset)
    return piece
  }

  /** A piece of what was kept of a body, as unframed; at most {@link maxPieceBytes}. */
  httpBody(exchange: number, from: 'client' | 'server', offset: number, length: number): BodyPiece {
    const rows = this.#rows(
      'SELECT segment, position, length, data FROM bodies WHERE exchange = ? AND stage = 0 AND side = ? ORDER BY start',
      exchange,
      sideOf(from)
    )
    const pieces = rows.map(
      ([segment, position, bytes, data]) =>
        (data as Buffer | null) ?? this.#segments.read(segment as number, position as number, bytes as number)
    )
    const row = this.#exchange(exchange)
    const total = (from === 'client' ? row?.bytesClient : row?.bytesServer) ?? 0
    return pieceOf(Buffer.concat(pieces), total, offset, length)
  }

  config(run: number, generation: number): unknown {
    const row = this.#rows('SELECT json FROM configs WHERE run = ? AND generation = ? ORDER BY id DESC LIMIT 1', run, generation)[0]
    return row === undefined ? null : JSON.parse(row[0] as string)
  }

  /** Exchanges one after the other, by id, without holding them all; all of them, or those of `ids` that there are. */
  *exchanges(ids: readonly number[] | null = null): Generator<ExchangeRow> {
    if (ids !== null) {
      for (const id of [...new Set(ids)].sort((a, b) => a - b)) {
        const row = this.#exchange(id)
        if (row !== undefined) yield row
      }
      return
    }
    for (let last = 0; ;) {
      const rows = this.#rows(`SELECT ${this.#columns} FROM exchanges WHERE id > ? ORDER BY id LIMIT 256`, last)
      yield* rows.map((values) => exchangeRow(values))
      if (rows.length < 256) return
      last = rows.at(-1)?.[0] as number
    }
  }

  close(): void {
    this.#segments.close()
    this.#database.close()
  }

  /** Where a frame stands. The index of a tunnel is kept for the next question, and brought up to date when it has no answer. */
  #place(exchange: number, side: From, number: number): FramePlace | undefined {
    let index = this.#tunnels.get(exchange)
    if (index === undefined) this.#tunnels.set(exchange, (index = new TunnelIndex(exchange, this.#database, this.#loader)), 1)
    return index.numbered(side, number) ?? (index.refresh() ? index.numbered(side, number) : undefined)
  }

  #filter(text: string): Filter {
    const parsed = parseFilter(text, this.#nowUs())
    if ('filter' in parsed) return parsed.filter
    const { message, hint, start, end } = parsed.fault
    throw new SwitchyardError(
      'filter-invalid',
      `The filter is wrong at ${start + 1}: ${JSON.stringify(text.slice(start, end))}. ${message}`,
      { hint }
    )
  }

  #exchange(id: number): ExchangeRow | undefined {
    const values = this.#rows(`SELECT ${this.#columns} FROM exchanges WHERE id = ?`, id)[0]
    return values === undefined ? undefined : exchangeRow(values)
  }

  /** Throws where it is no capture, or one of a later version. An earlier one is read as it is. */
  #versionOf(file: string): number {
    if (this.#rows('PRAGMA application_id')[0]?.[0] !== applicationId) {
      throw new SwitchyardError('capture-unknown', `${file} is no capture of Switchyard.`, {
        hint: 'Give the path of a capture, its name, or last.'
      })
    }
    const version = Number(this.#rows('PRAGMA user_version')[0]?.[0])
    if (version <= schemaVersion) return version
    throw new SwitchyardError('version-mismatch', `${file} has capture version ${version}, this program reads ${schemaVersion}.`, {
      hint: 'Update Switchyard to open it.'
    })
  }

  #rows(sql: string, ...parameters: SqlValue[]): SqlRow[] {
    let statement = this.#statements.get(sql)
    if (statement === undefined) this.#statements.set(sql, (statement = this.#database.prepare(sql)))
    return statement.all(...parameters)
  }
}

function pieceOf(bytes: Buffer, total: number, offset: number, length: number): BodyPiece {
  const from = Math.min(Math.max(0, Math.floor(offset)), bytes.length)
  // A buffer of its own: a view would drag the whole along when it is cloned.
  const piece = new Uint8Array(bytes.subarray(from, from + Math.min(Math.max(0, length), maxPieceBytes)))
  return { offset: from, total: Math.max(total, bytes.length), kept: bytes.length, bytes: piece }
}
function headRecord([side, stage, atUs, bytes]: SqlRow): HeadRecord {
  return {
    from: fromOf(side),
    stage: stage === 0 ? 'in' : 'out',
    atUs: atUs as number,
    ...headText(bytes as Buffer),
    bytes: new Uint8Array(bytes as Buffer)
  }
}
function noteOf([atUs, json]: SqlRow): { atUs: number; note: unknown } {
  return { atUs: atUs as number, note: JSON.parse(json as string) }
}
function gapOf([side, atUs, lostFrames, lostBytes]: SqlRow): ExchangeDetail['gaps'][number] {
  return { from: fromOf(side), atUs: atUs as number, lostFrames: lostFrames as number, lostBytes: lostBytes as number }
}
function connectionOf([listener, client, tls, failure]: SqlRow): ExchangeDetail['connection'] {
  return {
    listener: String(listener ?? ''),
    client: String(client ?? ''),
    tls: tls === null ? null : JSON.parse(tls as string),
    failure: failure as string | null
  }
}
