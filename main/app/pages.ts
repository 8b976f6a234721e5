import { ipcMain, protocol, session, shell } from 'electron'
import type { IpcMainEvent, IpcMainInvokeEvent } from 'electron'
import { ScreenFiles } from '../host/control/screen-files.js'
import { channels, isWebUrl } from './channels.js'
import type { Desktop } from './desktop.js'
import { guardSession, isOurs, scheme } from './guards.js'

/** Before `ready`: pages of ours are an origin of their own, with everything that https has. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } }])
}

/** The pages' files and what they may ask of the main process. @param folder of the screens. */
export function servePages(desktop: Desktop, folder: string): void {
  guardSession(session.defaultSession)
  const files = ScreenFiles.in(folder)
  protocol.handle(scheme, async ({ method, url }) => {
    const found = method === 'GET' && isOurs(url) ? await files?.find(new URL(url).pathname, '') : null
    return found
      ? new Response(new Uint8Array(found.body), { headers: found.headers })
      : new Response('There is nothing here.\n', { status: 404 })
  })
  hear(channels.connect, ({ sender }) => desktop.windows.connect(sender))
  hear(channels.engine, ({ sender }) => sender.send(channels.engine, desktop.engine.health))
  hear(channels.newWindow, () => desktop.newWindow())
  hear(channels.openLink, (_event, url) => {
    if (typeof url === 'string' && isWebUrl(url)) void shell.openExternal(url)
  })
  hear(channels.showFile, (_event, path) => {
    if (typeof path === 'string') shell.showItemInFolder(path)
  })
  hear(channels.startEngine, () => desktop.startEngine())
  answer(channels.clipboardText, () => desktop.clipboardText())
  answer(channels.chooseConfigs, () => desktop.chooseConfigs())
  answer(channels.chooseSaveFile, (suggested) => desktop.chooseSaveFile(typeof suggested === 'string' ? suggested : ''))
}

function fromPage({ senderFrame }: IpcMainEvent | IpcMainInvokeEvent): boolean {
  return senderFrame !== null && senderFrame.parent === null && isOurs(senderFrame.url)
}

function hear(channel: string, listener: (event: IpcMainEvent, argument: unknown) => void): void {
  ipcMain.on(channel, (event, argument: unknown) => {
    if (fromPage(event)) listener(event, argument)
  })
}

function answer(channel: string, reply: (argument: unknown) => Promise<unknown>): void {
  ipcMain.handle(channel, async (event, argument: unknown) => (fromPage(event) ? await reply(argument) : null))
}
