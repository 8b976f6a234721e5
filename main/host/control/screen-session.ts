import { contractVersion, parseRequest } from '../../../shared/contract.js'
import type { EventMessage, Params, Replies, RequestMessage, RequestName } from '../../../shared/contract.js'
import { SwitchyardError, asSwitchyardError } from '../../../shared/errors.js'
import { CloseCode } from './transport.js'
import type { Transport } from './transport.js'

/** Requests under way at once from one screen; more is a fault of the screen. */
const maxOpen = 256
/** A screen that does not read misses events of state, which come again; replies are never left out. */
const maxPendingBytes = 4 * 1024 * 1024

/** Answers a request. `signal` fires when the asker gave up or is gone. */
export type Answer = <Name extends RequestName>(name: Name, params: Params<Name>, signal: AbortSignal) => Promise<Replies[Name]>

export interface ScreenHost {
  readonly answer: Answer
  /** The screen is gone: its views can be closed. */
  left(session: ScreenSession): void
}

/** One connected screen: its requests, checked and answered; the views it opened; events on their way to it. */
export class ScreenSession {
  readonly #transport: Transport
  readonly #host: ScreenHost
  readonly #open = new Map<number, AbortController>()
  readonly views = new Set<number>()
  #greeted = false

  constructor(transport: Transport, host: ScreenHost) {
    this.#transport = transport
    this.#host = host
    transport.onMessage = (message) => this.#heard(message)
    transport.onClose = () => this.#left()
  }

  tell(event: EventMessage): void {
    if (this.#greeted && this.#transport.pendingBytes < maxPendingBytes) this.#transport.send(event)
  }

  close(): void {
    this.#transport.close(CloseCode.stopped, 'Switchyard stopped')
  }

  #heard(message: unknown): void {
    const request = parseRequest(message)
    if ('wrong' in request) return this.#refuse(request.id, request.wrong)
    if (!this.#greeted && request.request !== 'hello') return this.#refuse(request.id, 'say hello first')
    if (request.request === 'hello') return this.#hello(request as RequestMessage<'hello'>)
    if (request.request === 'cancel') return this.#cancel(request as RequestMessage<'cancel'>)
    if (this.#open.has(request.id) || this.#open.size >= maxOpen) return this.#refuse(request.id, 'this id is still open, or too many are')
    void this.#answer(request)
  }

  async #answer({ id, request, params }: RequestMessage): Promise<void> {
    const giveUp = new AbortController()
    this.#open.set(id, giveUp)
    try {
      const reply = await this.#host.answer(request, params, giveUp.signal)
      this.#keepViews(request, params, reply)
      this.#transport.send({ id, ok: true, reply })
    } catch (thrown) {
      this.#transport.send({ id, ok: false, error: asSwitchyardError(thrown).toPlain() })
    } finally {
      this.#open.delete(id)
    }
  }

  #keepViews(request: RequestName, params: unknown, reply: unknown): void {
    if (request === 'view.open') this.views.add((reply as Replies['view.open']).view)
    else if (request === 'view.close') this.views.delete((params as Params<'view.close'>).view)
  }

  #hello({ id, params }: RequestMessage<'hello'>): void {
    if (params.version !== contractVersion) {
      const message = `This screen speaks version ${params.version} of the contract, Switchyard ${contractVersion}.`
      this.#transport.send({
        id,
        ok: false,
        error: new SwitchyardError('version-mismatch', message, { hint: 'Reload the page.' }).toPlain()
      })
      return this.#transport.close(CloseCode.otherVersion, message)
    }
    this.#greeted = true
    this.#transport.send({ id, ok: true, reply: { version: contractVersion, product: 'Switchyard' } })
  }

  #cancel({ id, params }: RequestMessage<'cancel'>): void {
    this.#open.get(params.id)?.abort()
    this.#transport.send({ id, ok: true, reply: null })
  }

  #refuse(id: number | null, wrong: string): void {
    const error = new SwitchyardError('request-invalid', `This request was refused: ${wrong}.`).toPlain()
    if (id === null) this.#transport.close(CloseCode.badMessage, wrong.slice(0, 100))
    else this.#transport.send({ id, ok: false, error })
  }

  #left(): void {
    for (const giveUp of this.#open.values()) giveUp.abort()
    this.#host.left(this)
  }
}
