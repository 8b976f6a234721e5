import type { Outcome, Step, Timeouts } from '../../../../shared/steps.js'
import type { Request } from '../request/request.js'
import type { Flow } from '../request/flow.js'
import { failed } from './failures.js'
import { isTls } from './origin.js'
import { requestHead } from './request-head.js'
import { answered } from './response.js'
import { usable, type WorkerState } from './state.js'
import { poolKey, targetOf } from './target.js'
import type { Destination } from './translate.js'
import { canUpgrade, type Worker } from './worker.js'

/** httpd reads this much of a body before it connects (MAX_MEM_SPOOL). */
const spoolBytes = 16_384

/** One request on its way to an origin, and what its answer has to be compared with. */
export interface Passing {
  readonly r: Request
  readonly to: Destination
  readonly worker: Worker | null
  readonly state: WorkerState
  readonly upgrade: string | null
  readonly expects: boolean
  readonly timeouts: Timeouts
  /** Interim answers seen; httpd gives up after ten. */
  interims: number
}

/** mod_proxy's handler with mod_proxy_http behind it. */
export function serveProxied(flow: Flow, r: Request, to: Destination): Step {
  const forwards = r.header('max-forwards')
  const refusal = forwards === undefined ? null : hopsRefused(flow, forwards)
  if (refusal !== null) return failed.proxyError(flow, r, 400, refusal)
  const worker = workerFor(r, to)
  if (worker !== null) r.tookPart(worker.id)
  const state = workerState(r, worker)
  if (worker !== null && (worker.settings.disabled || !usable(state, worker.settings.retryMs, r.nowUs))) {
    flow.log('error', 'proxy', 'AH00940', `${to.scheme}: disabled connection for (${worker.origin.host}:${worker.origin.port})`)
    return flow.die(r, 503)
  }
  if (isTls(to.scheme) && r.dir.ssl.proxyEngine !== true) {
    flow.log('error', 'proxy', 'AH00961', `${to.scheme}: failed to enable ssl support for ${to.host}:${to.port} (${to.host})`)
    return flow.die(r, 500)
  }
  const passing: Passing = {
    r,
    to,
    worker,
    state,
    upgrade: upgradeOf(r, to, worker),
    expects: r.expects100 && r.dir.proxy.continue100 !== false && !r.has('force-proxy-request-1.0'),
    timeouts: timeouts(r, worker),
    interims: 0
  }
  return hasBody(r) ? prefetch(flow, passing) : send(flow, passing, [], 'none')
}

/** Why a request with this `Max-Forwards` goes no further (RFC 9110 §7.6.2), or null. */
function hopsRefused(flow: Flow, forwards: string): string | null {
  if (!/^\+?\d+$/.test(forwards) || !Number.isSafeInteger(Number(forwards))) {
    flow.log('warning', 'proxy', 'AH10188', `Max-Forwards value '${forwards}' could not be parsed`)
    return 'Max-Forwards request header could not be parsed'
  }
  return Number(forwards) === 0 ? 'Max-Forwards has reached zero - proxy loop?' : null
}

function workerFor(r: Request, to: Destination): Worker | null {
  const { workers } = r.server.conf.proxy
  const { only } = workers
  if (only?.like === null && only.name.length >= to.authority.length && to.url.startsWith(only.name)) return only
  return workers.find(to.url)
}

const noWorker: WorkerState = Object.freeze({ failedAtUs: 0 })

function workerState(r: Request, worker: Worker | null): WorkerState {
  if (worker === null) return noWorker
  const { workers } = r.server.site.state
  const key = `${r.server.index} ${worker.name}`
  let state = workers.get(key)
  if (state === undefined) workers.set(key, (state = { failedAtUs: 0 }))
  return state
}

function upgradeOf(r: Request, to: Destination, worker: Worker | null): string | null {
  if (r.has('force-proxy-request-1.0')) return null
  const upgrade = r.header('upgrade')
  return upgrade !== undefined && canUpgrade(worker, to.scheme, upgrade) ? upgrade : null
}

function timeouts(r: Request, worker: Worker | null): Timeouts {
  const general = r.server.conf.proxy.timeoutMs ?? r.server.timeoutMs
  const own = worker?.settings.timeoutMs ?? general
  return { connectMs: worker?.settings.connectMs ?? own, headMs: own, readMs: own, sendMs: own }
}

function hasBody(r: Request): boolean {
  const length = r.header('content-length')
  return r.header('transfer-encoding') !== undefined || (length !== undefined && length !== '0')
}

/** Reads what there is of a body first: a small one then goes out with its length, however it came. */
function prefetch(flow: Flow, passing: Passing): Step {
  const { r } = passing
  const chunked = r.header('transfer-encoding') !== undefined
  const declared = chunked ? ['Transfer-Encoding', 'chunked'] : ['Content-Length', r.header('content-length') as string]
  // an expected 100 comes from the origin, so nothing can be read before it is asked
  if (passing.expects) return send(flow, passing, declared, 'after100')
  const clientMs = r.server.timeoutMs
  const limits = { connectMs: clientMs, headMs: clientMs, readMs: r.server.conf.core.bodyMs ?? clientMs, sendMs: clientMs }
  const answer100 = r.expects100 ? { continue: { version: 'HTTP/1.1', status: 100, reason: 'Continue', fields: [] } } : {}
  r.expects100 = false
  return flow.wait({ do: 'readBody', upToBytes: spoolBytes, ...answer100, timeouts: limits }, (outcome) => {
    if (outcome.was === 'failure') return failed.clientBody(flow, passing, outcome.failure)
    if (outcome.was !== 'body') return flow.die(r, 400)
    const { bytes, complete } = outcome.read
    const known = complete || !chunked || r.has('proxy-sendcl')
    return send(flow, passing, complete && known ? ['Content-Length', String(bytes)] : declared, 'relay')
  })
}

function send(flow: Flow, passing: Passing, framing: readonly string[], body: 'none' | 'relay' | 'after100'): Step {
  const { r, to, worker } = passing
  const force10 = r.has('force-proxy-request-1.0')
  const reuse = worker !== null && worker.reuse && !force10 && !r.has('proxy-nokeepalive')
  // without a body, `Content-Length: 0` is still said where the client said it
  const declared = body === 'none' && r.header('content-length') === '0' ? ['Content-Length', '0'] : framing
  const target = targetOf(r, to, worker)
  // asks for a connection of its own, although it says that it would keep it
  const fresh = r.kept === 0 && r.has('proxy-initial-not-pooled')
  const head = requestHead(r, { to, upgrade: passing.upgrade, keep: reuse, force10, expect: passing.expects, framing: declared })
  const key = reuse && !fresh ? poolKey(r, target, worker) : null
  const step: Step = { do: 'send', to: target, head, body, answer: 'client', timeouts: passing.timeouts, reuse: key, watchClient: false }
  return flow.wait(step, (outcome) => cameBack(flow, passing, outcome))
}

function cameBack(flow: Flow, passing: Passing, outcome: Outcome): Step {
  switch (outcome.was) {
    case 'head':
      return answered(flow, passing, outcome.head, (next) => cameBack(flow, passing, next))
    case 'failure':
      return failed.attempt(flow, passing, outcome.failure, outcome.attempt)
    default:
      return flow.wait({ do: 'carryOn' }, (next) => cameBack(flow, passing, next))
  }
}
