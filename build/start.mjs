// `npm start [-- ARGUMENTS]`: installs and bundles what is missing, then runs Switchyard.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { ensureDependencies } from './dependencies.mjs'
import { whyHeadless } from './headless.mjs'

const root = join(import.meta.dirname, '..')

try {
  ensureDependencies()
  const { ensureBundled } = await import('./bundle.mjs')
  await ensureBundled()
  start(process.argv.slice(2))
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}

/** The command line in the foreground, with this terminal, its signals and its exit code. */
function start(args) {
  const reason = existsSync(join(root, 'out/app/main.js')) ? whyHeadless() : 'the desktop app is not built yet'
  console.error(`Headless, since ${reason}.`)
  const child = spawn(process.execPath, [join(root, 'out/cli/switchyard.js'), 'serve', ...args], { stdio: 'inherit' })
  const signals = ['SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGHUP']
  for (const signal of signals) process.on(signal, () => passOn(child, signal))
  child.on('error', (error) => {
    console.error(`Switchyard could not be started: ${error.message}`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal]
  })
}

/** A terminal's Ctrl-C reaches the whole group, so the child has it already; one sent to this process alone is handed on. */
function passOn(child, signal) {
  const fromTerminal = signal === 'SIGINT' && process.stdin.isTTY
  if (!fromTerminal) child.kill(signal)
}
