import { createHash } from 'node:crypto'
import { accessSync, closeSync, constants, fchmodSync, fchownSync, fsyncSync, ftruncateSync, openSync, realpathSync } from 'node:fs'
import { renameSync, rmSync, statSync, writeSync } from 'node:fs'
import type { Stats } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { SwitchyardError } from '../../../shared/errors.js'
import { readBounded } from '../read-bounded.js'

/** What a path holds just now. */
export interface DiskFile {
  readonly bytes: Buffer
  readonly hash: string
}

export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** null: it is not there, is no file that can be read twice, may not be read, or is larger than a config can be. */
export function readDisk(path: string): DiskFile | null {
  try {
    if (!statSync(path).isFile()) return null
    const bytes = Buffer.from(readBounded(path), 'latin1')
    return { bytes, hash: hashOf(bytes) }
  } catch {
    return null
  }
}

/** Whether a save could end well: the file takes bytes, or its folder takes another file. */
export function isWritable(path: string): boolean {
  const facts = statSync(path, { throwIfNoEntry: false })
  if (facts !== undefined && !facts.isFile()) return false
  return may(facts === undefined ? dirname(path) : path)
}
function may(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/**
 * Writes a file whole: whoever reads it sees the old one or the new one. Mode and owner stay, a link stays one. Where
 * that cannot be (the folder takes no file, the owner would be another, the file has a second name) it is written in place.
 * @throws SwitchyardError `file-unwritable`
 */
export function writeDisk(path: string, bytes: Uint8Array): void {
  try {
    const target = realPath(path)
    const facts = statSync(target, { throwIfNoEntry: false })
    if (facts !== undefined && !facts.isFile()) throw new Error('it is no file')
    // A folder that may be written lets a file be replaced that may not.
    if (facts !== undefined) accessSync(target, constants.W_OK)
    if (facts !== undefined && facts.nlink > 1) writeInPlace(target, bytes)
    else if (!replaced(target, bytes, facts)) writeInPlace(target, bytes)
  } catch (thrown) {
    throw unwritable(path, thrown)
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

/** False: not here, or not with this owner. */
function replaced(target: string, bytes: Uint8Array, facts: Stats | undefined): boolean {
  const draft = join(dirname(target), `.${basename(target).slice(0, 200)}.${process.pid}-${Math.random().toString(36).slice(2)}`)
  let descriptor: number
  try {
    descriptor = openSync(draft, 'wx', facts === undefined ? 0o644 : 0o600)
  } catch (thrown) {
    if (facts === undefined) throw thrown
    return false
  }
  try {
    try {
      writeAll(descriptor, bytes)
      if (facts !== undefined) likeBefore(descriptor, facts)
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    renameSync(draft, target)
    return true
  } catch (thrown) {
    rmSync(draft, { force: true })
    if (/^E(?:PERM|ACCES)$/.test((thrown as NodeJS.ErrnoException).code ?? '') && facts !== undefined) return false
    throw thrown
  }
}

function likeBefore(descriptor: number, { uid, gid, mode }: Stats): void {
  // Windows has neither owners nor modes that could be kept.
  if (process.platform === 'win32') return
  fchownSync(descriptor, uid, gid)
  fchmodSync(descriptor, mode & 0o7777)
}

function writeInPlace(target: string, bytes: Uint8Array): void {
  const descriptor = openSync(target, 'r+')
  try {
    writeAll(descriptor, bytes)
    ftruncateSync(descriptor, bytes.length)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at, bytes.length - at, at)
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write it',
  EPERM: 'this user may not write it',
  EROFS: 'it is on a read-only file system',
  ENOENT: 'its folder is not there',
  ENOTDIR: 'its folder is not there',
  ENOSPC: 'the disk is full'
}
function unwritable(path: string, thrown: unknown): SwitchyardError {
  const { code, message } = thrown as NodeJS.ErrnoException
  return new SwitchyardError('file-unwritable', `${path} cannot be written: ${reasons[code ?? ''] ?? message}.`, {
    hint: 'Save As writes it to another place; the draft is kept meanwhile.',
    cause: thrown
  })
}
