// `npm start [-- ARGUMENTS]`: installs and bundles what is missing, then runs Switchyard: its window, or the command where
// no window can be opened. `--window` opens it all the same.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { join } from 'node:path'
import { ensureDependencies } from './dependencies.mjs'
import { optionOfServe, whyHeadless } from './headless.mjs'
import { whenStarterGone } from './starter.mjs'

const root = join(import.meta.dirname, '..')

try {
  ensureDependencies()
  const { ensureBundled } = await import('./bundle.mjs')
  await ensureBundled()
  await start(process.argv.slice(2))
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}

async function start(words) {
  const args = words.filter((word) => word !== '--window')
  if (args.length < words.length) return await startWindow(args)
  const option = optionOfServe(args)
  const reason = option === null ? (whyHeadless() ?? (await whyNoElectron())) : `${option} is an option of the command`
  if (reason === null) return await startWindow(args)
  console.error(`Headless, since ${reason}.`)
  foreground(process.execPath, [join(root, 'out/cli/switchyard.js'), 'serve', ...args], { apart: process.platform !== 'win32' })
}

async function whyNoElectron() {
  const { electronRuntime } = await import('./electron-runtime.mjs')
  try {
    await electronRuntime()
    return null
  } catch (error) {
    return `there is no Electron: ${error.message.replace(/\.$/, '')}`
  }
}

async function startWindow(args) {
  const { electronRuntime } = await import('./electron-runtime.mjs')
  const isRoot = process.platform === 'linux' && process.getuid() === 0
  if (isRoot) console.error('Warning: as root the window has no sandbox. Do not look at traffic that you do not trust.')
  foreground(await electronRuntime(), [...(isRoot ? ['--no-sandbox'] : []), root, ...args], { apart: false })
}

/**
 * A program with this terminal's output, its signals and its exit code. It ends with us, and we with who started us. What runs
 * headless has a process group of its own: what a terminal sends to all of its group would reach it twice, once through us.
 */
function foreground(program, args, { apart }) {
  const child = spawn(program, args, {
    stdio: 'inherit',
    detached: apart,
    cwd: folderOfWords(),
    env: { ...process.env, SWITCHYARD_STARTER: String(process.pid) }
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGHUP']) process.on(signal, () => passOn(child, signal, apart))
  whenStarterGone(() => child.kill('SIGTERM'))
  child.on('error', (error) => {
    console.error(`Switchyard could not be started: ${error.message}`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal]
  })
}

/** npm goes to the project's folder, wherever it was called: files are named as seen from there. */
function folderOfWords() {
  return process.env.npm_lifecycle_event === undefined ? process.cwd() : (process.env.INIT_CWD ?? process.cwd())
}

/** A terminal's Ctrl-C reaches the whole group, so a child in it has it already; one sent to this process alone is handed on. */
function passOn(child, signal, apart) {
  const fromTerminal = !apart && signal === 'SIGINT' && process.stdin.isTTY
  if (!fromTerminal) child.kill(signal)
}
