import type { MenuItemConstructorOptions } from 'electron'
import type { EngineHealth } from '../../shared/app-bridge.js'
import type { Status } from '../../shared/contract.js'
import type { Settings } from '../../shared/settings.js'
import type { MenuActions } from './menu-actions.js'
import { configLabel, recentItems } from './recent-configs.js'
import type { RecentRoute } from './engine-state.js'

export interface TrayFacts {
  readonly status: Status | null
  readonly health: EngineHealth
  readonly settings: Settings
  readonly routes: readonly RecentRoute[]
}
export type TrayPicture = 'stopped' | 'running' | 'failed'

/** The switch point: straight, diverging, or with a red dot. */
export function trayPicture({ status, health }: TrayFacts): TrayPicture {
  if (health.state === 'failed' || status?.state === 'failed') return 'failed'
  return status?.state === 'running' ? 'running' : 'stopped'
}

export function trayTooltip(facts: TrayFacts): string {
  const { status, health } = facts
  if (health.state === 'failed' || health.state === 'restarting') return `Switchyard: the engine stopped (${health.cause})`
  if (status === null) return 'Switchyard: starting'
  if (status.state === 'failed') return `Switchyard: ${status.error?.message ?? 'not running'}`
  return status.state === 'running' ? `Switchyard: ${tunnelsText(status)}` : 'Switchyard: stopped'
}

/** UI.md §11, as far as what it names is there. */
export function trayMenu(facts: TrayFacts, actions: MenuActions): MenuItemConstructorOptions[] {
  const { status, settings, routes } = facts
  return [
    {
      id: 'running',
      label: 'Running',
      type: 'checkbox',
      checked: status?.state === 'running',
      enabled: status !== null && status.state !== 'starting',
      click: () => actions.toggleRunning()
    },
    ...errorItems(status, actions),
    { label: configLabel(status), submenu: recentItems(settings.recentConfigs, actions) },
    ...(status?.listeners ?? []).map(({ url }) => ({ label: `Copy ${url}`, click: () => actions.copy(url) })),
    ...section(
      routes.map(({ label, exchange }) => ({
        // A later exchange of the same route is another item: the menu is made anew.
        id: `exchange-${exchange}`,
        label,
        click: () => actions.command({ command: 'exchange.open', argument: exchange })
      }))
    ),
    ...section(status === null ? [] : [{ label: tunnelsText(status), click: () => actions.command({ command: 'screen.traffic' }) }]),
    {
      id: 'pause',
      label: 'Pause Capture',
      type: 'checkbox',
      checked: status?.capture?.paused === true,
      enabled: status !== null && status.capture !== null,
      click: () => actions.togglePaused()
    },
    { type: 'separator' },
    { id: 'open', label: 'Open Switchyard', click: () => actions.open() },
    { label: 'Quit', click: () => actions.quit() }
  ]
}

function errorItems(status: Status | null, actions: MenuActions): MenuItemConstructorOptions[] {
  return status === null || status.error === null ? [] : [{ label: firstLine(status.error.message), click: () => actions.open() }]
}

function section(items: MenuItemConstructorOptions[]): MenuItemConstructorOptions[] {
  return items.length === 0 ? [] : [{ type: 'separator' }, ...items]
}

function tunnelsText({ counts }: Status): string {
  return counts.openTunnels === 1 ? '1 tunnel open' : `${counts.openTunnels} tunnels open`
}

function firstLine(text: string): string {
  const line = text.split('\n')[0] ?? ''
  return line.length <= 80 ? line : `${line.slice(0, 79)}…`
}
