import { BrowserWindow, Menu, app, nativeTheme, screen } from 'electron'
import type { BrowserWindowConstructorOptions } from 'electron'
import { fileURLToPath } from 'node:url'
import { factsArgument } from './channels.js'
import type { PageFacts } from './channels.js'
import { pageUrl } from './guards.js'
import { backgrounds, cascaded, defaultSize, placeOn, smallest } from './window-state.js'
import type { Place, WindowPlace } from './window-state.js'

/** Height of the screens' top bar (tokens.css), which is the drag area where there is no system frame. */
const topBarHeight = 44

export interface PageWindowFacts {
  readonly name: string
  readonly icon: string
  /** The app was started with configs. */
  readonly opens: boolean
}

/** A window with the screens in it. Shown when its first paint is ready. @param was where it was; null: it is a new one. */
export function openPageWindow(was: WindowPlace | null, { name, icon, opens }: PageWindowFacts): BrowserWindow {
  const screens = screen.getAllDisplays().map(({ workArea }) => workArea)
  const place = was === null ? besideTheLast(screens) : placeOn(was.place, screens)
  const window = new BrowserWindow({
    ...(place ?? { ...defaultSize, center: true }),
    minWidth: smallest.width,
    minHeight: smallest.height,
    show: false,
    title: 'Switchyard',
    backgroundColor: background(),
    ...titleBar(),
    ...(process.platform === 'linux' ? { icon } : {}),
    webPreferences: {
      preload: fileURLToPath(new URL('../app/preload.cjs', import.meta.url)),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
      additionalArguments: [factsArgument(facts(name, opens))]
    }
  })
  if (was?.maximized === true) window.maximize()
  window.once('ready-to-show', () => window.show())
  window.webContents.on('context-menu', (_event, { isEditable, editFlags, selectionText }) => {
    if (isEditable) editMenu(editFlags).popup({ window })
    else if (selectionText.trim() !== '') Menu.buildFromTemplate([{ role: 'copy' }]).popup({ window })
  })
  void window.loadURL(pageUrl).catch((thrown: unknown) => console.error(`The screens cannot be loaded: ${String(thrown)}`))
  return window
}

function besideTheLast(screens: readonly Place[]): Place | null {
  const before = BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0]
  return before === undefined ? null : cascaded(before.getNormalBounds(), screens)
}

/** Follows the theme that was chosen, in windows that are open. */
export function paintWindows(): void {
  for (const window of BrowserWindow.getAllWindows()) {
    window.setBackgroundColor(background())
    if (process.platform === 'win32') window.setTitleBarOverlay(overlay())
  }
}

function editMenu(can: Electron.EditFlags): Menu {
  return Menu.buildFromTemplate([
    { role: 'undo', enabled: can.canUndo },
    { role: 'redo', enabled: can.canRedo },
    { type: 'separator' },
    { role: 'cut', enabled: can.canCut },
    { role: 'copy', enabled: can.canCopy },
    { role: 'paste', enabled: can.canPaste },
    { type: 'separator' },
    { role: 'selectAll', enabled: can.canSelectAll }
  ])
}

/** UI.md §11: hidden inset on macOS, overlay on Windows, the system's frame on Linux. */
function titleBar(): BrowserWindowConstructorOptions {
  if (process.platform === 'darwin') return { titleBarStyle: 'hiddenInset', trafficLightPosition: { x: 14, y: 14 } }
  if (process.platform === 'win32') return { titleBarStyle: 'hidden', titleBarOverlay: overlay() }
  return {}
}

function overlay(): { color: string; symbolColor: string; height: number } {
  return { color: background(), symbolColor: nativeTheme.shouldUseDarkColors ? '#e5e7eb' : '#1a1c20', height: topBarHeight }
}

function background(): string {
  return nativeTheme.shouldUseDarkColors ? backgrounds.dark : backgrounds.light
}

function facts(window: string, opens: boolean): PageFacts {
  return { window, opens, platform: process.platform as PageFacts['platform'], version: app.getVersion() }
}
