import { untrack } from 'svelte'
import { SwitchyardError } from '../../shared/errors.js'
import { isQuiet } from './connection.svelte.js'

export interface Notice {
  readonly text: string
  readonly hint?: string | undefined
  /** Errors stay until they are closed. */
  readonly tone?: 'plain' | 'error'
  readonly action?: { readonly title: string; readonly run: () => void }
}
const shownMs = 6000

/** Short messages, one at a time, above the status bar. */
export class Notices {
  #queue = $state.raw<readonly Notice[]>([])
  #timer: ReturnType<typeof setTimeout> | undefined

  get current(): Notice | null {
    return this.#queue[0] ?? null
  }

  show(notice: Notice): void {
    const queue = untrack(() => this.#queue)
    // The same words twice are one notice.
    if (queue.some(({ text }) => text === notice.text)) return
    this.#queue = [...queue, notice]
    if (queue.length === 0) untrack(() => this.release())
  }
  /** Shows what was thrown; a request that was given up is nothing to tell. */
  error(thrown: unknown): void {
    if (isQuiet(thrown)) return
    const hint = thrown instanceof SwitchyardError ? thrown.hint : undefined
    this.show({ text: thrown instanceof Error ? thrown.message : String(thrown), hint, tone: 'error' })
  }
  close(): void {
    this.#queue = this.#queue.slice(1)
    this.release()
  }
  /** It stays while somebody points at it. */
  hold(): void {
    clearTimeout(this.#timer)
  }
  release(): void {
    clearTimeout(this.#timer)
    if (this.current !== null && this.current.tone !== 'error') this.#timer = setTimeout(() => this.close(), shownMs)
  }
}
