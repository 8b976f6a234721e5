import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { SwitchyardError } from '../../../shared/errors.js'
import { whySystemRefused } from '../../../shared/system-error.js'

/** How every database begins (https://www.sqlite.org/fileformat.html, 1.3). */
const magic = Buffer.from('SQLite format 3\0')

/**
 * Says what SQLite would say in words of its own: what is no database, a folder for instance. One that is empty may become one.
 * @throws SwitchyardError `capture-unknown` | `file-unreadable`
 */
export function refuseForeignFile(file: string): void {
  const unknown = (what: string): SwitchyardError =>
    new SwitchyardError('capture-unknown', `${file} is ${what}, and no capture of Switchyard.`, {
      hint: 'Give the path of a capture, its name, or last.'
    })
  if (statSync(file, { throwIfNoEntry: false })?.isFile() === false) throw unknown('no file')
  const start = startOf(file)
  if (start.length > 0 && !start.equals(magic)) throw unknown('no database')
}

function startOf(file: string): Buffer {
  try {
    const descriptor = openSync(file, 'r')
    try {
      const start = Buffer.alloc(magic.length)
      return start.subarray(0, readSync(descriptor, start, 0, magic.length, 0))
    } finally {
      closeSync(descriptor)
    }
  } catch (thrown) {
    throw new SwitchyardError('file-unreadable', `${file} cannot be read: ${whySystemRefused(thrown)}.`, {
      hint: 'Have this user read it, or choose another capture.',
      cause: thrown
    })
  }
}
