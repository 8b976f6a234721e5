import { SwitchyardError, asSwitchyardError } from './errors.js'
import type { PlainError } from './errors.js'

/**
 * What the host and its threads say to each other, the same for all of them: a request `{ id, method, params }` gets one
 * reply `{ id, ok }` or `{ id, error }`; `{ cancel: id }` makes a long request fail; `{ event, … }` comes by itself.
 */
type Reply = { readonly id: number; readonly ok: unknown } | { readonly id: number; readonly error: PlainError }
type ThreadEvent = { readonly event: string }

export type ParamsOf<Method> = Method extends (params: infer Params) => unknown ? Params : never
export type ReplyOf<Method> = Method extends (params: never) => infer Reply ? Awaited<Reply> : never

/** What of a worker or its port is needed here: Node's, or anything like it. */
export interface ThreadPort {
  postMessage(message: unknown): void
  on(event: 'message', listener: (message: unknown) => void): unknown
}

/** The asking side of a thread. `Event` is what it tells by itself. */
export class ThreadLink<M extends { [Name in keyof M]: (params: never) => unknown }, Event extends ThreadEvent> {
  readonly #port: ThreadPort
  readonly #open = new Map<number, { resolve: (reply: never) => void; reject: (error: SwitchyardError) => void }>()
  #last = 0
  #broken: SwitchyardError | null = null
  onEvent: (event: Event) => void = () => {}

  constructor(port: ThreadPort) {
    this.#port = port
    port.on('message', (message) => this.#heard(message as Reply | Event))
  }

  /**
   * @param signal gives up: the thread is told, and answers `request-cancelled` where it can.
   * @throws SwitchyardError what the thread answers, `thread-failed` once it is gone; what cannot be cloned is thrown as it is.
   */
  async ask<Name extends keyof M & string>(method: Name, params: ParamsOf<M[Name]>, signal?: AbortSignal): Promise<ReplyOf<M[Name]>> {
    if (this.#broken !== null) throw this.#broken
    const id = ++this.#last
    const giveUp = (): void => this.#port.postMessage({ cancel: id })
    // Posted before anything is kept: a message that cannot be cloned must leave nothing behind.
    this.#port.postMessage({ id, method, params })
    if (signal?.aborted === true) giveUp()
    else signal?.addEventListener('abort', giveUp, { once: true })
    try {
      return await new Promise<ReplyOf<M[Name]>>((resolve, reject) => this.#open.set(id, { resolve, reject }))
    } finally {
      signal?.removeEventListener('abort', giveUp)
    }
  }

  /** The thread is gone: nothing will be answered any more. */
  break(error: SwitchyardError): void {
    this.#broken ??= error
    for (const { reject } of this.#open.values()) reject(this.#broken)
    this.#open.clear()
  }

  #heard(message: Reply | Event): void {
    if ('event' in message) return this.onEvent(message)
    const asked = this.#open.get(message.id)
    this.#open.delete(message.id)
    if ('ok' in message) asked?.resolve(message.ok as never)
    else asked?.reject(revived(message.error))
  }
}

/** One function a method; the signal fires when the asker gave up. */
export type Handlers<M> = {
  readonly [Name in keyof M]: (params: ParamsOf<M[Name]>, signal: AbortSignal) => ReplyOf<M[Name]> | Promise<ReplyOf<M[Name]>>
}

/** The answering side, inside a thread: each request gets one reply, its result or a plain error; who was cancelled fails with `request-cancelled`. */
export function serveThread<M>(port: ThreadPort, handlers: Handlers<M>): void {
  const running = new Map<number, AbortController>()
  const answer = async (id: number, method: string, params: unknown): Promise<Reply> => {
    const giveUp = new AbortController()
    running.set(id, giveUp)
    try {
      const ok = await handlerOf(handlers, method)(params, giveUp.signal)
      giveUp.signal.throwIfAborted()
      return { id, ok }
    } catch (thrown) {
      return { id, error: (giveUp.signal.aborted ? cancelled() : asSwitchyardError(thrown)).toPlain() }
    } finally {
      running.delete(id)
    }
  }
  port.on('message', (message) => {
    const said = message as { id: number; method: string; params: unknown } | { cancel: number }
    if ('cancel' in said) running.get(said.cancel)?.abort()
    else void answer(said.id, said.method, said.params).then((reply) => port.postMessage(reply))
  })
}

function handlerOf<M>(handlers: Handlers<M>, method: string): (params: unknown, signal: AbortSignal) => unknown {
  if (Object.hasOwn(handlers, method)) return handlers[method as keyof M] as (params: unknown, signal: AbortSignal) => unknown
  throw new SwitchyardError('request-invalid', `This thread has no ${JSON.stringify(method)}.`)
}

function cancelled(): SwitchyardError {
  return new SwitchyardError('request-cancelled', 'The request was cancelled.')
}

/** An error that crossed, as one that can be thrown. */
export function revived({ code, message, hint }: PlainError): SwitchyardError {
  return new SwitchyardError(code, message, hint === undefined ? {} : { hint })
}
