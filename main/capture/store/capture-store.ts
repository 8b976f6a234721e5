import { closeSync, openSync, readdirSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { SwitchyardError } from '../../../shared/errors.js'
import type { ConfigNote, ConnectionEnd, ConnectionNote, From, Stage } from '../../../shared/records.js'
import type { LogEntry } from '../../../shared/steps.js'
import { whySystemRefused } from '../../../shared/system-error.js'
import { type ExchangeRow, exchangeColumns, exchangeValues } from './exchange-row.js'
import { readingCapture, refuseUnreadable } from './foreign-file.js'
import { prepareSchema } from './schema.js'
import { SegmentWriter } from './segments.js'
import { SqlDatabase, type SqlStatement, type SqlValue } from './sqlite.js'
import type { Run } from './run-index.js'

/** Where a capture that goes on stands. */
export interface StoreStart {
  /** Which start of the engine this is, from 1. */
  readonly run: number
  /** Exchanges and connections number on from here. */
  readonly nextExchange: number
  readonly nextConnection: number
  /** Exchanges that an earlier start left open; they are `lost` now. */
  readonly lost: number
}

/** Rows that go in with one statement. */
const rowsAtOnce = 16

/**
 * The writing side of a capture file. Everything between two {@link commit}s is one transaction; segments are written
 * before it commits, so no row points at bytes that are not in a file.
 */
export class CaptureStore {
  readonly start: StoreStart
  readonly segments: SegmentWriter
  readonly #database: SqlDatabase
  readonly #statements = new Map<string, SqlStatement>()
  readonly #queues = new Map<string, SqlValue[]>()
  #inTransaction = false
  #nextRun: number
  #batch: number
  #nextLog: number

  /** Opens a capture, new or to be continued. Throws `capture-unwritable`, `capture-unknown`, `version-mismatch`. */
  constructor(file: string, segmentLimitBytes?: number) {
    makePrivate(file)
    refuseUnreadable(file)
    this.#database = readingCapture(file, () => new SqlDatabase(file))
    try {
      readingCapture(file, () => prepareSchema(this.#database, file))
    } catch (thrown) {
      this.#database.close()
      throw thrown
    }
    this.segments = new SegmentWriter(file, lastSegment(file) + 1, segmentLimitBytes)
    this.#nextRun = this.#number('SELECT coalesce(max(id), 0) + 1 FROM runs')
    this.#batch = this.#number('SELECT coalesce(max(batch), 0) + 1 FROM exchanges')
    this.#nextLog = this.#number('SELECT coalesce(max(id), 0) + 1 FROM logs')
    this.start = this.#takeUp()
  }

  /** While set nothing is written. What should be told of it later is for who sends it to remember. */
  paused = false

  /** Number of the batch that is being written. */
  get batch(): number {
    return this.#batch
  }
  nextRunId(): number {
    return this.#nextRun++
  }

  putExchange(row: ExchangeRow): void {
    row.batch = this.#batch
    this.#insert('INSERT OR REPLACE INTO exchanges', exchangeColumns, exchangeValues(row))
  }
  putRun(exchange: number, side: From, stage: Stage, run: Run): void {
    const { id, first, count, firstOrder, lastOrder, beganAtUs, segment, frames, payload } = run
    this.#run(
      `INSERT OR REPLACE INTO runs (id, exchange, side, stage, first, count, first_order, last_order, began_at, segment, frames, payload)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[id, exchange, side, stage, first, count, firstOrder, lastOrder, beganAtUs, segment, frames, payload]
    )
  }
  addHead(exchange: number, side: From, stage: Stage, atUs: number, bytes: Uint8Array): void {
    this.#insert('INSERT INTO heads', 'exchange, side, stage, at, bytes', [exchange, side, stage, Math.round(atUs), bytes])
  }
  addNote(table: 'attempts' | 'decisions', exchange: number, atUs: number, note: object): void {
    this.#insert(`INSERT INTO ${table}`, 'exchange, at, json', [exchange, Math.round(atUs), JSON.stringify(note)])
  }
  /** A stretch of a body; `data` null: it stands in the segment at `position`. */
  addBody(
    exchange: number,
    side: From,
    stage: Stage,
    start: number,
    atUs: number,
    length: number,
    place: { segment: number; position: number; data: Uint8Array | null }
  ): void {
    // Copied: what is handed in is memory that is used again.
    const data = place.data === null ? null : Buffer.from(place.data)
    this.#insert('INSERT INTO bodies', 'exchange, side, stage, start, length, at, segment, position, data', [
      ...[exchange, side, stage, start, length, Math.round(atUs), place.segment, place.position, data]
    ])
  }
  addGap(exchange: number, side: From, atUs: number, beforeOrder: number, lostFrames: number, lostBytes: number): void {
    this.#run(
      'INSERT INTO gaps (exchange, side, at, before_order, lost_frames, lost_bytes) VALUES (?, ?, ?, ?, ?, ?)',
      ...[exchange, side, Math.round(atUs), beforeOrder, lostFrames, lostBytes]
    )
  }
  openConnection(connection: number, atUs: number, note: ConnectionNote): void {
    this.#run(
      'INSERT OR REPLACE INTO connections (id, run, listener, client, tls, opened_at) VALUES (?, ?, ?, ?, ?, ?)',
      ...[connection, this.start.run, note.listener, note.client, note.tls === null ? null : JSON.stringify(note.tls), Math.round(atUs)]
    )
  }
  closeConnection(connection: number, atUs: number, end: ConnectionEnd): void {
    this.#run('UPDATE connections SET closed_at = ?, failure = ? WHERE id = ?', Math.round(atUs), end.failure ?? null, connection)
  }
  addLog(exchange: number, connection: number, atUs: number, entry: LogEntry): void {
    const { level, source, code, message } = entry
    this.#insert('INSERT INTO logs', 'id, at, level, source, code, message, exchange, connection', [
      ...[this.#nextLog++, Math.round(atUs), level, source, code, message, exchange, connection]
    ])
  }
  addConfig(atUs: number, note: ConfigNote): void {
    this.#run(
      'INSERT INTO configs (run, generation, at, json) VALUES (?, ?, ?, ?)',
      this.start.run,
      note.generation,
      Math.round(atUs),
      JSON.stringify(note)
    )
  }
  /** Keeps the last `lines` log lines, but for a tenth of slack so that not each batch deletes. */
  trimLogs(lines: number): void {
    const first = this.#number('SELECT coalesce(min(id), 0) FROM logs')
    if (this.#nextLog - first > lines * 1.1) this.#run('DELETE FROM logs WHERE id < ?', this.#nextLog - lines)
  }
  setMeta(key: string, value: string): void {
    this.#run('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)', key, value)
  }

  /** Copies what stands beside exchanges that go on in another file: connections, heads, notes, and the configs of this start. */
  carryOver(exchanges: readonly number[], target: CaptureStore): void {
    for (const [table, key, columns] of carriedTables) {
      const insert = `INSERT OR IGNORE INTO ${table} (${columns}) VALUES (${columns.replace(/\w+/g, '?')})`
      const select = this.#statement(`SELECT ${columns} FROM ${table} WHERE ${key}`)
      for (const exchange of exchanges) for (const row of select.all(exchange)) target.#run(insert, ...row)
    }
    for (const row of this.#statement('SELECT generation, at, json FROM configs WHERE run = ?').all(this.start.run)) {
      target.#run('INSERT INTO configs (run, generation, at, json) VALUES (?, ?, ?, ?)', target.start.run, ...row)
    }
  }

  /** Makes everything since the last commit durable against the death of this process. Throws when the disk is full: then {@link giveUp}. */
  commit(): void {
    if (this.paused) return this.segments.abandon()
    this.#flushQueues()
    this.segments.flush()
    if (this.#inTransaction) this.#database.exec('COMMIT')
    this.#inTransaction = false
    this.#batch++
  }
  /** Drops everything since the last commit; the store can be written to again. */
  giveUp(): void {
    if (this.#inTransaction) this.#rollBack()
    this.#inTransaction = false
    this.#queues.clear()
    this.segments.abandon()
  }
  close(): void {
    this.segments.close()
    this.#database.makeWhole()
    this.#database.close()
  }

  #rollBack(): void {
    try {
      this.#database.exec('ROLLBACK')
    } catch {
      // SQLite rolls back by itself where the disk is full, and then says that there is nothing to roll back.
    }
  }

  #takeUp(): StoreStart {
    const run = this.#number("SELECT coalesce((SELECT value FROM meta WHERE key = 'runs'), 0) + 1")
    const lastUs = this.#number(
      'SELECT coalesce(max(at), 0) FROM (SELECT max(opened_at) AS at FROM exchanges UNION ALL SELECT max(began_at) FROM runs)'
    )
    const lost = this.#run(
      "UPDATE exchanges SET state = 'lost', ended = 'lost', ended_at = max(opened_at, ?), batch = ? WHERE state = 'open'",
      lastUs,
      this.#batch
    )
    this.setMeta('runs', String(run))
    this.commit()
    return {
      run,
      nextExchange: this.#number('SELECT coalesce(max(id), 0) + 1 FROM exchanges'),
      nextConnection: this.#number(
        'SELECT coalesce(max(id), 0) + 1 FROM (SELECT max(id) AS id FROM connections UNION ALL SELECT max(connection) FROM exchanges)'
      ),
      lost
    }
  }

  /** Takes a row for the batch: several go in with one statement, which halves what each costs. Values must not change any more. */
  #insert(insert: string, columns: string, values: readonly SqlValue[]): void {
    if (this.paused) return
    const key = `${insert} (${columns})`
    const queue = this.#queues.get(key) ?? []
    this.#queues.set(key, queue)
    queue.push(...values)
    if (queue.length >= rowsAtOnce * values.length) this.#flushQueue(key, queue, values.length)
  }

  #flushQueue(key: string, queue: SqlValue[], width: number): void {
    const places = `(${Array.from({ length: width }, () => '?').join(', ')})`
    const rows = queue.length / width
    this.#queues.set(key, [])
    // Two shapes of each statement, so that few are prepared: a full one, and one row.
    if (rows === rowsAtOnce) this.#run(`${key} VALUES ${Array.from({ length: rows }, () => places).join(', ')}`, ...queue)
    else for (let at = 0; at < queue.length; at += width) this.#run(`${key} VALUES ${places}`, ...queue.slice(at, at + width))
  }

  #flushQueues(): void {
    for (const [key, queue] of this.#queues) if (queue.length > 0) this.#flushQueue(key, queue, key.split(',').length)
  }

  #run(sql: string, ...parameters: (null | number | string | Uint8Array)[]): number {
    if (this.paused) return 0
    if (!this.#inTransaction) this.#database.exec('BEGIN IMMEDIATE')
    this.#inTransaction = true
    return this.#statement(sql).run(...parameters)
  }
  #number(sql: string): number {
    return Number(this.#statement(sql).first()?.[0] ?? 0)
  }
  #statement(sql: string): SqlStatement {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const statement = this.#database.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }
}

/** Makes the file, if it isn't there, for its owner alone: cookies and tokens stand in it. SQLite gives its companions the same mode. */
function makePrivate(file: string): void {
  try {
    closeSync(openSync(file, 'a', 0o600))
  } catch (thrown) {
    throw new SwitchyardError('capture-unwritable', `The capture ${file} cannot be written: ${whySystemRefused(thrown)}.`, {
      hint: 'Choose another file, or another folder with --data.',
      cause: thrown
    })
  }
}

/** What goes along with an exchange: table, which rows (by the exchange's id), columns. */
const carriedTables = [
  ['connections', 'id = (SELECT connection FROM exchanges WHERE id = ?)', 'id, run, listener, client, tls, opened_at'],
  ['heads', 'exchange = ?', 'exchange, side, stage, at, bytes'],
  ['attempts', 'exchange = ?', 'exchange, at, json'],
  ['decisions', 'exchange = ?', 'exchange, at, json']
] as const

/** Highest number of a segment file beside a capture, 0 where there is none. */
function lastSegment(file: string): number {
  const prefix = `${basename(file)}-seg`
  const numbers = readdirSync(dirname(file))
    .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)))
  return Math.max(0, ...numbers)
}
