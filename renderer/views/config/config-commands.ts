import type { Command } from '../../state/commands.svelte.js'
import type { ConfigActions } from './config-actions.svelte.js'

/** What can be done while Config is looked at. Ids are those that the app's menu sends. */
export function configCommands(actions: ConfigActions, hasText: () => boolean, find: () => void): Command[] {
  const shared = { group: 'Config', when: hasText } as const
  const commands: Command[] = [
    { id: 'config.apply', title: 'Apply the config', ...shared, icon: 'check', keys: 'Mod+S', run: () => actions.apply() },
    { id: 'config.save', title: 'Save the config to disk', ...shared, icon: 'save', keys: 'Mod+Shift+S', run: () => actions.save() },
    { id: 'config.save-as', title: 'Save the config as…', ...shared, icon: 'save', run: () => actions.saveAs() },
    { id: 'config.revert-to-disk', title: "Revert to the disk's text", ...shared, icon: 'again', run: () => actions.revert('disk') },
    { id: 'config.revert-to-applied', title: 'Revert to what is served', ...shared, icon: 'again', run: () => actions.revert('applied') },
    { id: 'find', title: 'Find in this file', ...shared, icon: 'search', keys: 'Mod+F', run: find },
    { id: 'config.next-problem', title: 'Next problem', ...shared, icon: 'down', keys: 'F8', run: () => actions.next(1) },
    { id: 'config.previous-problem', title: 'Previous problem', ...shared, icon: 'up', keys: 'Shift+F8', run: () => actions.next(-1) }
  ]
  // The app has the system's dialog for it.
  if (actions.inApp) return commands
  return [...commands, { id: 'config.open', title: 'Open a config…', icon: 'folder', keys: 'Mod+O', run: () => actions.askOpen() }]
}
