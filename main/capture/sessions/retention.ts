import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Lock, isLocked, lockFile } from './lock-file.js'
import { removeSession, sessionExtension, sessionSize } from './session-files.js'

/** How much of the past is kept, over all sessions of a folder. Infinity: no bound. */
export interface RetentionLimits {
  readonly maxBytes: number
  readonly maxAgeMs: number
}
export const defaultRetention: RetentionLimits = { maxBytes: 4 * 1024 ** 3, maxAgeMs: 14 * 86_400_000 }

/**
 * Removes sessions that are too old, then the oldest until the rest fits. One that is in use is never removed, but
 * counts. Done by whoever gets the folder's lock; nothing, where somebody else is at it. Returns the names removed.
 */
export function retain(folder: string, limits: RetentionLimits, nowMs: number): string[] {
  const lock = tryLock(join(folder, 'retention'))
  if (lock === null) return []
  try {
    return removeBeyond(folder, limits, nowMs)
  } finally {
    lock.release()
  }
}

function removeBeyond(folder: string, limits: RetentionLimits, nowMs: number): string[] {
  const sessions = readdirSync(folder)
    .filter((name) => name.endsWith(sessionExtension))
    .map((name) => ({ name, file: join(folder, name), ...sessionSize(join(folder, name)) }))
    .sort((a, b) => a.changedAtMs - b.changedAtMs)
  let total = sessions.reduce((sum, { bytes }) => sum + bytes, 0)
  const removed: string[] = []
  for (const { name, file, bytes, changedAtMs } of sessions) {
    if (nowMs - changedAtMs <= limits.maxAgeMs && total <= limits.maxBytes) continue
    if (!removeUnlocked(file)) continue
    removed.push(name)
    total -= bytes
  }
  return removed
}

/** Removes a session under its own lock, so that nobody begins to use what is being removed. @returns false: somebody uses it. */
export function removeUnlocked(file: string): boolean {
  if (isLocked(file)) return false
  const lock = tryLock(file)
  if (lock === null) return false
  try {
    removeSession(file)
  } finally {
    lock.release()
  }
  return true
}

function tryLock(file: string): Lock | null {
  try {
    return lockFile(file)
  } catch {
    return null
  }
}
