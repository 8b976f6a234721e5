import { SwitchyardError, asSwitchyardError } from '../../shared/errors.js'
import type { Cancel, Reply } from './protocol.js'

/** The little of a MessagePort that this needs. */
export interface RequestPort {
  on(event: 'message', listener: (message: unknown) => void): unknown
  postMessage(message: unknown): void
}
type Params<Method> = Method extends (params: infer P) => unknown ? P : never
type Result<Method> = Method extends (params: never) => infer R ? R : never

/** One function a method; the signal fires when the request is cancelled. */
export type Handlers<Methods> = {
  [Method in keyof Methods]: (
    params: Params<Methods[Method]>,
    signal: AbortSignal
  ) => Result<Methods[Method]> | Promise<Result<Methods[Method]>>
}

/** Answers requests that come over a port, each once, with its result or a plain error. */
export function answerRequests<Methods>(port: RequestPort, handlers: Handlers<Methods>): void {
  const running = new Map<number, AbortController>()
  const table = handlers as Record<string, ((params: unknown, signal: AbortSignal) => unknown) | undefined>
  async function answer(id: number, method: string, params: unknown): Promise<Reply> {
    const controller = new AbortController()
    running.set(id, controller)
    try {
      const handler = Object.hasOwn(handlers as object, method) ? table[method] : undefined
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
    const request = message as { id: number; method: string; params: unknown } | Cancel
    if ('cancel' in request) running.get(request.cancel)?.abort()
    else void answer(request.id, request.method, request.params).then((reply) => port.postMessage(reply))
  })
}

function cancelled(): SwitchyardError {
  return new SwitchyardError('request-cancelled', 'The request was cancelled.')
}
