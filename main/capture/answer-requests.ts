import { type PlainError, SwitchyardError, asSwitchyardError } from '../../shared/errors.js'
import type { ParamsOf, ReplyOf, ThreadPort } from '../../shared/thread-link.js'

type Reply = { readonly id: number; readonly ok: unknown } | { readonly id: number; readonly error: PlainError }

/** One function a method; the signal fires when the request is cancelled. */
export type Handlers<Methods> = {
  [Method in keyof Methods]: (
    params: ParamsOf<Methods[Method]>,
    signal: AbortSignal
  ) => ReplyOf<Methods[Method]> | Promise<ReplyOf<Methods[Method]>>
}

/** Answers what a ThreadLink asks (shared/thread-link.ts), each once, with a result or a plain error; a `cancel` makes the one it names fail. */
export function answerRequests<Methods>(port: ThreadPort, handlers: Handlers<Methods>): void {
  const running = new Map<number, AbortController>()
  const table = handlers as Record<string, ((params: unknown, signal: AbortSignal) => unknown) | undefined>
  async function answer(id: number, method: string, params: unknown): Promise<Reply> {
    const controller = new AbortController()
    running.set(id, controller)
    try {
      const handler = Object.hasOwn(handlers, method) ? table[method] : undefined
      if (handler === undefined) throw new SwitchyardError('request-invalid', `The capture knows no request ${JSON.stringify(method)}.`)
      const ok = await handler(params, controller.signal)
      controller.signal.throwIfAborted()
      return { id, ok }
    } catch (thrown) {
      return { id, error: (controller.signal.aborted ? cancelled() : asSwitchyardError(thrown)).toPlain() }
    } finally {
      running.delete(id)
    }
  }
  port.on('message', (message) => {
    const request = message as { id: number; method: string; params: unknown } | { cancel: number }
    if ('cancel' in request) running.get(request.cancel)?.abort()
    else void answer(request.id, request.method, request.params).then((reply) => port.postMessage(reply))
  })
}

function cancelled(): SwitchyardError {
  return new SwitchyardError('request-cancelled', 'The request was cancelled.')
}
