import type { LogEntry } from '../../shared/steps.js'

/** A log entry on its way to the screens: when it was, and of what. */
export type LogLine = LogEntry & { readonly atUs: number; readonly exchange: number; readonly connection: number }

/** Screens see at most so many log lines a second live; all of them are in the capture. */
const maxPerSecond = 200
/** Access lines wait so long for others: a message between threads costs more than the request that it tells of. */
const gatherMs = 50

/** Log lines on their way out of the engine's thread: what went wrong at once, what just happened a few at a time. */
export class LiveLog {
  readonly #send: (lines: readonly LogLine[]) => void
  #waiting: LogLine[] = []
  #second = 0
  #told = 0

  constructor(send: (lines: readonly LogLine[]) => void) {
    this.#send = send
  }

  tell(entry: LogEntry, atUs: number, exchange: number, connection: number): void {
    if (!this.#mayTell(atUs)) return
    this.#waiting.push({ ...entry, atUs, exchange, connection })
    if (entry.source !== 'access') this.#flush()
    else if (this.#waiting.length === 1) setTimeout(() => this.#flush(), gatherMs).unref()
  }

  #mayTell(atUs: number): boolean {
    const second = Math.floor(atUs / 1e6)
    if (second !== this.#second) {
      this.#second = second
      this.#told = 0
    }
    return ++this.#told <= maxPerSecond
  }

  #flush(): void {
    const lines = this.#waiting
    this.#waiting = []
    if (lines.length > 0) this.#send(lines)
  }
}
