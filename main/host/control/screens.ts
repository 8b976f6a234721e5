import type { EventMessage } from '../../../shared/contract.js'
import type { ViewState } from '../../../shared/rows.js'
import { ScreenSession } from './screen-session.js'
import type { ScreenHost } from './screen-session.js'
import type { Transport } from './transport.js'

/** The screens that look at one host, whatever they came by. */
export class Screens {
  readonly #sessions = new Set<ScreenSession>()
  readonly #host: Omit<ScreenHost, 'left'>

  constructor(host: Omit<ScreenHost, 'left'>) {
    this.#host = host
  }

  /** Somebody is there to be told of counts. */
  get wantCounts(): boolean {
    return [...this.#sessions].some(({ wantsCounts }) => wantsCounts)
  }

  join(transport: Transport): void {
    this.#sessions.add(new ScreenSession(transport, { ...this.#host, left: (session) => this.#sessions.delete(session) }))
  }

  tell(message: EventMessage): void {
    for (const session of this.#sessions) session.tell(message)
  }
  /** A view's ticks go to the screen that opened it, and to no other. */
  tellViewer(tick: ViewState): void {
    for (const session of this.#sessions) if (session.has(tick.view)) session.tell({ event: 'view.tick', data: tick })
  }

  /** Each is told why. */
  close(): void {
    for (const session of this.#sessions) session.close()
  }
}
