import { SvelteMap } from 'svelte/reactivity'

const prefix = 'switchyard.'

/** What this browser or window remembers of how things are laid out. Engine-wide choices are settings, kept by the host. */
export class Preferences {
  readonly #values = new SvelteMap<string, unknown>()
  readonly #storage: Pick<Storage, 'getItem' | 'setItem'> | null

  constructor(storage: Pick<Storage, 'getItem' | 'setItem'> | null = globalThis.localStorage ?? null) {
    this.#storage = storage
  }

  /** What was kept under a name, if it is of the fallback's kind. Reactive. */
  get<Value>(name: string, fallback: Value): Value {
    const held = this.#values.get(name)
    const value = held === undefined ? this.#read(name) : held
    return sameKind(value, fallback) ? (value as Value) : fallback
  }
  set(name: string, value: unknown): void {
    this.#values.set(name, value)
    try {
      this.#storage?.setItem(prefix + name, JSON.stringify(value))
    } catch {
      // Storage that is full or forbidden: the choice holds until the page is left.
    }
  }

  #read(name: string): unknown {
    try {
      return JSON.parse(this.#storage?.getItem(prefix + name) ?? 'null')
    } catch {
      return null
    }
  }
}

function sameKind(value: unknown, fallback: unknown): boolean {
  if (value === null || value === undefined) return false
  return fallback === null || (typeof value === typeof fallback && Array.isArray(value) === Array.isArray(fallback))
}
