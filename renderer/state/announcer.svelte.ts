import type { ExchangeRow } from '../../shared/rows.js'
import type { Connection } from './connection.svelte.js'
import { counts } from './sizes.js'
import { ListView } from './view.svelte.js'

const lookEveryMs = 1000
const speakEveryMs = 5000
/** WebSockets that were refused, failed, or closed with a code that says so (shared/went-badly.ts). */
const wentBadly = { kind: 'exchanges', filter: 'proto:ws state:failed' } as const

/** What is read aloud of the traffic: how much went wrong, never what passed. */
export class Announcer {
  #text = $state('')
  #errors = 0
  /** WebSockets that went badly and were told of, or were there before. null: not known yet. */
  #toldBad: number | null = null
  #spokeAtMs = -Infinity
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Empty between two messages: the same words twice are two. */
  get text(): string {
    return this.#text
  }

  /** Listens until the answer is called. */
  start(): () => void {
    const view = new ListView<ExchangeRow>(this.#connection, wentBadly, { follow: true })
    view.show({ first: 0, count: 1 }, false)
    // It hears no ticks: it is asked for its count once a second, whatever passes.
    view.active = false
    const remove = this.#connection.on('log', ({ level }) => level === 'error' && this.#errors++)
    const timer = setInterval(() => this.#look(view, performance.now()), lookEveryMs)
    return () => {
      clearInterval(timer)
      remove()
      view.close()
    }
  }

  #look(view: ListView<ExchangeRow>, nowMs: number): void {
    const bad = this.#newBad(view)
    view.active = true
    view.active = false
    this.#text = ''
    if (bad + this.#errors === 0 || nowMs - this.#spokeAtMs < speakEveryMs) return
    this.#text = sayNews(bad, this.#errors)
    this.#spokeAtMs = nowMs
    this.#errors = 0
    this.#toldBad = (this.#toldBad ?? 0) + bad
  }
  #newBad({ open, matching, matched }: ListView<ExchangeRow>): number {
    if (!open || matching) return 0
    // Those of earlier are no news; in a capture that was cleared there are fewer.
    this.#toldBad = Math.min(this.#toldBad ?? matched, matched)
    return matched - this.#toldBad
  }
}

function sayNews(bad: number, errors: number): string {
  const said = [
    bad === 0 ? '' : `${counts(bad, 'WebSocket')} failed or closed badly`,
    errors === 0 ? '' : `${counts(errors, 'error')} in the log`
  ]
  return said.filter((one) => one !== '').join(', ')
}
