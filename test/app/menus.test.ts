import type { MenuItemConstructorOptions } from 'electron'
import { describe, expect, it } from 'vitest'
import { appMenu } from '../../main/app/app-menu.js'
import { distinctRoutes } from '../../main/app/engine-state.js'
import type { MenuActions } from '../../main/app/menu-actions.js'
import { trayMenu, trayPicture, trayTooltip } from '../../main/app/tray-menu.js'
import type { TrayFacts } from '../../main/app/tray-menu.js'
import type { Status } from '../../shared/contract.js'
import type { ExchangeRow } from '../../shared/rows.js'
import { defaultSettings } from '../../shared/settings.js'

const settings = { ...defaultSettings, recentConfigs: [['/etc/apache2/site.conf'], ['/a/one & two.conf', '/a/b.conf']] }

function statusOf(change: Partial<Status> = {}): Status {
  return {
    state: 'running',
    error: null,
    refused: [],
    listeners: [{ url: 'https://127.0.0.1:8443' }],
    config: { opened: ['/etc/apache2/site.conf'] },
    capture: { paused: false },
    counts: { openTunnels: 37 },
    ...change
  } as unknown as Status
}
function facts(change: Partial<TrayFacts> = {}): TrayFacts {
  return {
    status: statusOf(),
    health: { state: 'up' },
    settings,
    routes: [{ exchange: 7, label: 'localhost/ws/  site.conf:14' }],
    ...change
  }
}

/** Actions that write down what was asked of them. */
function recorded(): { actions: MenuActions; asked: unknown[][] } {
  const asked: unknown[][] = []
  const actions = new Proxy(
    {},
    {
      get:
        (_target, name) =>
        (...args: unknown[]) =>
          void asked.push([name, ...args])
    }
  ) as MenuActions
  return { actions, asked }
}
const labels = (items: readonly MenuItemConstructorOptions[]): unknown[] => items.map(({ label, role, type }) => label ?? role ?? type)
function item(items: readonly MenuItemConstructorOptions[], ...path: string[]): MenuItemConstructorOptions {
  const [first, ...rest] = path
  const found = items.find(({ label, role }) => label === first || role === first)
  if (found === undefined) throw new Error(`There is no ${first}.`)
  return rest.length === 0 ? found : item(found.submenu as MenuItemConstructorOptions[], ...rest)
}
function click(found: MenuItemConstructorOptions): void {
  ;(found.click as () => void)()
}

describe('the menu beside the clock', () => {
  it('says what runs, copies a listener, leads to a route', () => {
    const { actions, asked } = recorded()
    const menu = trayMenu(facts(), actions)
    expect(labels(menu)).toEqual([
      'Running',
      'site.conf',
      'Copy https://127.0.0.1:8443',
      'separator',
      'localhost/ws/  site.conf:14',
      'separator',
      '37 tunnels open',
      'Pause Capture',
      'separator',
      'Open Switchyard',
      'Quit'
    ])
    expect(menu[0]).toMatchObject({ type: 'checkbox', checked: true, enabled: true })
    expect(labels(item(menu, 'site.conf').submenu as MenuItemConstructorOptions[])).toEqual([
      'site.conf',
      'one && two.conf and 1 more',
      'separator',
      'Open Config…'
    ])
    for (const label of ['Running', 'Copy https://127.0.0.1:8443', 'localhost/ws/  site.conf:14', 'Quit']) click(item(menu, label))
    expect(asked).toEqual([
      ['toggleRunning'],
      ['copy', 'https://127.0.0.1:8443'],
      ['command', { command: 'exchange.open', argument: 7 }],
      ['quit']
    ])
  })

  it.each([
    ['running', {}, 'running', 'Switchyard: 37 tunnels open'],
    ['stopped', { status: statusOf({ state: 'stopped' }) }, 'stopped', 'Switchyard: stopped'],
    [
      'a port in use',
      { status: statusOf({ state: 'failed', error: { code: 'port-in-use', message: 'Port 443 is in use.' } }) },
      'failed',
      'Switchyard: Port 443 is in use.'
    ],
    ['no engine yet', { status: null }, 'stopped', 'Switchyard: starting'],
    [
      'an engine that is gone for good',
      { status: null, health: { state: 'failed', cause: 'out of memory', atMs: 0 } },
      'failed',
      'Switchyard: the engine stopped (out of memory)'
    ]
  ] as const)('shows %s', (_name, change, picture, tooltip) => {
    expect([trayPicture(facts(change)), trayTooltip(facts(change))]).toEqual([picture, tooltip])
  })

  it('cannot be switched while there is no engine, and names why nothing runs', () => {
    const { actions } = recorded()
    expect(trayMenu(facts({ status: null, routes: [] }), actions)[0]).toMatchObject({ checked: false, enabled: false })
    const error = { code: 'config-unsupported', message: 'One directive changes routing:\n  site.conf:3' } as const
    const menu = trayMenu(facts({ status: statusOf({ state: 'failed', error }) }), actions)
    expect(labels(menu)[1]).toBe('One directive changes routing:')
  })

  it('names the last routes, one for each line that routed', () => {
    const rows = [
      { id: 9, host: 'localhost', target: '/ws/?token=1', routeFile: '/etc/site.conf', routeLine: 14 },
      { id: 8, host: 'localhost', target: '/ws/', routeFile: '/etc/site.conf', routeLine: 14 },
      { id: 7, host: 'localhost', target: '/a', routeFile: '', routeLine: 0 },
      ...[6, 5, 4, 3, 2].map((id) => ({ id, host: 'h', target: `/${id}`, routeFile: '/etc/site.conf', routeLine: id }))
    ] as unknown as ExchangeRow[]
    expect(distinctRoutes(rows).map(({ exchange, label }) => `${exchange} ${label}`)).toEqual([
      '9 localhost/ws/  site.conf:14',
      '7 localhost/a',
      '6 h/6  site.conf:6',
      '5 h/5  site.conf:5',
      '4 h/4  site.conf:4'
    ])
  })
})

