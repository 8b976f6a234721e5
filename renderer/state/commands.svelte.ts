import type { CommandMessage } from '../../shared/app-bridge.js'
import type { IconName } from '../components/icons.js'
import { isTyping, pressed } from './keys.js'
import type { Keys } from './keys.js'

/** Something that can be done: from the palette, a menu, the app's menu bar or by keys. */
export interface Command {
  /** Stable: what the app's menu sends, `config.apply`. */
  readonly id: string
  readonly title: string
  /** Heading in the palette. Default: `Actions`. */
  readonly group?: string
  readonly icon?: IconName
  /** The first is shown, each works. */
  readonly keys?: Keys | readonly Keys[]
  /** Whether it can be done now. It is not shown where it can't. */
  readonly when?: () => boolean
  /** false: not in the palette. */
  readonly listed?: boolean
  /** @param argument what the app's menu sends with it: an exchange's number, a session's name. */
  readonly run: (argument?: CommandMessage['argument']) => unknown
}

/** Every command that stands. Of two with one id the later holds, until it goes again: a screen may put its own in. */
export class Commands {
  #all = $state.raw<readonly Command[]>([])
  /** The same, to add to and to take from: while an effect is torn down, state still reads as it was before the change. */
  #standing: readonly Command[] = []
  readonly #failed: (thrown: unknown) => void

  constructor(failed: (thrown: unknown) => void) {
    this.#failed = failed
  }

  /** Adds commands until the answer is called: in a component, `$effect(() => commands.register(…))`. */
  register(...commands: readonly Command[]): () => void {
    this.#stand([...this.#standing, ...commands])
    return () => this.#stand(this.#standing.filter((command) => !commands.includes(command)))
  }

  /** What can be done now, each id once. */
  get available(): readonly Command[] {
    return [...new Map(this.#all.map((command) => [command.id, command])).values()].filter(({ when }) => when?.() ?? true)
  }
  find(id: string): Command | undefined {
    return this.available.find((command) => command.id === id)
  }
  /** Runs it; what it throws is shown. Answers whether there is such a one. */
  run(id: string, argument?: CommandMessage['argument']): boolean {
    const command = this.find(id)
    if (command !== undefined) void this.#do(command, argument)
    return command !== undefined
  }

  /** Looks whether a key press is one of ours; the later command wins. Letters alone act only in a table. */
  press(event: KeyboardEvent): boolean {
    if (event.defaultPrevented || event.isComposing) return false
    const inTable = event.target instanceof Element && event.target.closest('[role="grid"], [role="log"]') !== null
    const command = this.available.findLast(({ keys }) => keysOf(keys).some((one) => pressed(event, one) && (inTable || !isTyping(one))))
    if (command === undefined) return false
    event.preventDefault()
    void this.#do(command)
    return true
  }

  #stand(commands: readonly Command[]): void {
    this.#standing = commands
    this.#all = commands
  }
  async #do(command: Command, argument?: CommandMessage['argument']): Promise<void> {
    try {
      await command.run(argument)
    } catch (thrown) {
      this.#failed(thrown)
    }
  }
}

function keysOf(keys: Command['keys']): readonly Keys[] {
  return keys === undefined ? [] : typeof keys === 'string' ? [keys] : keys
}
/** The keys that are shown beside a command. */
export function firstKeys(command: Command): Keys | undefined {
  return keysOf(command.keys)[0]
}
