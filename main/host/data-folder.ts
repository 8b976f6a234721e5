import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** Where authorities, captures and settings live: one place for the app and the command (DESIGN: `--data DIR`). */
export function dataFolder(asked: string | undefined, platform = process.platform, environment = process.env): string {
  const named = asked ?? environment['SWITCHYARD_DATA']
  if (named !== undefined && named !== '') return resolve(named)
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Switchyard')
  if (platform === 'win32') return join(environment['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'Switchyard')
  return join(environment['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'switchyard')
}

/** What a command that is typed elsewhere has to be told to work in a data folder; nothing for the one that it takes by itself. */
export function dataWords(dataDir: string): readonly string[] {
  const folder = resolve(dataDir)
  // Another terminal need not have what this process was told of it.
  const usual = dataFolder(undefined, process.platform, { ...process.env, SWITCHYARD_DATA: '', XDG_DATA_HOME: '' })
  return folder === usual ? [] : ['--data', folder]
}
