import { BrowserWindow, Menu, app, clipboard, dialog, nativeTheme, session, shell } from 'electron'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { maxPastedChars } from '../../shared/app-bridge.js'
import type { EngineHealth } from '../../shared/app-bridge.js'
import type { ConfigFile } from '../../shared/contract.js'
import { asSwitchyardError } from '../../shared/errors.js'
import { appMenu } from './app-menu.js'
import { EngineProcess } from './engine-process.js'
import { EngineState } from './engine-state.js'
import type { MenuActions } from './menu-actions.js'
import { paintWindows } from './page-window.js'
import { PageWindows } from './page-windows.js'
import { askAfterFailure, askToKeepRunning, askToQuit, askToStop, askToSwitch } from './questions.js'
import { AppTray, hasTray, iconPath } from './tray.js'

export interface DesktopOptions {
  readonly dataDir: string
  readonly files: readonly string[]
  /** Folder of other threads than the bundled ones, for tests. */
  readonly threads: string | null
  /** The words that run the command in a terminal; null: the script that is bundled. */
  readonly command: readonly string[] | null
}

/** How often a menu that nobody tells of its opening has its counts brought up to date. */
const refreshEveryMs = 2000

/** The app as a whole: one engine, its windows, its icon beside the clock. */
export class Desktop implements MenuActions {
  readonly #options: DesktopOptions
  readonly engine: EngineProcess
  readonly state: EngineState
  readonly windows: PageWindows
  #tray: AppTray | null = null
  /** Something here shows the icon, so that a window that is hidden can be had back. */
  #trayShows = false
  #quitting = false
  #asking = false
  /** Aborted as soon as an engine is started again: what was asked about its end needs no answer. */
  #failure = new AbortController()
  #menuSaid = ''
  #timer: NodeJS.Timeout | null = null

  constructor(options: DesktopOptions) {
    this.#options = options
    mkdirSync(options.dataDir, { recursive: true, mode: 0o700 })
    this.state = new EngineState(() => this.#changed())
    this.engine = new EngineProcess({
      entry: fileURLToPath(new URL('../app/host.js', import.meta.url)),
      dataDir: options.dataDir,
      serve: options.files.length > 0 ? options.files : 'last',
      threads: options.threads,
      command: options.command,
      onHealth: (health) => this.#healthChanged(health),
      onUp: () => this.#engineUp(),
      onWarning: (message) => console.error(`warning: ${message}`)
    })
    this.windows = new PageWindows({
      stateFile: join(app.getPath('userData'), 'window.json'),
      icon: iconPath('icon'),
      opens: options.files.length > 0,
      port: () => this.engine.port(),
      mayClose: (window) => this.#mayClose(window)
    })
  }

  async start(): Promise<void> {
    this.engine.start()
    this.windows.restore()
    this.#changed()
    nativeTheme.on('updated', paintWindows)
    // Other programs are started to find that out: not while the page is on its way.
    await this.windows.loaded()
    this.#trayShows = await hasTray()
    this.#tray = new AppTray(
      () => ({ status: this.state.status, health: this.engine.health, settings: this.state.settings, routes: this.state.routes }),
      this,
      () => this.state.refresh()
    )
    if (process.platform === 'linux') this.#timer = setInterval(() => void this.state.refresh(), refreshEveryMs)
  }

  /** The menu beside the clock, as it stands. */
  get trayMenu(): Menu | null {
    return this.#tray?.menu ?? null
  }

