import { SwitchyardError } from '../../../shared/errors.js'
import type { SqlDatabase } from './sqlite.js'

/**
 * The capture's tables. Why they look as they do stands in docs/decisions/0004-capture-schema.md. Times are µs since the
 * epoch, as integers; `side` is 0 client, 1 server; `stage` is 0 as received, 1 as sent on after a change.
 */
const version1 = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE configs (
  id INTEGER PRIMARY KEY, run INTEGER NOT NULL, generation INTEGER NOT NULL, at INTEGER NOT NULL, json TEXT NOT NULL);
CREATE TABLE connections (
  id INTEGER PRIMARY KEY, run INTEGER NOT NULL, listener TEXT, client TEXT, tls TEXT, opened_at INTEGER, closed_at INTEGER, failure TEXT);
CREATE TABLE exchanges (
  id INTEGER PRIMARY KEY, run INTEGER NOT NULL, connection INTEGER NOT NULL, number INTEGER NOT NULL, generation INTEGER NOT NULL,
  scheme TEXT NOT NULL, method TEXT NOT NULL, host TEXT NOT NULL, target TEXT NOT NULL, client TEXT NOT NULL,
  status INTEGER NOT NULL, state TEXT NOT NULL, ended TEXT NOT NULL, opened_at INTEGER NOT NULL, ended_at INTEGER NOT NULL,
  tunnel_at INTEGER NOT NULL, websocket INTEGER NOT NULL, subprotocol TEXT NOT NULL, extensions TEXT NOT NULL,
  frames_client INTEGER NOT NULL, frames_server INTEGER NOT NULL, bytes_client INTEGER NOT NULL, bytes_server INTEGER NOT NULL,
  close_client INTEGER NOT NULL, close_server INTEGER NOT NULL, ended_by TEXT NOT NULL, opcodes INTEGER NOT NULL,
  missed_frames INTEGER NOT NULL, missed_bytes INTEGER NOT NULL, address TEXT NOT NULL, cause TEXT NOT NULL, batch INTEGER NOT NULL);
CREATE INDEX exchanges_batch ON exchanges (batch);
CREATE TABLE heads (
  id INTEGER PRIMARY KEY, exchange INTEGER NOT NULL, side INTEGER NOT NULL, stage INTEGER NOT NULL, at INTEGER NOT NULL, bytes BLOB NOT NULL);
CREATE INDEX heads_exchange ON heads (exchange);
CREATE TABLE attempts (id INTEGER PRIMARY KEY, exchange INTEGER NOT NULL, at INTEGER NOT NULL, json TEXT NOT NULL);
CREATE INDEX attempts_exchange ON attempts (exchange);
CREATE TABLE decisions (id INTEGER PRIMARY KEY, exchange INTEGER NOT NULL, at INTEGER NOT NULL, json TEXT NOT NULL);
CREATE INDEX decisions_exchange ON decisions (exchange);
CREATE TABLE bodies (
  id INTEGER PRIMARY KEY, exchange INTEGER NOT NULL, side INTEGER NOT NULL, stage INTEGER NOT NULL, start INTEGER NOT NULL,
  length INTEGER NOT NULL, at INTEGER NOT NULL, segment INTEGER NOT NULL, position INTEGER NOT NULL, data BLOB);
CREATE INDEX bodies_exchange ON bodies (exchange, stage, side, start);
CREATE TABLE runs (
  id INTEGER PRIMARY KEY, exchange INTEGER NOT NULL, side INTEGER NOT NULL, stage INTEGER NOT NULL,
  first INTEGER NOT NULL, count INTEGER NOT NULL, first_order INTEGER NOT NULL, last_order INTEGER NOT NULL,
  began_at INTEGER NOT NULL, segment INTEGER NOT NULL, frames BLOB NOT NULL, payload BLOB NOT NULL);
CREATE INDEX runs_exchange ON runs (exchange, stage, side, first);
CREATE TABLE gaps (
  id INTEGER PRIMARY KEY, exchange INTEGER NOT NULL, side INTEGER NOT NULL, at INTEGER NOT NULL, before_order INTEGER NOT NULL,
  lost_frames INTEGER NOT NULL, lost_bytes INTEGER NOT NULL);
CREATE INDEX gaps_exchange ON gaps (exchange, side);
CREATE TABLE logs (
  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, level TEXT NOT NULL, source TEXT NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL,
  exchange INTEGER NOT NULL, connection INTEGER NOT NULL);
`

/** Where the directive stands that routed an exchange. */
const version2 = `
ALTER TABLE exchanges ADD COLUMN route_file TEXT NOT NULL DEFAULT '';
ALTER TABLE exchanges ADD COLUMN route_line INTEGER NOT NULL DEFAULT 0;
`

/** Whether a WebSocket was asked for: one that was refused is none otherwise. What was refused before stays a plain request. */
const version3 = `
ALTER TABLE exchanges ADD COLUMN handshake INTEGER NOT NULL DEFAULT 0;
UPDATE exchanges SET handshake = websocket;
`

/** One entry a version: what makes of version n the version n + 1. Entries are never changed once a release had them. */
export const migrations: readonly string[] = [version1, version2, version3]

/** Version of the schema that this program writes. */
export const schemaVersion = migrations.length

/** `Swcp`: tells a capture from other databases (SQLite's application_id). */
export const applicationId = 0x53776370

const pageBytes = 8192
/** 16 MiB: a checkpoint writes through to the disk, so not every 4 MiB. */
const checkpointPages = 2048

/**
 * Makes the tables, or brings an older capture up to date, and sets WAL. Throws `version-mismatch` for a file of a later
 * version and `capture-unknown` for a database that is no capture.
 */
export function prepareSchema(database: SqlDatabase, path: string): void {
  database.exec(`PRAGMA page_size = ${pageBytes}`)
  const version = pragmaNumber(database, 'user_version')
  const application = pragmaNumber(database, 'application_id')
  const empty = database.prepare('SELECT count(*) FROM sqlite_master').first()?.[0] === 0
  refuseForeign(path, version, application, empty)
  database.exec('PRAGMA journal_mode = WAL')
  database.exec('PRAGMA synchronous = NORMAL')
  database.exec(`PRAGMA wal_autocheckpoint = ${checkpointPages}`)
  if (version === schemaVersion) return
  database.exec(
    `BEGIN IMMEDIATE; ${migrations.slice(version).join(';')}; PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion}; COMMIT`
  )
}

function refuseForeign(path: string, version: number, application: number, empty: boolean): void {
  if (version > schemaVersion) {
    throw new SwitchyardError(
      'version-mismatch',
      `${path} was written by a later version of Switchyard (capture version ${version}, this one knows ${schemaVersion}).`,
      {
        hint: 'Update Switchyard to open it.'
      }
    )
  }
  if (!empty && application !== applicationId) {
    throw new SwitchyardError('capture-unknown', `${path} is a database, but no capture of Switchyard.`, {
      hint: 'Choose another file; this one was not touched.'
    })
  }
}

function pragmaNumber(database: SqlDatabase, name: string): number {
  return Number(database.prepare(`PRAGMA ${name}`).first()?.[0] ?? 0)
}
