import type { EventMessage, ReplyMessage, ServerMessage } from '../../../shared/contract.js'
import { contractVersion } from '../../../shared/contract.js'
import type { Answer } from '../../../main/host/control/screen-session.js'
import { ScreenSession } from '../../../main/host/control/screen-session.js'
import type { Transport } from '../../../main/host/control/transport.js'

/** A screen without a wire: what it is sent is kept, what it says is said at once. */
export class FakeScreen implements Transport {
  readonly sent: ServerMessage[] = []
  readonly closed: { code: number; why: string }[] = []
  pendingBytes = 0
  onMessage: (message: unknown) => void = () => {}
  onClose: () => void = () => {}
  #last = 0
  #heard: (() => void)[] = []

  send(message: ServerMessage): void {
    this.sent.push(message)
    for (const look of this.#heard.splice(0)) look()
  }
  close(code: number, why: string): void {
    this.closed.push({ code, why })
    this.onClose()
  }

  /** Asks, and answers with the reply. */
  async ask(request: string, params: object = {}): Promise<ReplyMessage> {
    const id = ++this.#last
    this.onMessage({ id, request, params })
    return await this.replyTo(id)
  }
  async replyTo(id: number): Promise<ReplyMessage> {
    for (;;) {
      const reply = this.sent.find((message): message is ReplyMessage => 'id' in message && message.id === id)
      if (reply !== undefined) return reply
      await new Promise<void>((resolve) => this.#heard.push(resolve))
    }
  }
  get events(): EventMessage[] {
    return this.sent.filter((message): message is EventMessage => 'event' in message)
  }
}

/** A screen at a host that answers as told; `closedViews` and `left` are what the host was told of it. */
export async function fakeSession(answer: Answer, { greet = true } = {}) {
  const screen = new FakeScreen()
  const closedViews: number[] = []
  const left: ScreenSession[] = []
  const session = new ScreenSession(screen, {
    answer,
    hello: { version: contractVersion, product: 'Switchyard', home: '/home/me', command: ['switchyard'], data: [] },
    closeView: (view) => closedViews.push(view),
    left: (gone) => left.push(gone)
  })
  if (greet) await screen.ask('hello', { version: contractVersion })
  return { screen, session, closedViews, left }
}
