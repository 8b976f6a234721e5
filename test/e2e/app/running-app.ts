import type { ChildProcess } from 'node:child_process'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { _electron } from 'playwright-core'
import type { ElectronApplication, Page } from 'playwright-core'
import { onTestFinished } from 'vitest'
// @ts-expect-error build/ is plain JavaScript, since it runs before anything is bundled
import { electronRuntime } from '../../../build/electron-runtime.mjs'
import { contractVersion } from '../../../shared/contract.js'
import type { Params, Replies, RequestName } from '../../../shared/contract.js'
import { bundled } from '../../bundled.js'
import { needSandbox, ownFolder, unprivileged } from './unprivileged.js'

const project = join(import.meta.dirname, '../../..')
const standIn = join(import.meta.dirname, 'page')

export interface AppOptions {
  readonly display: string
  readonly files?: readonly string[]
  /** Folder of the user, with the data in it. Default: a new one. */
  readonly home?: string
  readonly threads?: string
}

/** The app from the bundle in a real Electron, with its sandbox on, and a stand-in for its page. */
export class RunningApp {
  readonly app: ElectronApplication
  readonly page: Page
  readonly home: string
  readonly #process: ChildProcess

  private constructor(app: ElectronApplication, page: Page, home: string) {
    this.app = app
    this.page = page
    this.home = home
    this.#process = app.process()
  }

  static async start({ display, files = [], home = ownFolder(), threads }: AppOptions): Promise<RunningApp> {
    bundled('app/main')
    const electron = (await electronRuntime()) as string
    needSandbox(electron)
    const app = await _electron.launch({
      executablePath: starter(electron),
      chromiumSandbox: true,
      args: ['--disable-gpu', project, ...files],
      env: environment({
        DISPLAY: display,
        HOME: home,
        SWITCHYARD_SCREENS: standIn,
        ...(threads === undefined ? {} : { SWITCHYARD_THREADS: threads })
      })
    })
    const running = new RunningApp(app, await app.firstWindow(), home)
    onTestFinished(() => running.end())
    await running.connect()
    return running
  }

  get data(): string {
    return join(this.home, '.local/share/switchyard')
  }

  /** The page asks for its port and says hello. */
  async connect(page = this.page): Promise<void> {
    await page.waitForFunction('window.start !== undefined')
    await page.evaluate(`window.start(${contractVersion})`)
  }

  /** A request of the contract, asked by the page. */
  async ask<Name extends RequestName>(request: Name, params: Params<Name>): Promise<Replies[Name]> {
    return (await this.page.evaluate(`contract.ask(${JSON.stringify(request)}, ${JSON.stringify(params)})`)) as Replies[Name]
  }

  /** Waits in the page until an expression holds; it is looked at with every message. */
  async eventually(expression: string): Promise<void> {
    await this.page.evaluate(`contract.eventually(() => ${expression})`)
  }
  async isRunning(): Promise<void> {
    const { state, error } = await this.ask('status', {})
    if (state === 'starting')
      await this.eventually(`contract.events.some(({ event, data }) => event === 'status' && data.state !== 'starting')`)
    else if (state !== 'running') throw new Error(`It is ${state}: ${error?.message}`)
  }

  /** For each page's process, whether the kernel filters its system calls (proc(5), Seccomp). */
  async sandboxes(): Promise<boolean[]> {
    const pids = await this.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map(({ webContents }) => webContents.getOSProcessId())
    )
    return pids.map((pid) => /^Seccomp:\t2$/m.test(readFileSync(`/proc/${pid}/status`, 'latin1')))
  }

  /** Its end, without a question. */
  async end(): Promise<void> {
    const process = this.#process
    if (process.exitCode !== null || process.signalCode !== null) return
    const gone = new Promise((resolve) => process.once('exit', resolve))
    await this.app.evaluate(() => void (globalThis as unknown as { switchyard: { end(): Promise<void> } }).switchyard.end()).catch(() => {})
    await gone
  }
}

/** What a user would have in the environment; nothing of ours. */
export function environment(own: Record<string, string>): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8', DBUS_SESSION_BUS_ADDRESS: 'disabled:', ...own }
}

/** One file that starts a program as the unprivileged user, since Playwright takes a path. */
export function starter(program: string): string {
  const file = join(ownFolder(), 'start.sh')
  writeFileSync(file, `#!/bin/sh\nexec ${[...unprivileged(), program].map((word) => `'${word}'`).join(' ')} "$@"\n`)
  chmodSync(file, 0o755)
  return file
}
