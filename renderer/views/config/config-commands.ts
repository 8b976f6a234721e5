import type { Command } from '../../state/commands.svelte.js'

interface Parts {
  readonly apply: () => unknown
  readonly save: () => unknown
  readonly saveAs: () => unknown
  readonly next: (step: 1 | -1) => void
  readonly hasText: () => boolean
  /** In a browser; the app has the system's dialog for it. */
  readonly open?: () => void
}

/** What can be done while Config is looked at. Ids are those that the app's menu sends. */
export function configCommands({ apply, save, saveAs, next, hasText, open }: Parts): Command[] {
  const group = 'Config'
  const commands: Command[] = [
    { id: 'config.apply', title: 'Apply the config', group, icon: 'check', keys: 'Mod+S', when: hasText, run: () => apply() },
    { id: 'config.save', title: 'Save the config to disk', group, icon: 'save', keys: 'Mod+Shift+S', when: hasText, run: () => save() },
    { id: 'config.save-as', title: 'Save the config as…', group, icon: 'save', when: hasText, run: () => saveAs() },
    { id: 'config.next-problem', title: 'Next problem', group, icon: 'down', keys: 'F8', when: hasText, run: () => next(1) },
    { id: 'config.previous-problem', title: 'Previous problem', group, icon: 'up', keys: 'Shift+F8', when: hasText, run: () => next(-1) }
  ]
  if (open === undefined) return commands
  return [...commands, { id: 'config.open', title: 'Open a config…', icon: 'folder', keys: 'Mod+O', run: open }]
}
