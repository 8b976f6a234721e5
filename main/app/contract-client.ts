import { contractVersion } from '../../shared/contract.js'
import type { ClosedMessage, EventMessage, Params, Replies, RequestName, ServerMessage } from '../../shared/contract.js'
import { SwitchyardError } from '../../shared/errors.js'
import { revived } from '../../shared/thread-link.js'

/** What is needed of a port here; Electron's and Node's tell a message differently, so the caller adapts that. */
export interface ClientPort {
  postMessage(message: unknown): void
}

/** The asking side of the contract over a MessagePort: the main process, for its tray and menus. */
export class ContractClient {
  readonly #port: ClientPort
  readonly #open = new Map<number, { resolve: (reply: never) => void; reject: (error: SwitchyardError) => void }>()
  #last = 0
  #broken: SwitchyardError | null = null
  onEvent: (event: EventMessage) => void = () => {}

  constructor(port: ClientPort) {
    this.#port = port
  }

  /** @throws SwitchyardError `version-mismatch` | `thread-failed` */
  async hello(): Promise<void> {
    await this.ask('hello', { version: contractVersion })
  }

  /** @throws SwitchyardError what is answered, `thread-failed` once the engine is gone */
  async ask<Name extends RequestName>(request: Name, params: Params<Name>): Promise<Replies[Name]> {
    if (this.#broken !== null) throw this.#broken
    const id = ++this.#last
    this.#port.postMessage({ id, request, params })
    return await new Promise<Replies[Name]>((resolve, reject) => this.#open.set(id, { resolve, reject }))
  }

  heard(message: ServerMessage | ClosedMessage): void {
    if ('closed' in message) return this.break(message.why)
    if ('event' in message) return this.onEvent(message)
    const asked = this.#open.get(message.id)
    this.#open.delete(message.id)
    if (message.ok) asked?.resolve(message.reply as never)
    else asked?.reject(revived(message.error))
  }

  /** The engine is gone: nothing will be answered any more. */
  break(why: string): void {
    this.#broken ??= new SwitchyardError('thread-failed', `The engine does not answer: ${why}.`)
    for (const { reject } of this.#open.values()) reject(this.#broken)
    this.#open.clear()
  }
}
