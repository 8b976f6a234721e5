import type { TextOf } from '../../shared/contract.js'
import type { Settings } from '../../shared/settings.js'
import type { Preferences } from './preferences.svelte.js'

export type ScreenName = 'traffic' | 'route' | 'config' | 'certificates' | 'logs' | 'settings' | 'start'

/** What a screen can be asked to show when it is gone to. */
export interface Targets {
  /** `session`: an earlier capture, by its name; an exchange is of the one that is written. */
  traffic: { readonly exchange?: number; readonly frame?: number; readonly filter?: string; readonly session?: string }
  route: { readonly exchange?: number; readonly url?: string; readonly method?: string }
  /** `of`: the config that the line is one of, where the text that is edited may have changed since. */
  config: {
    readonly file?: string
    readonly line?: number
    readonly column?: number
    readonly of?: TextOf | undefined
    readonly problems?: boolean
  }
  certificates: { readonly authority?: string }
  logs: { readonly filter?: string; readonly exchange?: number }
  /** `setting`: its control gets the focus. */
  settings: { readonly section?: string; readonly setting?: keyof Settings }
  start: { readonly open?: boolean }
}

/** Which screen is shown, and what it is asked to show. The last one of this window comes back after a reload. */
export class Navigation {
  #screen = $state<ScreenName>('traffic')
  #target = $state.raw<{ readonly screen: ScreenName; readonly target: unknown } | null>(null)
  readonly #preferences: Preferences
  readonly #opens: boolean
  #settled: boolean
  #moved = false

  /** @param opens a config is on its way, whatever is served so far */
  constructor(preferences: Preferences, names: readonly ScreenName[], opens = false) {
    this.#preferences = preferences
    this.#opens = opens
    const last = names.find((name) => name === preferences.getOwn<string>('screen', ''))
    this.#settled = last !== undefined && last !== 'start'
    this.#screen = last ?? 'traffic'
    if (this.#settled) preferences.holdOwn('screen', this.#screen)
  }

  /** What is most likely seen first: worth loading while nobody answers yet. */
  get likely(): ScreenName {
    if (this.#settled) return this.#screen
    return this.#opens ? 'traffic' : 'start'
  }

  /**
   * Told what is served: whoever chose no screen yet begins at Start where nothing was opened, else at Traffic. Start is left by going
   * anywhere, and comes back only when it is gone to.
   * @param starting something may be opened yet
   */
  begin(nothingOpened: boolean, starting: boolean): void {
    if (this.#settled) return
    this.#screen = nothingOpened && !(starting && this.#opens) ? 'start' : 'traffic'
    if (starting) return
    this.#settled = true
    this.#preferences.holdOwn('screen', this.#screen)
  }

  /** Somebody went somewhere. */
  get moved(): boolean {
    return this.#moved
  }
  get screen(): ScreenName {
    return this.#screen
  }

  go<Name extends ScreenName>(screen: Name, target: Targets[Name] = {}): void {
    this.#settled = true
    this.#moved = true
    this.#screen = screen
    this.#target = { screen, target }
    this.#preferences.setOwn('screen', screen)
  }

  /**
   * What a screen was asked to show, or null; reactive. A screen takes it in an effect:
   * `$effect(() => { const target = navigation.targetOf('config'); if (target) show(target) })`.
   */
  targetOf<Name extends ScreenName>(screen: Name): Targets[Name] | null {
    return this.#target?.screen === screen ? (this.#target.target as Targets[Name]) : null
  }
}
