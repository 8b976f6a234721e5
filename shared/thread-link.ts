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

  /** @param signal gives up: the thread is told, and answers `request-cancelled` where it can. */
  ask<Name extends keyof M & string>(method: Name, params: ParamsOf<M[Name]>, signal?: AbortSignal): Promise<ReplyOf<M[Name]>> {
    if (this.#broken !== null) return Promise.reject(this.#broken)
    const id = ++this.#last
    const reply = new Promise<ReplyOf<M[Name]>>((resolve, reject) => this.#open.set(id, { resolve, reject }))
    this.#port.postMessage({ id, method, params })
    signal?.addEventListener('abort', () => this.#open.has(id) && this.#port.postMessage({ cancel: id }), { once: true })
    return reply
  }

  /** The thread is gone: nothing will be answered any more. */
  break(error: SwitchyardError): void {
    this.#broken = error
    for (const { reject } of this.#open.values()) reject(error)
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

/** The answering side, inside a thread. */
export function serveThread<M extends { [Name in keyof M]: (params: never) => unknown }>(port: ThreadPort, methods: M): void {
  port.on('message', (message) => {
    const { id, method, params } = message as { id: number; method: string; params: never }
    void answer(methods, method, params).then((outcome) => port.postMessage({ id, ...outcome }))
  })
}

async function answer<M extends { [Name in keyof M]: (params: never) => unknown }>(
  methods: M,
  name: string,
  params: never
): Promise<{ ok: unknown } | { error: PlainError }> {
  try {
    if (!Object.hasOwn(methods, name)) throw new SwitchyardError('request-invalid', `This thread has no ${name}.`)
    return { ok: await methods[name as keyof M](params) }
  } catch (thrown) {
    return { error: asSwitchyardError(thrown).toPlain() }
  }
}

/** An error that crossed, as one that can be thrown. */
export function revived({ code, message, hint }: PlainError): SwitchyardError {
  return new SwitchyardError(code, message, hint === undefined ? {} : { hint })
}
