import type { ScreenCommand } from '../../shared/app-bridge.js'
import type { Command, Commands } from '../state/commands.svelte.js'
import { isTyping } from '../state/keys.js'
import type { Keys } from '../state/keys.js'
import type { Navigation, ScreenName } from '../state/navigation.svelte.js'
import type { Notices } from '../state/notices.svelte.js'

interface Parts {
  readonly commands: Commands
  readonly navigation: Navigation
  readonly notices: Notices
}
interface Home {
  readonly screen: ScreenName
  /** A command that is there as soon as it is known whether this one can be done. Default: itself. */
  readonly after?: ScreenCommand
  /** Said where the screen has nothing to do it with. */
  readonly missing?: string
  /** In the palette and by keys, too, wherever one is; a letter alone is the table's that has the focus, and acts on its own screen. */
  readonly shown?: { readonly title: string; readonly keys: Keys }
}

const noFile = 'No config file is open.'
const noExchange = 'Choose an exchange first.'
const noFrame = 'Choose a frame first.'

/** What the app's menu sends and one screen does. */
const homes: Readonly<Record<ScreenCommand, Home>> = {
  find: { screen: 'traffic', shown: { title: 'Filter traffic', keys: 'Mod+F' } },
  'config.apply': { screen: 'config', missing: noFile, shown: { title: 'Apply the config', keys: 'Mod+S' } },
  'config.save': { screen: 'config', missing: noFile, shown: { title: 'Save the config to disk', keys: 'Mod+Shift+S' } },
  'config.save-as': { screen: 'config', missing: noFile },
  'config.revert-to-disk': { screen: 'config', missing: noFile },
  'config.revert-to-applied': { screen: 'config', missing: noFile },
  'config.next-problem': { screen: 'config', missing: noFile },
  'config.previous-problem': { screen: 'config', missing: noFile },
  'route.explain': { screen: 'route', missing: 'Type a URL first.' },
  'traffic.layout': { screen: 'traffic' },
  'traffic.follow': { screen: 'traffic' },
  'traffic.nextBad': { screen: 'traffic', shown: { title: 'Next red mark', keys: 'n' } },
  'traffic.previousBad': { screen: 'traffic', shown: { title: 'Previous red mark', keys: 'Shift+n' } },
  'traffic.goToFrame': { screen: 'traffic', after: 'traffic.layout', missing: 'Show the frames of a tunnel first.' },
  'traffic.copyUrl': { screen: 'traffic', missing: noExchange },
  'traffic.copyCurl': { screen: 'traffic', missing: noExchange },
  'traffic.copyWscat': { screen: 'traffic', missing: 'Choose a WebSocket first.' },
  'traffic.copyRow': { screen: 'traffic', missing: noExchange },
  'traffic.copyPayload': { screen: 'traffic', after: 'traffic.layout', missing: noFrame },
  'traffic.copyFrame': { screen: 'traffic', after: 'traffic.layout', missing: noFrame },
  'traffic.export': { screen: 'traffic', missing: noExchange },
  'traffic.close': { screen: 'traffic', missing: 'Choose a tunnel that is open first.' }
}
/** A screen that is gone to for the first time has to be loaded, and asks the host for what it shows. */
const readyWithinMs = 5000

/** Stand in for a screen's own commands while it is not shown, or cannot do them: they go there, or say what is missing. */
export function screenCommands({ commands, navigation, notices }: Parts): Command[] {
  const standIns = new Map<string, Command>()
  for (const [id, { screen, after = id, missing, shown }] of Object.entries(homes)) {
    const own = (): boolean => commands.find(id) !== standIn
    const elsewhere = shown !== undefined && isTyping(shown.keys) ? { keysWhen: () => navigation.screen === screen } : {}
    const standIn: Command = { id, ...(shown ?? { title: id, listed: false }), ...elsewhere, run }
    async function run(): Promise<void> {
      if (navigation.screen !== screen) {
        navigation.go(screen)
        await commands.another(standIns.get(after) ?? standIn, readyWithinMs)
        if (navigation.screen !== screen) return
      }
      if (own()) commands.run(id)
      else if (missing !== undefined) notices.show({ text: missing })
    }
    standIns.set(id, standIn)
  }
  return [...standIns.values()]
}
