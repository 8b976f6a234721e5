import type { MenuItemConstructorOptions } from 'electron'
import { appScreens } from '../../shared/app-bridge.js'
import type { AppScreen, CommandMessage } from '../../shared/app-bridge.js'
import type { SessionFacts, Status } from '../../shared/contract.js'
import type { Settings } from '../../shared/settings.js'
import type { MenuActions } from './menu-actions.js'
import { recentItems } from './recent-configs.js'

export interface MenuFacts {
  readonly platform: NodeJS.Platform
  /** Not packaged: reload and the developer tools are there. */
  readonly development: boolean
  readonly status: Status | null
  readonly settings: Settings
  readonly sessions: readonly SessionFacts[]
}
type Item = MenuItemConstructorOptions
type CommandName = CommandMessage['command']
const separator: Item = { type: 'separator' }
const sessionsShown = 10

/** UI.md §11, as far as what it names is there; accelerators as in §8. */
export function appMenu(facts: MenuFacts, actions: MenuActions): Item[] {
  return [
    ...(facts.platform === 'darwin' ? [macMenu(actions)] : []),
    { label: '&File', submenu: fileMenu(facts, actions) },
    { label: '&Edit', submenu: editMenu(actions) },
    { label: '&View', submenu: viewMenu(facts, actions) },
    { label: '&Traffic', submenu: trafficMenu(facts, actions) },
    { label: '&Config', submenu: configMenu(facts, actions) },
    { role: 'windowMenu' },
    { role: 'help', submenu: helpMenu(facts, actions) }
  ]
}

/** An item that is the page's work. */
function send(label: string, command: CommandName, actions: MenuActions, more: Item = {}): Item {
  return { label, ...more, click: () => actions.command({ command }) }
}

function macMenu(actions: MenuActions): Item {
  return {
    role: 'appMenu',
    submenu: [
      { role: 'about' },
      separator,
      send('Settings…', 'screen.settings', actions, { accelerator: 'Cmd+,' }),
      separator,
      { role: 'services' },
      separator,
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      separator,
      quitItem(actions)
    ]
  }
}

function fileMenu({ platform, settings, sessions, status }: MenuFacts, actions: MenuActions): Item[] {
  const earlier = sessions.filter(({ name }) => name !== status?.capture?.session)
  return [
    { label: 'Open Config…', accelerator: 'CmdOrCtrl+O', click: () => actions.openConfig() },
    { label: 'Open Recent', submenu: recentItems(settings.recentConfigs, actions) },
    { label: 'Recent Captures', enabled: earlier.length > 0, submenu: sessionItems(earlier, actions) },
    separator,
    send('Export Chosen Exchanges…', 'traffic.export', actions),
    separator,
    { label: 'New Window', accelerator: 'CmdOrCtrl+N', click: () => actions.newWindow() },
    { role: 'close', accelerator: 'CmdOrCtrl+W' },
    ...(platform === 'darwin' ? [] : [separator, quitItem(actions)])
  ]
}

/** Not the role: what is open is asked about first. */
function quitItem(actions: MenuActions): Item {
  return { label: 'Quit Switchyard', accelerator: 'CmdOrCtrl+Q', click: () => actions.quit() }
}

function sessionItems(sessions: readonly SessionFacts[], actions: MenuActions): Item[] {
  return sessions.slice(0, sessionsShown).map(({ name, startedAtMs, locked }) => ({
    label: new Date(startedAtMs).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' }),
    toolTip: name,
    // Another Switchyard writes it.
    enabled: !locked,
    click: () => actions.command({ command: 'session.open', argument: name })
  }))
}

function editMenu(actions: MenuActions): Item[] {
  return [
    { role: 'undo' },
    { role: 'redo' },
    separator,
    { role: 'cut' },
    { role: 'copy' },
    { role: 'paste' },
    { role: 'selectAll' },
    separator,
    send('Find', 'find', actions, { accelerator: 'CmdOrCtrl+F' }),
    { label: 'Copy As', submenu: copyItems(actions) },
    separator,
    send('Command Palette', 'palette.open', actions, { accelerator: 'CmdOrCtrl+K' })
  ]
}

