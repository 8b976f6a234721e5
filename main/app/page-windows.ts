import { BrowserWindow, nativeTheme } from 'electron'
import { randomUUID } from 'node:crypto'
import type { CommandMessage, EngineHealth } from '../../shared/app-bridge.js'
import { channels } from './channels.js'
import { openPageWindow } from './page-window.js'
import { readWindowState, writeWindowState } from './window-state.js'
import type { WindowPlace, WindowState } from './window-state.js'

export interface PageWindowsOptions {
  /** Where places and theme are remembered. */
  readonly stateFile: string
  readonly icon: string
  /** The app was started with configs. */
  readonly opens: boolean
  /** The other end of a new channel to the engine; null while there is none. */
  readonly port: () => Electron.MessagePortMain | null
  /** The last window is about to close. @returns whether it may. */
  readonly mayClose: (window: BrowserWindow) => boolean
}

/** Every window has the screens in it, and views of its own. */
export class PageWindows {
  readonly #options: PageWindowsOptions
  #state: WindowState
  /** Pages that asked for a port: they get another when the engine was started again. */
  readonly #connected = new Set<number>()
  /** By the ids of their windows. */
  readonly #names = new Map<number, string>()
  /** Commands for pages that are still loading. */
  readonly #waiting = new Map<number, CommandMessage[]>()

  constructor(options: PageWindowsOptions) {
    this.#options = options
    this.#state = readWindowState(options.stateFile)
    nativeTheme.themeSource = this.#state.theme
  }

  get all(): BrowserWindow[] {
    return BrowserWindow.getAllWindows()
  }

  /** The windows that there were when the app ended; one, where nothing is known of it. */
  restore(): void {
    const { windows } = this.#state
    if (windows.length === 0) this.open()
    for (const was of windows) this.open(was)
  }

  /** Resolves when the first page is there, or failed to come. */
  async loaded(): Promise<void> {
    const contents = this.all[0]?.webContents
    if (contents?.isLoading()) await new Promise<void>((resolve) => contents.once('did-stop-loading', () => resolve()))
  }

  /** @param was where it was; null: it is a new one. */
  open(was: WindowPlace | null = null): BrowserWindow {
    const name = was?.name ?? randomUUID()
    const window = openPageWindow(was, { name, icon: this.#options.icon, opens: this.#options.opens })
    this.#names.set(window.id, name)
    const { webContents } = window
    const { id } = webContents
    const windowId = window.id
    window.on('close', (event) => {
      if (this.all.length > 1) return
      this.remember()
      if (!this.#options.mayClose(window)) event.preventDefault()
    })
    // A page that is loaded anew asks again.
    webContents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
      if (isMainFrame && !isSameDocument) this.#connected.delete(id)
    })
    webContents.on('render-process-gone', (_event, { reason }) => {
      this.#connected.delete(id)
      if (reason !== 'clean-exit') webContents.reload()
    })
    window.on('closed', () => {
      this.#connected.delete(id)
      this.#waiting.delete(id)
      this.#names.delete(windowId)
    })
    return window
  }

  /** The window that was used last, or a new one, in front. */
  show(): BrowserWindow {
    const window = BrowserWindow.getFocusedWindow() ?? this.all.find((each) => each.isVisible()) ?? this.all[0] ?? this.open()
    if (window.isMinimized()) window.restore()
    if (window.webContents.isLoading()) return window
    window.show()
    window.focus()
    return window
  }

  /** To the page in front; kept for it while it has no ears yet. */
  command(command: CommandMessage): void {
    const { webContents } = this.show()
    if (this.#connected.has(webContents.id)) webContents.send(channels.command, command)
    else this.#waiting.set(webContents.id, [...(this.#waiting.get(webContents.id) ?? []), command])
  }

  /** A page asked for its port. */
  connect(contents: Electron.WebContents): void {
    this.#connected.add(contents.id)
    this.#give(contents)
    for (const command of this.#waiting.get(contents.id) ?? []) contents.send(channels.command, command)
    this.#waiting.delete(contents.id)
  }

  /** There is a new engine. */
  reconnect(): void {
    for (const { webContents } of this.all) if (this.#connected.has(webContents.id)) this.#give(webContents)
  }

  tellHealth(health: EngineHealth): void {
    for (const { webContents } of this.all) webContents.send(channels.engine, health)
  }

  rememberTheme(theme: WindowState['theme']): void {
    if (theme === this.#state.theme) return
    nativeTheme.themeSource = theme
    this.#state = { ...this.#state, theme }
    writeWindowState(this.#options.stateFile, this.#state)
  }

  /** Where the windows are, the oldest first, for the next start. */
  remember(): void {
    const all = this.all.sort((one, other) => one.id - other.id)
    const windows = all.map((window) => ({
      place: window.getNormalBounds(),
      maximized: window.isMaximized(),
      name: this.#names.get(window.id) ?? null
    }))
    this.#state = { ...this.#state, windows }
    writeWindowState(this.#options.stateFile, this.#state)
  }

  #give(contents: Electron.WebContents): void {
    const port = this.#options.port()
    if (port !== null) contents.postMessage(channels.port, null, [port])
  }
}
