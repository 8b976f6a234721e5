import type { Session } from '../state/session.svelte.js'

/** Stop, which asks first where tunnels are open and the user did not choose otherwise. */
export class Stopping {
  #asked = $state<number | null>(null)
  readonly #session: Session

  constructor(session: Session) {
    this.#session = session
  }

  /** How many tunnels were open when it was asked; null: nothing is asked. */
  get asked(): number | null {
    return this.#asked
  }

  async stop(): Promise<void> {
    const { openTunnels } = this.#session.counts
    if (openTunnels > 0 && this.#session.settings.askBeforeStopping) this.#asked = openTunnels
    else await this.#session.run(false)
  }
  /** @param neverAgain the box was ticked: Stop and Quit do not ask any more. */
  async answer(yes: boolean, neverAgain: boolean): Promise<void> {
    this.#asked = null
    if (!yes) return
    if (neverAgain) await this.#session.choose({ askBeforeStopping: false })
    await this.#session.run(false)
  }
}
