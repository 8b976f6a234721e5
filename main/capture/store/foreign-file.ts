import { accessSync, constants, statSync } from 'node:fs'
import { SwitchyardError } from '../../../shared/errors.js'
import { whySystemRefused } from '../../../shared/system-error.js'

/** Says in words of ours that what SQLite reads is no database. @throws SwitchyardError `capture-unknown`, and what `read` throws */
export function readingCapture<Read>(file: string, read: () => Read): Read {
  try {
    return read()
  } catch (thrown) {
    throw isForeign(thrown) ? noCapture(file, 'no database') : thrown
  }
}

/**
 * Says what is no file, or may not be read, before SQLite says it. Nothing is opened for that: another thread of this process may
 * have the file open, and closing any descriptor of it lets go of all locks that the process has on it (fcntl(2)). Another process
 * would then take the log away while it is written.
 * @throws SwitchyardError `capture-unknown` | `file-unreadable`
 */
export function refuseUnreadable(file: string): void {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() === false) throw noCapture(file, 'no file')
  try {
    accessSync(file, constants.R_OK)
  } catch (thrown) {
    throw new SwitchyardError('file-unreadable', `${file} cannot be read: ${whySystemRefused(thrown)}.`, {
      hint: 'Have this user read it, or choose another capture.',
      cause: thrown
    })
  }
}

function isForeign(thrown: unknown): boolean {
  return thrown instanceof SwitchyardError && /file is not a database/i.test(thrown.message)
}

function noCapture(file: string, what: string): SwitchyardError {
  return new SwitchyardError('capture-unknown', `${file} is ${what}, and no capture of Switchyard.`, {
    hint: 'Give the path of a capture, its name, or last.'
  })
}
