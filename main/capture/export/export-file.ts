import { randomBytes } from 'node:crypto'
import { lstatSync, realpathSync } from 'node:fs'
import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { SwitchyardError } from '../../../shared/errors.js'

const pieceChars = 256 * 1024

/**
 * Writes lines to a file: to another name first, which takes the file's place when all of it is on the disk, so that who
 * gives up, or has no room, leaves what was there. Mode 0600: cookies and tokens stand in a capture.
 *
 * @throws SwitchyardError `file-unwritable`, also where there is something of this name that is no file.
 */
export async function writeLines(path: string, lines: AsyncIterable<string>): Promise<void> {
  const target = fileAt(path)
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
  const why = thrown instanceof Error ? thrown.message : String(thrown)
  return new SwitchyardError('file-unwritable', `${path} cannot be written: ${why}.`, {
    hint: 'Choose another name or folder, or free space on its disk.',
    cause: thrown
  })
}
