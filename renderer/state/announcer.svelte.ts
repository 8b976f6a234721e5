import type { Connection } from './connection.svelte.js'
import { MatchCount } from './match-count.js'
import { isSeen } from './page-sight.js'
import { counts } from './sizes.js'

const lookEveryMs = 1000
const speakEveryMs = 5000
/** WebSockets that were refused, failed, or closed with a code that says so (shared/went-badly.ts). */
export const wentBadly = { kind: 'exchanges', filter: 'proto:ws state:failed' } as const

/** What is read aloud of the traffic: how much went wrong, never what passed. */
export class Announcer {
  #text = $state('')
  #errors = 0
  /** WebSockets that went badly and were told of, or were there before. null: not known yet. */
  #toldBad: number | null = null
  #spokeAtMs = -Infinity
  #looking = false
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
    const bad = new MatchCount(this.#connection, wentBadly)
    const remove = this.#connection.on('log', ({ level }) => level === 'error' && this.#errors++)
    const timer = setInterval(() => void this.#look(bad, performance.now()), lookEveryMs)
    return () => {
      clearInterval(timer)
      remove()
      bad.close()
    }
  }

  /** Nothing is said to a hidden page; what happens meanwhile is news when it is seen again. */
  async #look(count: MatchCount, nowMs: number): Promise<void> {
    if (this.#looking || !isSeen()) return
    this.#looking = true
    this.#text = ''
    const bad = this.#newBad(await count.ask())
    this.#looking = false
    if (bad + this.#errors === 0 || nowMs - this.#spokeAtMs < speakEveryMs) return
    this.#text = sayNews(bad, this.#errors)
    this.#spokeAtMs = nowMs
    this.#errors = 0
    this.#toldBad = (this.#toldBad ?? 0) + bad
  }
  #newBad(matched: number | null): number {
    if (matched === null) return 0
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
