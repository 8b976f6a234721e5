import { untrack } from 'svelte'
import { SwitchyardError } from '../../shared/errors.js'
import { isQuiet } from './connection.svelte.js'

export interface Notice {
  readonly text: string
  readonly hint?: string | undefined
  /** Errors stay until they are closed. */
  readonly tone?: 'plain' | 'error'
  /** The action that it is about, `config.apply`: of each, the newest notice holds. */
  readonly about?: string | undefined
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
    if (notice.about !== undefined) this.done(notice.about)
    const queue = untrack(() => this.#queue)
    // The same words twice are one notice.
    if (queue.some(({ text }) => text === notice.text)) return
    // Before errors, which stay: who never closed one would hear of nothing any more.
    const firstError = queue.findIndex(({ tone }) => tone === 'error')
    const at = firstError < 0 ? queue.length : firstError
    untrack(() => this.#keep([...queue.slice(0, at), notice, ...queue.slice(at)]))
  }
  /** Shows what was thrown; a request that was given up is nothing to tell. */
  error(thrown: unknown, about?: string): void {
    if (isQuiet(thrown)) return
    const hint = thrown instanceof SwitchyardError ? thrown.hint : undefined
    this.show({ text: thrown instanceof Error ? thrown.message : String(thrown), hint, tone: 'error', about })
  }
  /** Does it; what was said of the time before goes, and what is wrong this time is shown. */
  async attempt(about: string, work: () => unknown): Promise<void> {
    this.done(about)
    try {
      await work()
    } catch (thrown) {
      this.error(thrown, about)
    }
  }
  close(): void {
    this.#keep(this.#queue.slice(1))
  }
  /** What was said of this action is not so any more: it is tried again, or what it is about is gone. */
  done(about: string): void {
    untrack(() => this.#keep(this.#queue.filter((notice) => notice.about !== about)))
  }
  /** The same of what went wrong: what went well is still so. */
  mended(about: string): void {
    untrack(() => this.#keep(this.#queue.filter((notice) => notice.about !== about || notice.tone !== 'error')))
  }
  /** It stays while somebody points at it. */
  hold(): void {
    clearTimeout(this.#timer)
  }
  release(): void {
    clearTimeout(this.#timer)
    if (this.current !== null && this.current.tone !== 'error') this.#timer = setTimeout(() => this.close(), shownMs)
  }

  #keep(queue: readonly Notice[]): void {
    const before = this.current
    this.#queue = queue
    // One that goes on being shown keeps its time.
    if (this.current !== before) this.release()
  }
}
