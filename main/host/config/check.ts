import type { Replies } from '../../../shared/contract.js'
import { SwitchyardError } from '../../../shared/errors.js'
import { ThreadLink } from '../../../shared/thread-link.js'
import type { CheckMethods } from '../check-thread.js'
import type { ServeSpec } from '../serve-spec.js'
import { startThread } from '../threads.js'

/** In a thread of its own, which ends with the answer: a config can be as wrong as it likes. */
export async function checkConfig(threads: URL, spec: ServeSpec, signal: AbortSignal): Promise<Replies['config.check']> {
  const { worker, stop } = startThread('check', null, (error) => link.break(error), threads)
  const link = new ThreadLink<CheckMethods, { event: never }>(worker)
  const giveUp = (): void => link.break(new SwitchyardError('request-cancelled', 'config.check was cancelled.'))
  if (signal.aborted) giveUp()
  else signal.addEventListener('abort', giveUp, { once: true })
  try {
    return await link.ask('check', spec)
  } finally {
    signal.removeEventListener('abort', giveUp)
    await stop()
  }
}
