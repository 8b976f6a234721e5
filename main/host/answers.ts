import { SwitchyardError } from '../../shared/errors.js'
import { contractVersion } from '../../shared/contract.js'
import type { Params, Replies, RequestName } from '../../shared/contract.js'
import { ThreadLink, revived } from '../../shared/thread-link.js'
import { Authorities } from '../certs/authorities.js'
import { caStatus } from '../certs/ca-command.js'
import { captureAnswers } from './capture-answers.js'
import type { CheckMethods } from './check-thread.js'
import type { Answer } from './control/screen-session.js'
import type { Host } from './host.js'
import { plainSpec } from './serve-spec.js'
import { startThread } from './threads.js'

type Answers = { readonly [Name in RequestName]: (params: Params<Name>, signal: AbortSignal) => Promise<Replies[Name]> | Replies[Name] }

/** How each request of the contract is answered. A request without an answer here does not compile. */
export function answers(host: Host): Answer {
  const table: Answers = {
    ...captureAnswers(host),
    hello: () => ({ version: contractVersion, product: 'Switchyard' }),
    status: async () => {
      await host.refreshCounts()
      return host.status
    },
    'run.start': async () => {
      await host.restart()
      return host.status
    },
    'run.stop': async () => {
      await host.stop('now')
      return host.status
    },
    'config.get': () => configOf(host),
    'config.reload': async () => {
      const { error } = await host.reload()
      if (error !== null) throw revived(error)
      return configOf(host)
    },
    'config.check': ({ files }, signal) => checkFiles(host.threads, files, signal),
    'tunnel.close': async ({ exchange }) => {
      if (await host.engine.ask('closeTunnel', { exchange })) return null
      throw new SwitchyardError('request-invalid', `Exchange ${exchange} has no open tunnel.`)
    },
    'authorities.list': async () => await caStatus({ authorities: new Authorities({ dataDir: host.dataDir }) }),
    cancel: () => null
  }
  return (name, params, signal) => Promise.resolve().then(() => table[name](params, signal))
}

function configOf(host: Host): Replies['config.get'] {
  if (host.config !== null) return host.config
  throw new SwitchyardError('request-invalid', 'No config is served yet.')
}

/** In a thread of its own, which ends with the answer: a config can be as wrong as it likes. */
async function checkFiles(threads: URL, files: readonly string[], signal: AbortSignal): Promise<Replies['config.check']> {
  const { worker, stop } = startThread('check', null, (error) => link.break(error), threads)
  const link = new ThreadLink<CheckMethods, { event: never }>(worker)
  const giveUp = (): void => link.break(new SwitchyardError('request-cancelled', 'config.check was cancelled.'))
  if (signal.aborted) giveUp()
  else signal.addEventListener('abort', giveUp, { once: true })
  try {
    const { findings } = await link.ask('check', plainSpec(files))
    return { findings }
  } finally {
    signal.removeEventListener('abort', giveUp)
    await stop()
  }
}
