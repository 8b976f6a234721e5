import { realpathSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The command's script, beside the bundle of whoever asks. */
export const bundledCommand = fileURLToPath(new URL('../cli/switchyard.js', import.meta.url))

interface Machine {
  readonly execPath: string
  /** Folders where a terminal looks for programs, as PATH has them. */
  readonly path: string
  /** It is Electron that runs this, not Node. */
  readonly isElectron: boolean
}

const thisMachine = (): Machine => ({
  execPath: process.execPath,
  path: process.env['PATH'] ?? '',
  isElectron: process.versions['electron'] !== undefined
})

/** The words that run a script of the command in a terminal: `switchyard` where that is this very script, else Node with its path. */
export function ownCommand(script = bundledCommand, { execPath, path, isElectron } = thisMachine()): readonly string[] {
  const folders = path.split(delimiter).filter((folder) => folder !== '')
  if (leadsTo(found('switchyard', folders), script)) return ['switchyard']
  const node = isElectron || leadsTo(found('node', folders), execPath) ? 'node' : execPath
  return [node, script]
}

/** What a terminal would start: the first of this name. */
function found(name: string, folders: readonly string[]): string | null {
  return folders.map((folder) => real(join(folder, name))).find((file) => file !== null) ?? null
}
function leadsTo(file: string | null, target: string): boolean {
  return file !== null && file === real(target)
}
function real(file: string): string | null {
  try {
    return realpathSync(file)
  } catch {
    return null
  }
}

/** The words that start the packaged app in a terminal. Of an AppImage it is the file that was started: what that unpacks into is gone with it. */
export function appCommand(): readonly string[] {
  return [process.env['APPIMAGE'] ?? process.execPath]
}
