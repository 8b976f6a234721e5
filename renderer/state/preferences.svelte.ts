import { SvelteMap } from 'svelte/reactivity'
import { appBridge } from './app-bridge.js'

const prefix = 'switchyard.'

type Kept = Pick<Storage, 'getItem' | 'setItem'>
interface Places {
  /** Of this machine, or this browser. */
  readonly shared?: Kept | null
  /** Of this window: a tab's own storage, or the shared one under the window's name. */
  readonly own?: Kept | null
}

/** What this browser or window remembers of how things are laid out. Engine-wide choices are settings, kept by the host. */
export class Preferences {
  readonly #values = new SvelteMap<string, unknown>()
  readonly #storage: Kept | null
  readonly #ownStorage: Kept | null

  constructor({ shared = globalThis.localStorage ?? null, own = ownStorage() }: Places = {}) {
    this.#storage = shared
    this.#ownStorage = own
  }

  /** What was kept under a name, if it is of the fallback's kind. Reactive. */
  get<Value>(name: string, fallback: Value): Value {
    const held = this.#values.get(name)
    const value = held === undefined ? this.#read(name) : held
    return sameKind(value, fallback) ? (value as Value) : fallback
  }
  set(name: string, value: unknown): void {
    this.#values.set(name, value)
    keep(this.#storage, name, value)
  }

  /** What this window kept under a name; where it kept nothing yet, the window that did so last. Not reactive. */
  getOwn<Value>(name: string, fallback: Value): Value {
    const value = parsed(this.#ownStorage, name) ?? this.#read(name)
    return sameKind(value, fallback) ? (value as Value) : fallback
  }
  setOwn(name: string, value: unknown): void {
    this.holdOwn(name, value)
    keep(this.#storage, name, value)
  }
  /** The same, but no new window begins with it: nobody chose it. */
  holdOwn(name: string, value: unknown): void {
    keep(this.#ownStorage, name, value)
  }

  #read(name: string): unknown {
    return parsed(this.#storage, name)
  }
}

/** A window of the app has a name, which outlives the app; a browser's tab has a storage. */
function ownStorage(): Kept | null {
  const name = appBridge?.window
  const shared = globalThis.localStorage ?? null
  if (name === undefined || shared === null) return globalThis.sessionStorage ?? null
  const place = (key: string): string => `${key}@${name}`
  return { getItem: (key) => shared.getItem(place(key)), setItem: (key, value) => shared.setItem(place(key), value) }
}
function keep(storage: Kept | null, name: string, value: unknown): void {
  try {
    storage?.setItem(prefix + name, JSON.stringify(value))
  } catch {
    // Storage that is full or forbidden: the choice holds until the page is left.
  }
}
function parsed(storage: Kept | null, name: string): unknown {
  try {
    return JSON.parse(storage?.getItem(prefix + name) ?? 'null')
  } catch {
    return null
  }
}

function sameKind(value: unknown, fallback: unknown): boolean {
  if (value === null || value === undefined) return false
  return fallback === null || (typeof value === typeof fallback && Array.isArray(value) === Array.isArray(fallback))
}