describe("the app's menu", () => {
  const menuOf = (platform: NodeJS.Platform, development: boolean, actions = recorded().actions): MenuItemConstructorOptions[] =>
    appMenu({ platform, development, status: statusOf(), settings, sessions: [] }, actions)

  it('numbers the screens there are, and sends their commands to the page', () => {
    const { actions, asked } = recorded()
    const view = item(menuOf('linux', false, actions), '&View').submenu as MenuItemConstructorOptions[]
    expect(view.slice(0, 6).map(({ label, accelerator }) => [label, accelerator])).toEqual([
      ['Traffic', 'CmdOrCtrl+1'],
      ['Route', 'CmdOrCtrl+2'],
      ['Config', 'CmdOrCtrl+3'],
      ['Certificates', 'CmdOrCtrl+4'],
      ['Logs', 'CmdOrCtrl+5'],
      ['Settings', 'CmdOrCtrl+,']
    ])
    click(item(view, 'Route'))
    expect(asked).toEqual([['command', { command: 'screen.route' }]])
  })

  it('has a box for heartbeats, which says whether they are hidden', () => {
    const { actions, asked } = recorded()
    const box = item(menuOf('linux', false, actions), '&View', 'Hide Heartbeats')
    expect(box).toMatchObject({ type: 'checkbox', checked: false })
    click(box)
    expect(asked).toEqual([['toggleHeartbeats']])
    const hiding = { ...settings, hideHeartbeats: true }
    const menu = appMenu({ platform: 'linux', development: false, status: statusOf(), settings: hiding, sessions: [] }, actions)
    expect(item(menu, '&View', 'Hide Heartbeats')).toMatchObject({ checked: true })
  })

  it('has reload and the developer tools in development alone', () => {
    const roles = (development: boolean): unknown[] =>
      labels(item(menuOf('linux', development), '&View').submenu as MenuItemConstructorOptions[])
    expect(roles(true)).toEqual(expect.arrayContaining(['reload', 'toggleDevTools']))
    for (const role of ['reload', 'forceReload', 'toggleDevTools']) expect(roles(false)).not.toContain(role)
  })

  it('gives each accelerator once', () => {
    for (const platform of ['linux', 'win32', 'darwin'] as const) {
      const all = (items: readonly MenuItemConstructorOptions[]): string[] =>
        items.flatMap(({ accelerator, submenu }) => [
          ...(accelerator === undefined ? [] : [accelerator]),
          ...(Array.isArray(submenu) ? all(submenu) : [])
        ])
      const given = all(menuOf(platform, true)).map((keys) => keys.replace('CmdOrCtrl', platform === 'darwin' ? 'Cmd' : 'Ctrl'))
      expect([...new Set(given)]).toEqual(given)
    }
  })

  it('puts Quit where the platform has it', () => {
    expect(labels(menuOf('darwin', false))[0]).toBe('appMenu')
    expect(labels(item(menuOf('linux', false), '&File').submenu as MenuItemConstructorOptions[])).toContain('Quit Switchyard')
    expect(labels(item(menuOf('darwin', false), '&File').submenu as MenuItemConstructorOptions[])).not.toContain('Quit Switchyard')
  })
})
