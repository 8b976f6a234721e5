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
