import { SwitchyardError } from '../../shared/errors.js'
import { contractVersion } from '../../shared/contract.js'
import type { Params, Replies, RequestName } from '../../shared/contract.js'
import type { ConfigNote } from '../../shared/records.js'
import { ThreadLink, revived } from '../../shared/thread-link.js'
import type { Decision } from '../../shared/trace.js'
import { Authorities } from '../certs/authorities.js'
import { caStatus } from '../certs/ca-command.js'
import type { CaptureSession } from './capture-session.js'
import type { CheckMethods } from './check-thread.js'
import type { Answer } from './control/screen-session.js'
import type { Host } from './host.js'
import { readRequestHead } from './stored-head.js'
import { plainSpec } from './serve-spec.js'
import { storedTrace } from './stored-trace.js'
import { startThread } from './threads.js'

type Answers = { readonly [Name in RequestName]: (params: Params<Name>, signal: AbortSignal) => Promise<Replies[Name]> | Replies[Name] }

/** How each request of the contract is answered. A request without an answer here does not compile. */
export function answers(host: Host): Answer {
  const reader = (): CaptureSession['reader'] => captureOf(host).reader
  const table: Answers = {
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
    'view.open': ({ kind, of, filter, order }) =>
      // Not to be given up half open: whoever cancels has it closed once it is there.
      reader().ask('openView', { kind, filter, ...(of === undefined ? {} : { of }), ...(order === undefined ? {} : { order }) }),
    'view.window': ({ view, first, count }, signal) => reader().ask('window', { view, first, count }, signal),
    'view.indexOf': async ({ view, row }, signal) => ({ index: await reader().ask('indexOf', { view, rowId: row }, signal) }),
    'view.find': async ({ view, text, from, towards }, signal) => ({
      index: await reader().ask('find', { view, text, from, towards }, signal)
    }),
    'view.ack': ({ view }) => reader().ask('ack', { view }),
    'view.close': ({ view }) => reader().ask('closeView', { view }),
    'exchange.get': ({ exchange }) => reader().ask('exchange', { exchange }),
    'exchange.trace': ({ exchange }) => traceOf(host, exchange),
    'frame.body': (params, signal) => reader().ask('frameBody', params, signal),
    'http.body': (params, signal) => reader().ask('httpBody', params, signal),
    'capture.clear': async () => ({ session: await captureOf(host).clear() }),
    'capture.sessions': () => ({ sessions: captureOf(host).list() }),
    'tunnel.close': async ({ exchange }) => {
      if (await host.engine.ask('closeTunnel', { exchange })) return null
      throw new SwitchyardError('request-invalid', `Exchange ${exchange} has no open tunnel.`)
    },
    'authorities.list': async () => await caStatus({ authorities: new Authorities({ dataDir: host.dataDir }) }),
    cancel: () => null
  }
  return (name, params, signal) => Promise.resolve().then(() => table[name](params, signal))
}

function captureOf(host: Host): CaptureSession {
  if (host.capture !== null) return host.capture
  throw new SwitchyardError('capture-unknown', 'Capture is off in this run.', { hint: 'Start without --capture off.' })
}

function configOf(host: Host): Replies['config.get'] {
  if (host.config !== null) return host.config
  throw new SwitchyardError('request-invalid', 'No config is served yet.')
}

/** The words for a stored decision: by the site that made it where it is loaded, else by what the capture keeps of its config. */
async function traceOf(host: Host, id: number): Promise<Replies['exchange.trace']> {
  const { reader, run } = captureOf(host)
  const { exchange, decisions, heads } = await reader.ask('exchange', { exchange: id })
  const decision = decisions.at(-1)?.note as Decision | undefined
  if (decision === undefined) throw new SwitchyardError('request-invalid', `Exchange ${id} has no decision yet.`)
  const received = heads.find(({ from, stage }) => from === 'client' && stage === 'in')
  const request = received === undefined ? null : readRequestHead(received)
  // Generations count anew with each run: in a file of several, only this one's are the engine's.
  const trace = exchange.run === run ? await host.engine.ask('trace', { decision, request }) : null
  if (trace !== null) return trace
  const config = (await reader.ask('config', { run: exchange.run, generation: decision.generation })) as ConfigNote | null
  if (config !== null) return storedTrace(decision, config)
  throw new SwitchyardError('request-invalid', `The capture does not have config ${decision.generation} of exchange ${id}.`)
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
