import { contextBridge, ipcRenderer, webUtils } from 'electron'
import { appBridgeName } from '../../shared/app-bridge.js'
import type { AppBridge, CommandMessage, EngineHealth, PortMessage } from '../../shared/app-bridge.js'
import { channels, factsIn, isWebUrl } from './channels.js'

/** Runs sandboxed before a page of ours, in a world of its own: what the page gets stands in shared/app-bridge.ts. */
let nonce: string | null = null

const bridge: AppBridge = {
  ...factsIn(process.argv),
  connect: (asked) => {
    if (nonce !== null || typeof asked !== 'string' || asked === '') return
    nonce = asked
    ipcRenderer.send(channels.connect)
  },
  onEngine: (listener) => {
    const stop = subscribe<EngineHealth>(channels.engine, listener)
    ipcRenderer.send(channels.engine)
    return stop
  },
  chooseConfigs: () => ipcRenderer.invoke(channels.chooseConfigs) as Promise<string[] | null>,
  chooseSaveFile: (suggested) => ipcRenderer.invoke(channels.chooseSaveFile, String(suggested)) as Promise<string | null>,
  clipboardText: async () => {
    if (!navigator.userActivation.isActive) return null
    return (await ipcRenderer.invoke(channels.clipboardText)) as string | null
  },
  startEngine: () => ipcRenderer.send(channels.startEngine),
  pathOf: (file) => webUtils.getPathForFile(file),
  showFile: (path) => ipcRenderer.send(channels.showFile, String(path)),
  newWindow: () => ipcRenderer.send(channels.newWindow)
}

function subscribe<Data>(channel: string, listener: (data: Data) => void): () => void {
  const heard = (_event: unknown, data: Data): void => listener(data)
  ipcRenderer.on(channel, heard)
  return () => void ipcRenderer.off(channel, heard)
}

ipcRenderer.on(channels.command, (_event, command: CommandMessage) => window.postMessage(command, window.location.origin))

/** To this very page, which has said what it listens for. */
ipcRenderer.on(channels.port, ({ ports }) => {
  if (nonce !== null) window.postMessage({ switchyard: 'port', nonce } satisfies PortMessage, window.location.origin, ports)
})

/** Navigation is denied; a link that a person clicks opens in the system's browser. Nothing that a script clicks does. */
window.addEventListener(
  'click',
  (event) => {
    const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement)
    if (!event.isTrusted || link === undefined || !isWebUrl(link.href)) return
    event.preventDefault()
    ipcRenderer.send(channels.openLink, link.href)
  },
  true
)

contextBridge.exposeInMainWorld(appBridgeName, bridge)
