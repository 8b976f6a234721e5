import type { MenuItemConstructorOptions } from 'electron'
import { basename } from 'node:path'
import type { Status } from '../../shared/contract.js'
import type { Settings } from '../../shared/settings.js'
import type { MenuActions } from './menu-actions.js'

/** What is served, in a few words. */
export function configLabel(status: Status | null): string {
  const opened = status?.config?.opened ?? status?.config?.files ?? []
  return opened.length === 0 ? 'No config' : namesOf(opened)
}

export function recentItems(
  recent: Settings['recentConfigs'],
  actions: Pick<MenuActions, 'openConfig' | 'openFiles'>
): MenuItemConstructorOptions[] {
  return [
    ...recent.map((files) => ({ label: namesOf(files), toolTip: files.join('\n'), click: () => actions.openFiles(files) })),
    ...(recent.length === 0 ? [] : [{ type: 'separator' } as const]),
    { label: 'Open Config…', click: () => actions.openConfig() }
  ]
}

/** An ampersand in a label would mark a letter. */
function namesOf(files: readonly string[]): string {
  const [first = '', ...rest] = files
  const name = basename(first).replaceAll('&', '&&')
  return rest.length === 0 ? name : `${name} and ${rest.length} more`
}
