import { SqlDatabase } from '../../../main/capture/store/sqlite.js'

/** The statements of the first release, as they were: a copy, so that nobody changes what made files that exist. */
export const version1 = `
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

/** Makes a capture as version 1 did, with one exchange that went somewhere and one that is open. */
export function makeVersion1(file: string): void {
  const database = new SqlDatabase(file)
  database.exec('PRAGMA page_size = 8192')
  database.exec('PRAGMA journal_mode = WAL')
  database.exec(`BEGIN IMMEDIATE; ${version1}; PRAGMA application_id = ${0x53776370}; PRAGMA user_version = 1; COMMIT`)
  database.prepare("INSERT INTO meta (key, value) VALUES ('runs', '1')").run()
  const config = {
    generation: 1,
    dialect: 'apache',
    files: [],
    directives: [{ text: 'ProxyPass /a http://b/', file: 'site.conf', line: 3 }]
  }
  database.prepare('INSERT INTO configs (run, generation, at, json) VALUES (1, 1, 1000, ?)').run(JSON.stringify(config))
  const insert = database.prepare(`INSERT INTO exchanges (
    id, run, connection, number, generation, scheme, method, host, target, client, status, state, ended, opened_at, ended_at,
    tunnel_at, websocket, subprotocol, extensions, frames_client, frames_server, bytes_client, bytes_server, close_client,
    close_server, ended_by, opcodes, missed_frames, missed_bytes, address, cause, batch)
    VALUES (?, 1, 1, 1, 1, 'http', 'GET', 'example.test', '/a', '127.0.0.1:5', 200, ?, ?, 1000, 2000, 0, 0, '', '', 0, 0, 3, 4, 0, 0, '', 0, 0, 0, '', '', 1)`)
  insert.run(1, 'closed', 'complete')
  insert.run(2, 'open', '')
  database
    .prepare('INSERT INTO decisions (exchange, at, json) VALUES (1, 1000, ?)')
    .run(JSON.stringify({ generation: 1, took: [0], missed: [] }))
  database.close()
}
