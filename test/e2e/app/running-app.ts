import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { _electron } from 'playwright-core'
import type { ElectronApplication, Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
// @ts-expect-error build/ is plain JavaScript, since it runs before anything is bundled
import { electronRuntime } from '../../../build/electron-runtime.mjs'
import { contractVersion } from '../../../shared/contract.js'
import type { Params, Replies, RequestName } from '../../../shared/contract.js'
import { bundled } from '../../bundled.js'
import { shownAtFailure } from '../shown-at-failure.js'
import { needSandbox, ownFolder, unprivileged } from './unprivileged.js'

const project = join(import.meta.dirname, '../../..')
const held = join(import.meta.dirname, 'held')
const standIn = join(import.meta.dirname, 'page')

export interface AppOptions {
  readonly display: string
  readonly files?: readonly string[]
  /** Folder of the user, with the data in it. Default: a new one. */
  readonly home?: string
  readonly threads?: string
  /** Folder of programs that come before the system's own. */
  readonly programs?: string
}

/** The app from the bundle in a real Electron, with its sandbox on. */
export class RunningApp {
  readonly app: ElectronApplication
  readonly home: string
  readonly ended: Promise<unknown>
  readonly started: { readonly program: string; readonly env: Record<string, string> }
  /** What its pages threw, and what they said on the console as an error. */
  readonly faults: string[] = []
  readonly #process: ChildProcess
  #page: Page | null = null
  #calls = 0

  private constructor(app: ElectronApplication, home: string, started: RunningApp['started']) {
    this.app = app
    this.home = home
    this.#process = app.process()
    this.ended = new Promise((resolve) => this.#process.once('exit', resolve))
    this.started = started
    app.context().on('weberror', (thrown) => this.faults.push(thrown.error().message))
    app.context().on('console', (said) => said.type() === 'error' && this.faults.push(said.text()))
  }

  /** With a stand-in for its page, by which a test speaks the contract. */
  static async start(options: AppOptions): Promise<RunningApp> {
    const running = await RunningApp.#launch(options, { SWITCHYARD_SCREENS: standIn })
    await running.connect()
    return running
  }

  /** With its own screens, in which nothing may go wrong. */
  static async withScreens(options: AppOptions): Promise<RunningApp> {
    const running = await RunningApp.#launch(options)
    running.app.context().setDefaultTimeout(20_000)
    onTestFinished(() => expect(running.faults).toEqual([]))
    shownAtFailure(() => running.app.windows())
    return running
  }

  static async #launch({ display, files = [], home = ownFolder(), threads, programs }: AppOptions, own: Record<string, string> = {}) {
    bundled('app/main')
    const electron = (await electronRuntime()) as string
    needSandbox(electron)
    const program = starter(electron)
    const env = environment({
      DISPLAY: display,
      HOME: home,
      ...own,
      ...(threads === undefined ? {} : { SWITCHYARD_THREADS: threads }),
      ...(programs === undefined ? {} : { PATH: `${programs}:${process.env['PATH'] ?? ''}` })
    })
    const app = await _electron.launch({
      executablePath: program,
      chromiumSandbox: true,
      args: ['--disable-gpu', held, ...files],
      env
    })
    const running = new RunningApp(app, home, { program, env })
    onTestFinished(() => running.end())
    running.#page = await app.firstWindow()
    return running
  }

  /** Its first window; of several that open at once, the one that is ready first. */
  get page(): Page {
    if (this.#page === null) throw new Error('It has no window yet.')
    return this.#page
  }

  /** So many windows, the oldest first, as soon as there are. */
  async windows(count: number): Promise<Page[]> {
    await expect.poll(() => this.app.windows().length, { timeout: 20_000 }).toBe(count)
    const withIds = this.app.windows().map(async (page) => {
      const window = await untilHeard(() => this.app.browserWindow(page))
      return { page, id: await untilHeard(() => window.evaluate(({ id }: Electron.BrowserWindow) => id)) }
    })
    return (await Promise.all(withIds)).sort((one, other) => one.id - other.id).map(({ page }) => page)
  }

  /** Does a work in the app's own process, once, and brings what it comes to. */
  async inMain<Result, Given = undefined>(
    work: (electron: typeof Electron.CrossProcessExports, given: Given) => Result | Promise<Result>,
    given?: Given
  ): Promise<Result> {
    const call = { id: ++this.#calls, source: String(work), given }
    const asked = (): Promise<unknown> =>
      this.app.evaluate((electron, { id, source, given: argument }) => {
        const answers = ((globalThis as unknown as { answers?: Map<number, unknown> }).answers ??= new Map())
        type Work = (...given: unknown[]) => unknown
        if (!answers.has(id)) answers.set(id, (globalThis.eval(`(${source})`) as Work)(electron, argument))
        return answers.get(id)
      }, call)
    return (await untilHeard(asked)) as Result
  }

  /** The page asks for its port and says hello. */
  async connect(page = this.page): Promise<void> {
    // A function: a text would be evaluated in the page, whose policy refuses that where it has to be looked at twice.
    await page.waitForFunction(() => 'start' in window)
    await page.evaluate(`window.start(${contractVersion})`)
  }

  /** A request of the contract, asked by the page. */
  async ask<Name extends RequestName>(request: Name, params: Params<Name>): Promise<Replies[Name]> {
    return await this.page.evaluate<Replies[Name]>(`contract.ask(${JSON.stringify(request)}, ${JSON.stringify(params)})`)
  }

  /** Waits in the page until an expression holds; it is looked at with every message. */
  async eventually(expression: string): Promise<void> {
    await this.page.evaluate(`contract.eventually(() => ${expression})`)
  }
  async isRunning(): Promise<void> {
    // What was told before is of another engine, it may be.
    const before = await this.page.evaluate<number>('contract.events.length')
    const { state, error } = await this.ask('status', {})
    if (state === 'starting')
      await this.eventually(`contract.events.slice(${before}).some(({ event, data }) => event === 'status' && data.state !== 'starting')`)
    else if (state !== 'running') throw new Error(`It is ${state}: ${error?.message}`)
  }

  /** For each page's process, whether the kernel filters its system calls (proc(5), Seccomp). */
  async sandboxes(): Promise<boolean[]> {
    const pids = await this.inMain(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map(({ webContents }) => webContents.getOSProcessId())
    )
    return pids.map((pid) => /^Seccomp:\t2$/m.test(readFileSync(`/proc/${pid}/status`, 'latin1')))
  }

  /** Starts the program once more, on the same data. @returns its exit code. */
  async startAgain(...files: string[]): Promise<number | null> {
    const { program, env } = this.started
    const [code] = (await once(spawn(program, [project, ...files], { env, stdio: 'ignore' }), 'exit')) as [number | null]
    return code
  }

  /** From now on every question gets this button as its answer. */
  async answerQuestions(response: number): Promise<void> {
    await this.inMain(({ dialog }, chosen) => {
      const [questions, details]: [string[], string[]] = [[], []]
      dialog.showMessageBox = (...given: unknown[]) => {
        const { message, detail } = given.at(-1) as { message: string; detail: string }
        questions.push(message)
        details.push(detail)
        return Promise.resolve({ response: chosen, checkboxChecked: false })
      }
      Object.assign(globalThis, { questions, details })
    }, response)
  }
  async questions(): Promise<string[]> {
    return await this.inMain(() => (globalThis as unknown as { questions: string[] }).questions)
  }
  /** The small print below each. */
  async details(): Promise<string[]> {
    return await this.inMain(() => (globalThis as unknown as { details: string[] }).details)
  }

  /** Clicks an item of the menu beside the clock. */
  async clickTray(id: string): Promise<void> {
    const clicked = (): Promise<boolean> =>
      this.inMain((_electron, name) => {
        const { trayMenu } = (globalThis as unknown as { switchyard: { trayMenu: Electron.Menu | null } }).switchyard
        const item = trayMenu?.getMenuItemById(name)
        item?.click()
        return item != null
      }, id)
    // The icon comes after the page.
    await expect.poll(clicked).toBe(true)
  }
  /** The id of the item of that menu whose label says this, as soon as there is one. */
  async trayItem(says: string): Promise<string> {
    const id = (): Promise<string | null> =>
      this.inMain((_electron, words) => {
        const { trayMenu } = (globalThis as unknown as { switchyard: { trayMenu: Electron.Menu | null } }).switchyard
        return trayMenu?.items.find(({ label }) => label.includes(words))?.id ?? null
      }, says)
    await expect.poll(id, { timeout: 20_000 }).not.toBeNull()
    return (await id()) ?? ''
  }
  /** The engine's process. */
  async enginePid(): Promise<number> {
    return await this.inMain(({ app }) => app.getAppMetrics().find(({ name }) => name === 'Switchyard engine')?.pid ?? 0)
  }

  /** Its end, without a question. */
  async end(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    await this.inMain(() => void (globalThis as unknown as { switchyard: { end(): Promise<void> } }).switchyard.end()).catch(() => {})
    await this.ended
  }
}

/**
 * V8's inspector forgets an answer, also one that is no promise, if it is collected as garbage before microtasks have run
 * (v8/src/inspector/injected-script.cc, m_evaluationResult): where the process was in the middle of something else, and that goes on for
 * a while. Then it is asked for again.
 */
async function untilHeard<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 1; ; tries++)
    try {
      return await ask()
    } catch (error) {
      if (tries === 100 || !String(error).includes('garbage collected')) throw error
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
