const restMs = 150

/** The text of a file as it is typed. */
export interface Typed {
  readonly file: string
  readonly text: string
}

/** What was typed and the host does not know yet: it is given when the keys rest, one text after the other. */
export class Keystrokes {
  /** Counts them: what the host says of a text that was typed on meanwhile is old. */
  count = 0
  readonly #send: (typed: Typed) => Promise<void>
  readonly #onRest: () => Promise<void>
  #unsent: Typed | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #sending: Promise<void> = Promise.resolve()

  /** @param onRest called when a rest has given all there was. */
  constructor(send: (typed: Typed) => Promise<void>, onRest: () => Promise<void>) {
    this.#send = send
    this.#onRest = onRest
  }

  get waiting(): boolean {
    return this.#unsent !== null
  }

  take(typed: Typed): void {
    this.count++
    this.#unsent = typed
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.flush().then(() => this.#onRest()), restMs)
  }
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    const unsent = this.#unsent
    this.#unsent = null
    if (unsent !== null) this.#sending = this.#sending.then(() => this.#send(unsent))
    await this.#sending
  }
}
