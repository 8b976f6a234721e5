import { Sessions } from '../capture/sessions/sessions.js'
import type { Session } from '../capture/sessions/sessions.js'
import { printLines } from './print.js'

/** `export --list`: the sessions of a data folder, the latest first; as JSON, one array. */
export function listSessions(dataDir: string, json: boolean): void {
  const sessions = new Sessions(dataDir)
  const found = sessions.list()
  if (json) process.stdout.write(`${JSON.stringify(found.map(factsOf))}\n`)
  else if (found.length === 0) printLines(process.stderr, [`There is no capture in ${sessions.folder} yet.`])
  else printLines(process.stdout, linesOf(found))
}

function factsOf({ name, file, startedAtMs, bytes, locked }: Session): object {
  return { name, file, startedAt: new Date(startedAtMs).toISOString(), bytes, open: locked }
}

function linesOf(sessions: readonly Session[]): string[] {
  const width = Math.max(...sessions.map(({ name }) => name.length))
  return sessions.map(({ name, startedAtMs, bytes, locked }) => {
    const start = new Date(startedAtMs).toISOString().slice(0, 19).replace('T', ' ')
    return `${name.padEnd(width)}  ${start}Z  ${sizeOf(bytes).padStart(8)}${locked ? '  open' : ''}`
  })
}

function sizeOf(bytes: number): string {
  const [unit, many] = bytes < 1e6 ? ['kB', bytes / 1e3] : bytes < 1e9 ? ['MB', bytes / 1e6] : (['GB', bytes / 1e9] as const)
  return `${Number(many).toFixed(1)} ${unit}`
}
