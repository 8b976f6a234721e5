import { appBridge } from '../state/app-bridge.js'
import type { Command } from '../state/commands.svelte.js'
import { openConfig } from '../state/config-opener.js'
import type { Connection } from '../state/connection.svelte.js'
import type { Navigation } from '../state/navigation.svelte.js'
import type { Session } from '../state/session.svelte.js'
import { isDark } from '../state/theme.js'
import { screens } from '../views/screens.js'
import type { Sought } from './palette/palette-search.svelte.js'
import type { Stopping } from './stopping.svelte.js'

interface Parts {
  readonly session: Session
  readonly navigation: Navigation
  readonly connection: Connection
  readonly stopping: Stopping
  readonly openPalette: (sought: Sought) => void
}

/** What can be done wherever one is. Ids are those that the app's menu sends. */
export function frameCommands({ session, navigation, connection, stopping, openPalette }: Parts): Command[] {
  const isRunning = (): boolean => session.status?.state === 'running' || session.status?.state === 'starting'
  const capture = (): { readonly paused: boolean } | null => session.status?.capture ?? null
  const numbered = screens.filter(({ place }) => place === 'rail')
  return [
    ...screens.map(({ name, title, icon, place }): Command => {
      const number = numbered.findIndex((screen) => screen.name === name) + 1
      const keys = place === 'foot' ? 'Mod+,' : place === 'rail' ? `Mod+${number}` : undefined
      return { id: `screen.${name}`, title, group: 'Screens', icon, ...(keys && { keys }), run: () => navigation.go(name) }
    }),
    {
      id: 'exchange.open',
      title: 'Open an exchange',
      listed: false,
      run: (exchange) => navigation.go('traffic', { exchange: Number(exchange) })
    },
    {
      id: 'session.open',
      title: 'Open a capture',
      listed: false,
      run: (session) => navigation.go('traffic', { session: String(session) })
    },
    { id: 'help.keyboard', title: 'Keyboard', listed: false, run: () => navigation.go('settings', { section: 'Keyboard' }) },
    { id: 'palette.open', title: 'Search or run', keys: 'Mod+K', listed: false, run: () => openPalette('everything') },
    { id: 'palette.actions', title: 'Run an action', keys: 'Mod+Shift+P', listed: false, run: () => openPalette('actions') },
    { id: 'config.open', title: 'Open a config…', icon: 'folder', keys: 'Mod+O', run: () => chooseConfig({ connection, navigation }) },
    { id: 'run.start', title: 'Start', icon: 'play', when: () => session.config !== null && !isRunning(), run: () => session.run(true) },
    { id: 'run.stop', title: 'Stop', icon: 'close', when: isRunning, run: () => stopping.stop() },
    { id: 'run.toggle', title: 'Run or stop', listed: false, run: () => (isRunning() ? stopping.stop() : session.run(true)) },
    { id: 'capture.pause', title: 'Pause capture', icon: 'pause', when: () => capture()?.paused === false, run: () => session.pause(true) },
    {
      id: 'capture.resume',
      title: 'Resume capture',
      icon: 'play',
      when: () => capture()?.paused === true,
      run: () => session.pause(false)
    },
    {
      id: 'traffic.heartbeats',
      title: session.settings.hideHeartbeats ? 'Show heartbeats' : 'Hide heartbeats',
      group: 'Traffic',
      keys: 'h',
      keysWhen: () => navigation.screen === 'traffic',
      run: () => session.choose({ hideHeartbeats: !session.settings.hideHeartbeats })
    },
    {
      id: 'theme.toggle',
      title: 'Change theme',
      icon: 'theme',
      run: () => session.choose({ theme: isDark(session.settings.theme) ? 'light' : 'dark' })
    },
    { id: 'theme.system', title: 'Theme of the system', icon: 'theme', run: () => session.choose({ theme: 'system' }) }
  ]
}

/** The app has the system's dialog; a browser's page lists the folders of that machine itself. */
async function chooseConfig(parts: Pick<Parts, 'connection' | 'navigation'>): Promise<void> {
  if (appBridge === null) return parts.navigation.go('start', { open: true })
  const files = await appBridge.chooseConfigs()
  if (files !== null && files.length > 0) await openConfig(parts, files)
}

const focusable = 'button, a[href], input, select, textarea, [tabindex]'

/** F6: from pane to pane, in the order of the page. Panes are marked by `data-pane`. */
export function nextPane(step: 1 | -1): void {
  const all = [...document.querySelectorAll<HTMLElement>('[data-pane]')].filter(
    (pane) => pane.checkVisibility() && pane.closest('[inert]') === null
  )
  // Of panes within panes the inner ones are meant.
  const panes = all.filter((pane) => !all.some((other) => other !== pane && pane.contains(other)))
  const at = panes.findIndex((pane) => pane.contains(document.activeElement))
  const pane = panes[(Math.max(at, step === 1 ? -1 : 0) + step + panes.length) % panes.length]
  if (pane === undefined) return
  const inside = [...pane.querySelectorAll<HTMLElement>(focusable)].find((element) => element.tabIndex >= 0 && element.checkVisibility())
  if (inside !== undefined) return inside.focus()
  pane.tabIndex = -1
  pane.focus()
}
