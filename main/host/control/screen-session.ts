import { contractVersion } from '../../../shared/contract.js'
import { parseRequest } from '../../../shared/requests.js'
import type { EventMessage, Params, Replies, RequestMessage, RequestName, ServerMessage } from '../../../shared/contract.js'
import { SwitchyardError, asSwitchyardError } from '../../../shared/errors.js'
import { CloseCode } from './transport.js'
import type { Transport } from './transport.js'

/** Requests under way at once from one screen; more is a fault of the screen. */
const maxOpen = 256
/** A screen that is slow to read misses log lines and counts; the log is in the capture, and counts come again. */
const slowBytes = 4 * 1024 * 1024
/** One that asks and asks and never reads is let go. */
const maxPendingBytes = 64 * 1024 * 1024

/** Answers a request. `signal` fires when the asker gave up or is gone. */
export type Answer = <Name extends RequestName>(name: Name, params: Params<Name>, signal: AbortSignal) => Promise<Replies[Name]>

export interface ScreenHost {
  readonly answer: Answer
  readonly hello: Replies['hello']
  /** A view has no screen any more. */
  closeView(view: number): void
  /** The screen is gone. */
  left(session: ScreenSession): void
}

/** One connected screen: its requests, checked and answered; the views it opened; events on their way to it. */
export class ScreenSession {
  readonly #transport: Transport
  readonly #host: ScreenHost
  readonly #open = new Map<number, AbortController>()
  readonly #views = new Set<number>()
  #greeted = false
  #wantsCounts = true
  #gone = false

  constructor(transport: Transport, host: ScreenHost) {
    this.#transport = transport
    this.#host = host
    transport.onMessage = (message) => this.#heard(message)
    transport.onClose = () => this.#left()
  }

  /** Whether it said hello: nobody is told anything before. */
  get greeted(): boolean {
    return this.#greeted
  }
  get wantsCounts(): boolean {
    return this.#greeted && this.#wantsCounts
  }
  /** Whether a view is this screen's: another's can be neither looked at nor closed. */
  has(view: number): boolean {
    return this.#views.has(view)
  }

  tell(message: EventMessage): void {
    if (message.event === 'counts' && !this.#wantsCounts) return
    const repeated = message.event === 'log' || message.event === 'counts'
    if (this.#greeted && !(repeated && this.#transport.pendingBytes > slowBytes)) this.#send(message)
  }

  close(): void {
    this.#transport.close(CloseCode.stopped, 'Switchyard stopped')
  }

  #heard(message: unknown): void {
    const request = parseRequest(message)
    if ('wrong' in request) return this.#refuse(request.id, request.wrong)
    if (request.request === 'hello') return this.#hello(request as RequestMessage<'hello'>)
    if (!this.#greeted) return this.#refuse(request.id, 'say hello first')
    if (request.request === 'cancel') return this.#cancel(request as RequestMessage<'cancel'>)
    if (this.#open.has(request.id)) return this.#refuse(request.id, 'a request of this id is still open')
    if (this.#open.size >= maxOpen) return this.#refuse(request.id, `${maxOpen} requests are open already`)
    void this.#answer(request)
  }

  async #answer({ id, request, params }: RequestMessage): Promise<void> {
    const giveUp = new AbortController()
    this.#open.set(id, giveUp)
    try {
      if ('view' in params) this.#needView(params.view)
      if (request === 'view.close') this.#views.delete((params as Params<'view.close'>).view)
      if (request === 'counts.want') this.#wantsCounts = (params as Params<'counts.want'>).wanted
      const reply = await this.#host.answer(request, params, giveUp.signal)
      if (request === 'view.open') this.#keep((reply as Replies['view.open']).view, giveUp.signal)
      giveUp.signal.throwIfAborted()
      this.#send({ id, ok: true, reply })
    } catch (thrown) {
      this.#send({ id, ok: false, error: (giveUp.signal.aborted ? cancelled(request) : asSwitchyardError(thrown)).toPlain() })
    } finally {
      this.#open.delete(id)
    }
  }

  #needView(view: number): void {
    if (this.#views.has(view)) return
    throw new SwitchyardError('view-unknown', `This screen has no view ${view}.`, {
      hint: 'Open it again: views end with the file they look at.'
    })
  }

  /** A view that opened for a request given up, or a screen that left meanwhile, has nobody who would close it. */
  #keep(view: number, signal: AbortSignal): void {
    if (signal.aborted) this.#host.closeView(view)
    else this.#views.add(view)
  }

  #hello({ id, params }: RequestMessage<'hello'>): void {
    if (params.version !== contractVersion) {
      const message = `This screen speaks version ${params.version} of the contract, Switchyard ${contractVersion}.`
      const error = new SwitchyardError('version-mismatch', message, { hint: 'Reload the page.' }).toPlain()
      this.#send({ id, ok: false, error })
      return this.#transport.close(CloseCode.otherVersion, message)
    }
    this.#greeted = true
    this.#send({ id, ok: true, reply: this.#host.hello })
  }

  #cancel({ id, params }: RequestMessage<'cancel'>): void {
    this.#open.get(params.id)?.abort()
    this.#send({ id, ok: true, reply: null })
  }

  #refuse(id: number | null, wrong: string): void {
    const error = new SwitchyardError('request-invalid', `This request was refused: ${wrong}.`).toPlain()
    if (id === null) this.#transport.close(CloseCode.badMessage, wrong)
    else this.#send({ id, ok: false, error })
  }

  #send(message: ServerMessage): void {
    if (this.#gone) return
    if (this.#transport.pendingBytes > maxPendingBytes) this.#transport.close(CloseCode.tooSlow, 'this screen does not read')
    else this.#transport.send(message)
  }

  #left(): void {
    if (this.#gone) return
    this.#gone = true
    for (const giveUp of this.#open.values()) giveUp.abort()
    for (const view of this.#views) this.#host.closeView(view)
    this.#views.clear()
    this.#host.left(this)
  }
}

function cancelled(request: RequestName): SwitchyardError {
  return new SwitchyardError('request-cancelled', `${request} was cancelled.`)
}
