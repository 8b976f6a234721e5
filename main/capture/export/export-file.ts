import { randomBytes } from 'node:crypto'
import { lstatSync, realpathSync, statSync } from 'node:fs'
import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { SwitchyardError } from '../../../shared/errors.js'
import { whySystemRefused } from '../../../shared/system-error.js'
import { isSessionFile, sessionFiles } from '../sessions/session-files.js'

const pieceChars = 256 * 1024

/**
 * Writes lines of a capture to a file: to another name first, which takes the file's place when all of it is on the disk, so that who
 * gives up, or has no room, leaves what was there. Mode 0600: cookies and tokens stand in a capture.
 *
 * @throws SwitchyardError `file-unwritable`, also where there is something of this name that is no file, or that is a capture's.
 */
export async function writeLines(path: string, lines: AsyncIterable<string>, capture: string): Promise<void> {
  const target = fileAt(path)
  refuseCapture(path, target, capture)
  const draft = join(dirname(target), `.${basename(target)}.${process.pid}-${randomBytes(6).toString('hex')}`)
  const file = await open(draft, 'wx', 0o600).catch((thrown: unknown) => {
    throw unwritable(path, thrown)
  })
  try {
    await writeAll(path, file, lines)
    await rename(draft, target).catch((thrown: unknown) => {
      throw unwritable(path, thrown)
    })
  } catch (thrown) {
    await rm(draft, { force: true })
    throw thrown
  }
}

/** The file that is meant: a link's own. Throws where it is something else. */
export function fileAt(path: string): string {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return path
  try {
    const real = found.isSymbolicLink() ? realpathSync(path) : path
    if (lstatSync(real).isFile()) return real
  } catch (thrown) {
    throw unwritable(path, thrown)
  }
  throw new SwitchyardError('file-unwritable', `${path} is no file, so it is not written over.`, { hint: 'Choose another name.' })
}

/** A capture is not written over by what is read of it, whatever the name it goes by, nor is another one. */
function refuseCapture(path: string, target: string, capture: string): void {
  if (!isSessionFile(basename(path)) && !isSessionFile(basename(target)) && !isOneOf(target, sessionFiles(capture))) return
  throw new SwitchyardError('file-unwritable', `${path} is a capture's own file, so nothing is exported there.`, {
    hint: 'Choose another name, such as capture.ndjson.'
  })
}

/** By what stands on the disk: one file may have several names. */
function isOneOf(path: string, files: readonly string[]): boolean {
  const facts = statSync(path, { throwIfNoEntry: false, bigint: true })
  if (facts === undefined) return false
  return files.some((file) => {
    const other = statSync(file, { throwIfNoEntry: false, bigint: true })
    return other !== undefined && other.dev === facts.dev && other.ino === facts.ino
  })
}

async function writeAll(path: string, file: FileHandle, lines: AsyncIterable<string>): Promise<void> {
  const write = async (text: string): Promise<void> => {
    await file.writeFile(text).catch((thrown: unknown) => {
      throw unwritable(path, thrown)
    })
  }
  try {
    let piece = ''
    for await (const line of lines) {
      piece += line
      if (piece.length < pieceChars) continue
      await write(piece)
      piece = ''
    }
    await write(piece)
    await file.sync().catch((thrown: unknown) => {
      throw unwritable(path, thrown)
    })
  } finally {
    await file.close()
  }
}

function unwritable(path: string, thrown: unknown): SwitchyardError {
  return new SwitchyardError('file-unwritable', `${path} cannot be written: ${whySystemRefused(thrown)}.`, {
    hint: 'Choose another name or folder, or free space on its disk.',
    cause: thrown
  })
}