  command: MenuActions['command'] = (command) => this.windows.command(command)
  open(): void {
    this.windows.show()
  }
  newWindow(): void {
    this.windows.open()
  }
  openConfig(): void {
    void this.chooseConfigs().then((files) => (files === null ? undefined : this.openFiles(files)))
  }
  openFiles(files: readonly string[]): void {
    this.#do(() => this.state.ask('config.open', { files: [...files] }))
  }
  toggleRunning(): void {
    if (this.state.status?.state !== 'running') this.#do(() => this.state.ask('run.start', {}))
    else this.#do(() => this.#stopRunning())
  }
  togglePaused(): void {
    this.#do(() => this.state.ask('capture.pause', { paused: this.state.status?.capture?.paused !== true }))
  }
  clear(): void {
    this.#do(() => this.state.ask('capture.clear', {}))
  }
  toggleHeartbeats(): void {
    this.#do(() => this.state.ask('settings.set', { hideHeartbeats: !this.state.settings.hideHeartbeats }))
  }
  theme: MenuActions['theme'] = (theme) => this.#do(() => this.state.ask('settings.set', { theme }))
  copy(text: string): void {
    // A promise in later versions of Electron.
    void clipboard.writeText(text)
  }
  showDataFolder(): void {
    void shell.openPath(this.#options.dataDir)
  }
  quit(): void {
    void this.requestQuit()
  }

  /** After it was given up: asked by the box, or by a window that has its own button. */
  startEngine(): void {
    if (this.engine.health.state !== 'failed') return
    this.#failure.abort()
    this.engine.startAgain()
  }

  /** Another start of the app, on the same data: its window comes to the front, its config is asked about. */
  async secondStart(files: readonly string[]): Promise<void> {
    this.windows.show()
    if (files.length > 0 && (await askToSwitch(files))) this.openFiles(files)
  }

  /** @returns null: the dialog was closed. */
  async chooseConfigs(): Promise<string[] | null> {
    const options: Electron.OpenDialogOptions = {
      title: 'Open Config',
      properties: ['openFile', 'multiSelections'],
      filters: [
        { name: 'Configs', extensions: ['conf', 'json', 'vhost'] },
        { name: 'All Files', extensions: ['*'] }
      ]
    }
    const window = BrowserWindow.getFocusedWindow()
    const chosen = await (window === null ? dialog.showOpenDialog(options) : dialog.showOpenDialog(window, options))
    return chosen.canceled ? null : chosen.filePaths
  }

  async clipboardText(): Promise<string | null> {
    // A promise in later versions of Electron.
    const text = await clipboard.readText()
    return text === '' || text.length > maxPastedChars ? null : text
  }

  async chooseSaveFile(suggested: string): Promise<string | null> {
    const window = BrowserWindow.getFocusedWindow()
    const options = { defaultPath: suggested }
    const chosen = await (window === null ? dialog.showSaveDialog(options) : dialog.showSaveDialog(window, options))
    return chosen.canceled || chosen.filePath === '' ? null : chosen.filePath
  }

  /** Asks about what would be lost, then ends. @returns false where it was called off, or is asked already. */
  async requestQuit(): Promise<boolean> {
    if (this.#quitting || this.#asking) return this.#quitting
    this.#asking = true
    try {
      if (!(await this.#mayQuit())) return false
    } finally {
      this.#asking = false
    }
    await this.end()
    return true
  }

  /** Ends without a question: the engine closes its capture, then the process goes. */
  async end(): Promise<void> {
    if (this.#quitting) return
    this.#quitting = true
    if (this.#timer !== null) clearInterval(this.#timer)
    // The exit below closes windows without telling them.
    this.windows.remember()
    // Chromium writes what pages keep up to five seconds later; the end of the engine is time enough.
    session.defaultSession.flushStorageData()
    await this.engine.stop()
    this.#tray?.destroy()
    app.exit(0)
  }

  async #mayQuit(): Promise<boolean> {
    const { askBeforeStopping } = this.state.settings
    const [status, files] = await Promise.all([this.state.ask('status', {}).catch(() => null), this.#differing()])
    const tunnels = askBeforeStopping ? (status?.counts.openTunnels ?? 0) : 0
    if (tunnels === 0 && files.length === 0) return true
    const { yes, neverAgain } = await askToQuit(tunnels, files)
    if (yes && neverAgain) await this.state.ask('settings.set', { askBeforeStopping: false }).catch(() => null)
    return yes
  }

  /** Files whose draft, disk text and served text are not one. What no file has yet, and is served as it is, is there at the next start. */
  async #differing(): Promise<readonly ConfigFile[]> {
    const { files } = await this.state.ask('config.files', {}).catch(() => ({ files: [] }))
    return files.filter(({ edited, unapplied, isNew }) => unapplied || (edited && !isNew))
  }

  async #stopRunning(): Promise<void> {
    const { counts } = await this.state.ask('status', {})
    if (counts.openTunnels > 0 && this.state.settings.askBeforeStopping) {
      const { yes, neverAgain } = await askToStop(counts.openTunnels)
      if (!yes) return
      if (neverAgain) await this.state.ask('settings.set', { askBeforeStopping: false })
    }
    await this.state.ask('run.stop', {})
  }

  /** The last window: hidden where there is an icon to bring it back, asked about where there is none. */
  #mayClose(window: BrowserWindow): boolean {
    if (this.#quitting) return true
    if (!this.state.settings.closeToTray && process.platform !== 'darwin') void this.requestQuit()
    else if (this.#trayShows || process.platform === 'darwin') window.hide()
    else void this.#closeWithoutTray(window)
    return false
  }

  async #closeWithoutTray(window: BrowserWindow): Promise<void> {
    const answer = await askToKeepRunning()
    if (answer === 'keep') window.hide()
    if (answer === 'quit') await this.requestQuit()
  }

  #engineUp(): void {
    const port = this.engine.port()
    if (port !== null) this.state.connect(port)
    this.windows.reconnect()
  }

  #healthChanged(health: EngineHealth): void {
    this.windows.tellHealth(health)
    if (health.state === 'restarting' || health.state === 'failed') this.state.lost()
    if (health.state === 'failed') void this.#afterFailure(health.cause)
    this.#changed()
  }

  async #afterFailure(cause: string): Promise<void> {
    this.#failure = new AbortController()
    const again = await askAfterFailure(cause, this.#failure.signal)
    if (again === true) this.startEngine()
    if (again === false) await this.end()
  }

  /** What failed on a click is said in a box; what the engine says of a config stands in the window as well. */
  #do(work: () => Promise<unknown>): void {
    work().catch((thrown: unknown) => {
      const { message, hint } = asSwitchyardError(thrown)
      if (!this.#quitting) void dialog.showMessageBox({ type: 'error', title: 'Switchyard', message, detail: hint ?? '' })
    })
  }

  #changed(): void {
    if (this.#quitting) return
    const { status, settings, sessions } = this.state
    this.engine.goOnWith(status?.capture?.file ?? null)
    this.windows.rememberTheme(settings.theme)
    this.#tray?.update()
    const template = appMenu({ platform: process.platform, development: !app.isPackaged, status, settings, sessions }, this)
    const said = JSON.stringify(template)
    if (said === this.#menuSaid) return
    this.#menuSaid = said
    Menu.setApplicationMenu(Menu.buildFromTemplate(template))
  }
}
