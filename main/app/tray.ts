import { Menu, Tray, nativeImage } from 'electron'
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { MenuActions } from './menu-actions.js'
import { trayMenu, trayPicture, trayTooltip } from './tray-menu.js'
import type { TrayFacts, TrayPicture } from './tray-menu.js'

export function iconPath(name: string): string {
  return fileURLToPath(new URL(`../app/icons/${name}.png`, import.meta.url))
}

/** The icon beside the clock. */
export class AppTray {
  readonly #tray: Tray
  readonly #facts: () => TrayFacts
  readonly #actions: MenuActions
  #menu: Menu
  #picture: TrayPicture | null = null
  /** What the menu says, so that it is not made anew while it is open and nothing changed. */
  #said = ''

  /** @param refresh brings the facts up to date; called when the menu is about to open, where the system tells. */
  constructor(facts: () => TrayFacts, actions: MenuActions, refresh: () => Promise<void>) {
    this.#facts = facts
    this.#actions = actions
    this.#tray = new Tray(picture('stopped'))
    this.#menu = Menu.buildFromTemplate([])
    const popUp = (): void => void refresh().then(() => this.#tray.popUpContextMenu(this.#menu))
    if (process.platform === 'darwin') this.#tray.on('click', popUp)
    else this.#tray.on('click', () => actions.open())
    if (process.platform !== 'linux') this.#tray.on('right-click', popUp)
    this.update()
  }

  /** The menu as it stands. */
  get menu(): Menu {
    return this.#menu
  }

  update(): void {
    const facts = this.#facts()
    const template = trayMenu(facts, this.#actions)
    const said = JSON.stringify(template)
    const now = trayPicture(facts)
    if (now !== this.#picture) this.#tray.setImage(picture(now))
    this.#picture = now
    this.#tray.setToolTip(trayTooltip(facts))
    if (said === this.#said) return
    this.#said = said
    this.#menu = Menu.buildFromTemplate(template)
    // Linux tells nobody when it opens a menu: there it is kept fresh.
    if (process.platform === 'linux') this.#tray.setContextMenu(this.#menu)
  }

  destroy(): void {
    this.#tray.destroy()
  }
}

/** macOS draws a template in its own colour; elsewhere the picture has an edge that shows on light and on dark. */
function picture(name: TrayPicture): Electron.NativeImage {
  const isTemplate = process.platform === 'darwin' && name !== 'failed'
  const image = nativeImage.createFromPath(iconPath(isTemplate ? `tray-${name}-template` : `tray-${name}`))
  image.setTemplateImage(isTemplate)
  return image
}

/** Whether something here shows icons of programs: on Linux not every desktop does. */
export async function hasTray(): Promise<boolean> {
  if (process.platform !== 'linux') return true
  const watcher = 'org.kde.StatusNotifierWatcher'
  const bus = ['--session', '--dest=org.freedesktop.DBus', '--print-reply=literal', '/org/freedesktop/DBus']
  const dbusSend = ['dbus-send', ...bus, 'org.freedesktop.DBus.NameHasOwner', `string:${watcher}`]
  const path = ['--session', '--dest', 'org.freedesktop.DBus', '--object-path', '/org/freedesktop/DBus']
  const gdbus = ['gdbus', 'call', ...path, '--method', 'org.freedesktop.DBus.NameHasOwner', watcher]
  return (await saysTrue(gdbus)) || (await saysTrue(dbusSend))
}

function saysTrue([program = '', ...args]: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: 2000 }, (error, stdout) => resolve(error === null && stdout.includes('true')))
  })
}
