import { shellLine } from '../../shared/shell-words.js'
import { appCommand, ownCommand } from '../host/own-command.js'

/** What to type in this terminal to run a command of ours: a clone has no `switchyard` on its PATH, and the packaged app answers it itself. */
export function ownLine(...words: readonly string[]): string {
  const own = process.versions['electron'] === undefined ? ownCommand() : appCommand()
  return shellLine([...own, ...words], process.platform === 'win32' ? 'powershell' : 'sh')
}
