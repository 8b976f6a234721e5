import { spawnSync } from 'node:child_process'
import { constants } from 'node:os'

/** Words that the packaged app answers as the `switchyard` of npm does; three of them by saying that they are not there yet. */
const short: readonly string[] = ['ca', 'check', 'export', 'connect', 'explain', 'convert', 'open', 'help', '--help', '-h', '--version']
/** Chromium's own switches, which a second start of the same binary needs, and the command must not see. */
const headless = ['--ozone-platform=headless', '--disable-gpu', '--log-level=3']
const asRoot = '--no-sandbox'
/** Says to the second start that it is one. */
const answering = 'SWITCHYARD_COMMAND'

export type Start =
  | { readonly as: 'app' }
  /** Ends at once, with this said on standard error. */
  | { readonly as: 'refusal'; readonly says: string }
  /** Starts itself again, with these arguments. */
  | { readonly as: 'again'; readonly args: readonly string[] }
  | { readonly as: 'command'; readonly words: readonly string[] }

/** How the packaged app was started. @param words after the executable. */
export function readStart(words: readonly string[], environment: NodeJS.ProcessEnv, isRoot: boolean): Start {
  const own = words.filter((word) => !headless.includes(word) && word !== asRoot)
  if (environment[answering] !== undefined) return { as: 'command', words: own }
  const [first = ''] = own
  if (first === 'serve') return { as: 'refusal', says: serveIsTheCommands }
  if (short.includes(first)) return { as: 'again', args: [...headless, ...(isRoot ? [asRoot] : []), ...own] }
  return { as: 'app' }
}

const serveIsTheCommands = `switchyard: The desktop app does not serve without a window.
  Open a config in it: switchyard site.conf. Without a window it is the npm command's: npx switchyard serve site.conf
`

/**
 * Without a display Chromium ends the process at the first turn of its event loop: so nothing is awaited before this, and
 * the same binary is started with a platform that needs none. @returns its exit code.
 */
export function runAgain(args: readonly string[]): number {
  const { status, signal, error } = spawnSync(process.execPath, [...args], {
    stdio: 'inherit',
    env: { ...process.env, [answering]: '1' }
  })
  if (error !== undefined) process.stderr.write(`switchyard: The app could not start itself again: ${error.message}\n`)
  return status ?? (signal === null ? 70 : 128 + constants.signals[signal])
}

/** The words as the command itself would read them. Its bundle stands beside the app's. @returns its exit code. */
export async function answerCommand(words: readonly string[]): Promise<number> {
  process.argv = [process.execPath, 'switchyard', ...words]
  const command = (await import(new URL('../cli/switchyard.js', import.meta.url).href)) as { readonly finished: Promise<number> }
  return await command.finished
}