function copyItems(actions: MenuActions): Item[] {
  return [
    send('URL', 'traffic.copyUrl', actions),
    send('cURL', 'traffic.copyCurl', actions),
    send('wscat', 'traffic.copyWscat', actions),
    send('Row', 'traffic.copyRow', actions),
    separator,
    send('Payload of the Frame', 'traffic.copyPayload', actions),
    send('Row of the Frame', 'traffic.copyFrame', actions)
  ]
}

const screenLabels: Readonly<Record<AppScreen, string>> = {
  traffic: 'Traffic',
  route: 'Route',
  config: 'Config',
  certificates: 'Certificates',
  logs: 'Logs',
  settings: 'Settings'
}

function viewMenu({ platform, development, settings }: MenuFacts, actions: MenuActions): Item[] {
  return [
    ...appScreens.map((screen, at) => send(screenLabels[screen], `screen.${screen}`, actions, screenKeys(screen, at, platform))),
    separator,
    send('List Beside or Above', 'traffic.layout', actions),
    { label: 'Hide Heartbeats', type: 'checkbox', checked: settings.hideHeartbeats, click: () => actions.toggleHeartbeats() },
    { label: 'Theme', submenu: themeItems(settings, actions) },
    separator,
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    separator,
    { role: 'togglefullscreen' },
    ...(development ? ([separator, { role: 'reload' }, { role: 'forceReload' }, { role: 'toggleDevTools' }] as const) : [])
  ]
}

function screenKeys(screen: AppScreen, at: number, platform: NodeJS.Platform): Item {
  if (screen !== 'settings') return { accelerator: `CmdOrCtrl+${at + 1}` }
  // On macOS it stands in the app's own menu.
  return platform === 'darwin' ? {} : { accelerator: 'CmdOrCtrl+,' }
}

function themeItems({ theme }: Settings, actions: MenuActions): Item[] {
  const themes = [
    ['system', 'As the System'],
    ['light', 'Light'],
    ['dark', 'Dark']
  ] as const
  return themes.map(([name, label]) => ({ label, type: 'radio', checked: theme === name, click: () => actions.theme(name) }))
}

function trafficMenu({ status }: MenuFacts, actions: MenuActions): Item[] {
  return [
    {
      id: 'run',
      label: status?.state === 'running' ? 'Stop' : 'Run',
      accelerator: 'Ctrl+Shift+Space',
      enabled: status !== null && status.state !== 'starting',
      click: () => actions.toggleRunning()
    },
    separator,
    {
      label: 'Pause Capture',
      type: 'checkbox',
      checked: status?.capture?.paused === true,
      enabled: status !== null && status.capture !== null,
      click: () => actions.togglePaused()
    },
    { label: 'Clear', enabled: status !== null && status.capture !== null, click: () => actions.clear() },
    separator,
    send('Follow or Hold', 'traffic.follow', actions),
    send('Next Red Mark', 'traffic.nextBad', actions),
    send('Previous Red Mark', 'traffic.previousBad', actions),
    send('Go to Frame…', 'traffic.goToFrame', actions),
    send('Close Tunnel', 'traffic.close', actions)
  ]
}

function configMenu({ status }: MenuFacts, actions: MenuActions): Item[] {
  const enabled = status !== null && status.config !== null
  return [
    send('Apply', 'config.apply', actions, { accelerator: 'CmdOrCtrl+S', enabled }),
    send('Save to Disk', 'config.save', actions, { accelerator: 'Shift+CmdOrCtrl+S', enabled }),
    send('Save As…', 'config.save-as', actions, { enabled }),
    {
      label: 'Revert',
      enabled,
      submenu: [
        send("To the Disk's Text", 'config.revert-to-disk', actions),
        send('To What Is Served', 'config.revert-to-applied', actions)
      ]
    },
    separator,
    send('Next Problem', 'config.next-problem', actions, { enabled }),
    send('Previous Problem', 'config.previous-problem', actions, { enabled }),
    separator,
    send('Explain Request', 'route.explain', actions, { enabled })
  ]
}

function helpMenu({ platform }: MenuFacts, actions: MenuActions): Item[] {
  return [
    send('Keyboard', 'help.keyboard', actions),
    { label: 'Open Data Folder', click: () => actions.showDataFolder() },
    ...(platform === 'darwin' ? [] : ([separator, { role: 'about' }] as const))
  ]
}
