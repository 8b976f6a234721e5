import type { OutlineHost, OutlineRoute, TextOf } from '../../../shared/contract.js'
import type { ExchangeRow } from '../../../shared/rows.js'
import type { Finding } from '../../../shared/trace.js'
import type { AppState } from '../../state/app.js'
import { appBridge } from '../../state/app-bridge.js'
import { clockTime } from '../../state/clock.js'
import { firstKeys } from '../../state/commands.svelte.js'
import type { Command } from '../../state/commands.svelte.js'
import { sayKeys } from '../../state/keys.js'
import { fileName } from '../../state/paths.js'
import { severityIcons } from '../../views/config/finding-icon.js'
import { bySeverity, withoutEffect } from '../../views/config/findings.js'
import { settingsHere } from '../../views/settings/settings-list.js'
import { statusOf, typeOf } from '../../views/traffic/exchanges/exchange-words.js'
import { urlOf } from '../../views/traffic/exchanges/address.js'
import { tunnelEnd } from '../../views/traffic/detail/tunnel-end.js'
import type { Findable } from './found.js'

export type Shared = Pick<AppState, 'connection' | 'session' | 'navigation' | 'commands' | 'preferences'>

export function commandsFound({ commands }: Shared): Findable[] {
  const listed = commands.available.filter(({ listed }) => listed !== false)
  return listed.map((command: Command) => {
    const { id, title, group = 'Actions', icon = 'right' } = command
    const keys = firstKeys(command)
    return { key: id, group, title, icon, ...(keys && { end: sayKeys(keys) }), run: () => commands.run(id) }
  })
}

export function settingsFound({ navigation }: Shared): Findable[] {
  return settingsHere(appBridge !== null).map((entry) => ({
    key: `setting.${entry.key}`,
    group: 'Settings',
    title: entry.title,
    icon: 'settings',
    more: entry.kind === 'switch' ? entry.label : entry.section,
    alias: `${entry.says} ${entry.alias ?? ''}`,
    run: () => navigation.go('settings', { setting: entry.key })
  }))
}

/** Routes as they are served, in the order of the config. */
export function routesFound(hosts: readonly OutlineHost[], shared: Shared): Findable[] {
  return hosts.flatMap((host, at) =>
    host.routes.map((route, index) => ({
      key: `route.${at}.${index}`,
      group: 'Routes',
      title: route.match,
      icon: 'route',
      more: `${route.to}, ${host.name}`,
      ...(route.at && { end: `${fileName(route.at.file)}:${route.at.line}` }),
      passing: true,
      run: () => showRoute(route, shared)
    }))
  )
}
/** To its line; one that stands in no file is asked about. */
function showRoute({ match, at }: OutlineRoute, { session, navigation }: Shared): void {
  const { status, config } = session
  if (at !== null && config !== null && config.opened.length > 0)
    return navigation.go('config', { ...at, of: { generation: config.generation } })
  const listener = status?.listeners[0]
  navigation.go('route', listener === undefined ? {} : { url: new URL(match, listener.url).href })
}

/**
 * What is wrong with the open config, the gravest first; what is said twice of a place is found once.
 * @param of the config that they were told of; undefined: the text as it is edited
 */
export function findingsFound(findings: readonly Finding[], of: TextOf | undefined, { navigation }: Shared): Findable[] {
  const found = bySeverity(withoutEffect(findings).shown).map(({ severity, message, code, span }): [string, Findable] => {
    const key = `finding.${code}.${span?.file}:${span?.line}:${span?.column}.${message}`
    const more = span && { end: `${fileName(span.file)}:${span.line}` }
    const run = (): void => navigation.go('config', span === null ? {} : { ...span, of })
    return [key, { key, group: 'Problems', title: message, icon: severityIcons[severity], alias: code, ...more, passing: true, run }]
  })
  return [...new Map(found).values()]
}

export function exchangesFound(rows: readonly ExchangeRow[], { session, commands }: Shared): Findable[] {
  return rows.map((row) => ({
    key: `exchange.${row.id}`,
    group: 'Exchanges',
    title: urlOf(row),
    icon: 'traffic',
    more: row.websocket === 1 ? (tunnelEnd(row)?.title ?? 'open') : `${typeOf(row)}, ${statusOf(row)}`,
    end: clockTime(row.openedAtUs, { utc: session.settings.utc }).slice(0, 8),
    passing: true,
    run: () => commands.run('exchange.open', row.id)
  }))
}
