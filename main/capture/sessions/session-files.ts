import { readdirSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/**
 * A session is one database, named by its start in UTC, with its companions beside it, as SQLite itself does it: the
 * write-ahead log, its index, segments, and the lock. `.swycap` is nobody else's, so a desktop can be told what to open
 * it with, and the companions sort behind it.
 */
export const sessionExtension = '.swycap'
const companion = /^(?:-wal|-shm|-seg\d+|\.lock)$/

/** `2026-11-24T12-30-05Z.swycap`: sorts by time, and has no char that a file system refuses. */
export function sessionName(startedAtMs: number): string {
  return `${new Date(startedAtMs).toISOString().slice(0, 19).replaceAll(':', '-')}Z${sessionExtension}`
}

/** When a session of this name began, null where the name does not tell. */
export function startOf(name: string): number | null {
  const [, date, hours, minutes, seconds] = /^(\d{4}-\d{2}-\d{2})T(\d{2})-(\d{2})-(\d{2})Z/.exec(name) ?? []
  return date === undefined ? null : Date.parse(`${date}T${hours}:${minutes}:${seconds}Z`)
}

/** Whether a file of this name is a session's database, or stands beside one. */
export function isSessionFile(name: string): boolean {
  const at = name.lastIndexOf(sessionExtension)
  const behind = at < 0 ? null : name.slice(at + sessionExtension.length)
  return behind === '' || (behind !== null && companion.test(behind))
}

/** The database and all that stands beside it. */
export function sessionFiles(file: string): string[] {
  const folder = dirname(file)
  const name = basename(file)
  return readdirSync(folder)
    .filter((entry) => entry === name || (entry.startsWith(name) && companion.test(entry.slice(name.length))))
    .map((entry) => join(folder, entry))
}

/** Size on disk, and when it was last written. Files that go away meanwhile count nothing. */
export function sessionSize(file: string): { readonly bytes: number; readonly changedAtMs: number } {
  let bytes = 0
  let changedAtMs = 0
  for (const path of sessionFiles(file)) {
    const facts = statSync(path, { throwIfNoEntry: false })
    bytes += facts?.size ?? 0
    changedAtMs = Math.max(changedAtMs, facts?.mtimeMs ?? 0)
  }
  return { bytes, changedAtMs }
}

/** Removes a session. The database goes first: what is left of an interrupted removal is no session any more. */
export function removeSession(file: string): void {
  const files = sessionFiles(file)
  for (const path of files.sort((a, b) => a.length - b.length)) rmSync(path, { force: true })
}
