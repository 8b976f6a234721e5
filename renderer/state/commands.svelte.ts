import { createSubscriber } from 'svelte/reactivity'
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
  /** Whether the keys act where the focus is. Default: wherever it can be done. */
  readonly keysWhen?: () => boolean
  /** Whether it can be done now. It is not shown where it can't. */
  readonly when?: () => boolean
  /** false: not in the palette. */
  readonly listed?: boolean
  /** @param argument what the app's menu sends with it: an exchange's number, a session's name. */
  readonly run: (argument?: CommandMessage['argument']) => unknown
}

/** Every command that stands. Of two with one id the later that can be done holds: a screen may put its own in. */
export class Commands {
  /** No state of its own: while an effect is torn down, that still reads as it was before the change. */
  #standing: readonly Command[] = []
  #changed = (): void => {}
  readonly #heard = createSubscriber((changed) => {
    this.#changed = changed
    return () => (this.#changed = () => {})
  })
  readonly #waiting = new Set<() => void>()
  readonly #attempt: (id: string, work: () => unknown) => Promise<void>

  /** @param attempt does what a command does, and tells of what it throws */
  constructor(attempt: (id: string, work: () => unknown) => Promise<void>) {
    this.#attempt = attempt
  }

  /** Adds commands until the answer is called: in a component, `$effect(() => commands.register(…))`. */
  register(...commands: readonly Command[]): () => void {
    this.#stand([...this.#standing, ...commands])
    for (const look of [...this.#waiting]) look()
    return () => this.#stand(this.#standing.filter((command) => !commands.includes(command)))
  }

  /** What can be done now, each id once. */
  get available(): readonly Command[] {
    this.#heard()
    const now = this.#standing.filter(({ when }) => when?.() ?? true)
    return [...new Map(now.map((command) => [command.id, command])).values()]
  }
  /** Resolves when another command than this has its id, or nobody brought one in time. */
  another(than: Command, withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.#standing.some((command) => command.id === than.id && command !== than)) done()
      }
      const done = (): void => {
        clearTimeout(timer)
        this.#waiting.delete(look)
        resolve()
      }
      const timer = setTimeout(done, withinMs)
      this.#waiting.add(look)
      look()
    })
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
    const acts = (one: Keys): boolean => pressed(event, one) && (inTable || !isTyping(one))
    const command = this.available.findLast(({ keys, keysWhen }) => keysOf(keys).some(acts) && (keysWhen?.() ?? true))
    if (command === undefined) return false
    event.preventDefault()
    void this.#do(command)
    return true
  }

  #stand(commands: readonly Command[]): void {
    this.#standing = commands
    this.#changed()
  }
  #do(command: Command, argument?: CommandMessage['argument']): Promise<void> {
    return this.#attempt(command.id, () => command.run(argument))
  }
}

function keysOf(keys: Command['keys']): readonly Keys[] {
  return keys === undefined ? [] : typeof keys === 'string' ? [keys] : keys
}
/** The keys that are shown beside a command. */
export function firstKeys(command: Command): Keys | undefined {
  return keysOf(command.keys)[0]
}
