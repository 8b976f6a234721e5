import { app } from 'electron'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dataFolder } from '../host/data-folder.js'
import { appCommand } from '../host/own-command.js'
import { readAppArguments, wordsOf } from './arguments.js'
import { Desktop } from './desktop.js'
import { guardContents } from './guards.js'
import { answerCommand, readStart, runAgain } from './packaged-command.js'
import { registerScheme, servePages } from './pages.js'

const words = wordsOf(process.argv, app.isPackaged)
const start = app.isPackaged ? readStart(words, process.env, process.getuid?.() === 0) : ({ as: 'app' } as const)

// Nothing is awaited before this: see runAgain.
if (start.as === 'again') process.exit(runAgain(start.args))
else if (start.as === 'refusal') {
  process.stderr.write(start.says)
  process.exit(64)
} else if (start.as === 'command') void answerCommand(start.words).then((code) => app.exit(code))
else startDesktop()

function startDesktop(): void {
  const { files, data } = readAppArguments(words, process.cwd())
  const dataDir = dataFolder(data)
  app.setPath('userData', join(dataDir, 'electron'))
  // Asked for as root, where there is none to be had: every process would end as it starts.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
  // The second start of the same data hands over what it was started with, and is over.
  if (!app.requestSingleInstanceLock({ files })) return app.exit(0)
  registerScheme()
  guardContents()
  app.setAppUserModelId('org.switchyard.app')
  void app.whenReady().then(async () => await run(dataDir, files))
}

async function run(dataDir: string, files: readonly string[]): Promise<void> {
  const desktop = new Desktop({ dataDir, files, threads: development('SWITCHYARD_THREADS'), command: packagedCommand() })
  servePages(desktop, development('SWITCHYARD_SCREENS') ?? fileURLToPath(new URL('../renderer', import.meta.url)))
  app.on('second-instance', (_event, _argv, _folder, told) => void desktop.secondStart(filesIn(told)))
  app.on('activate', () => desktop.open())
  app.on('window-all-closed', () => {
    // The engine goes on; who ends it is Desktop.
  })
  app.on('before-quit', (event) => {
    event.preventDefault()
    void desktop.requestQuit()
  })
  // A signal is no click: nobody is there to answer.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void desktop.end())
  // What tests call; a packaged app has no such thing.
  if (!app.isPackaged) Object.assign(globalThis, { switchyard: desktop })
  await desktop.start()
}

/** A folder that only a development run takes from its environment. */
function development(name: string): string | null {
  return app.isPackaged ? null : process.env[name] || null
}

function packagedCommand(): readonly string[] | null {
  return app.isPackaged ? appCommand() : null
}

function filesIn(told: unknown): readonly string[] {
  const files = typeof told === 'object' && told !== null && 'files' in told ? told.files : []
  return Array.isArray(files) ? files.filter((file) => typeof file === 'string') : []
}
