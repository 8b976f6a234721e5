import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { SwitchyardError } from '../../../shared/errors.js'
import { processStart } from './process-start.js'

/** Who holds a lock: a process by its id and the time it began, since ids are used again. */
interface Holder {
  readonly pid: number
  readonly started: string
}
export interface Lock {
  /** Idempotent. */
  release(): void
}

export const lockPath = (file: string): string => `${file}.lock`

/** Locks a file for this process, taking over what a dead one left. Throws `capture-locked` where a living one has it. */
export function lockFile(file: string): Lock {
  const path = lockPath(file)
  for (let attempt = 0; attempt < 5; attempt++) {
    if (create(path)) return { release: () => releaseOwn(path) }
    const holder = holderOf(path)
    if (holder !== null) throw locked(file, holder)
    rmSync(path, { force: true })
  }
  throw locked(file, null)
}

/** Whether a living process, this one included, holds a lock on the file. */
export function isLocked(file: string): boolean {
  return holderOf(lockPath(file)) !== null
}

/** Whole or not at all: a lock that could be seen half written would look stale. */
function create(path: string): boolean {
  const own: Holder = { pid: process.pid, started: processStart(process.pid) ?? '' }
  const draft = `${path}.${process.pid}-${Math.random().toString(36).slice(2)}`
  try {
    writeFileSync(draft, JSON.stringify(own), { mode: 0o600 })
    linkSync(draft, path)
    return true
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return false
    // A file system without links (FAT, some network ones).
    return createExclusively(path, own)
  } finally {
    rmSync(draft, { force: true })
  }
}

function createExclusively(path: string, own: Holder): boolean {
  try {
    writeFileSync(path, JSON.stringify(own), { flag: 'wx', mode: 0o600 })
    return true
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw thrown
  }
}

function holderOf(path: string): Holder | null {
  try {
    const holder = JSON.parse(readFileSync(path, 'utf8')) as Partial<Holder>
    if (typeof holder.pid !== 'number' || typeof holder.started !== 'string') return null
    return processStart(holder.pid) === holder.started ? { pid: holder.pid, started: holder.started } : null
  } catch {
    return null
  }
}

function releaseOwn(path: string): void {
  if (holderOf(path)?.pid === process.pid) rmSync(path, { force: true })
}

function locked(file: string, holder: Holder | null): SwitchyardError {
  const who = holder === null ? 'another process' : `process ${holder.pid}`
  return new SwitchyardError('capture-locked', `The capture ${file} is in use by ${who}.`, {
    hint: 'Stop that Switchyard first, or capture to another file.'
  })
}
