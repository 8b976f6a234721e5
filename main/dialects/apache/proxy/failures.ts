import type { Attempt, Failure, FailureCause, Step } from '../../../../shared/steps.js'
import { answerHead } from '../http/answer-head.js'
import { escapeHtml } from '../http/pages.js'
import type { Flow } from '../request/flow.js'
import type { Request } from '../request/request.js'
import type { Passing } from './handler.js'

/** What becomes of a request whose origin, or whose own body, failed: httpd's statuses and log lines. */
export const failed = { attempt, proxyError, clientBody }

/** ap_proxyerror: a "Proxy Error" page that names the reason. */
function proxyError(flow: Flow, r: Request, status: number, message: string, system?: string): Step {
  flow.log('error', 'proxy', 'AH00898', `${message} returned by ${r.uri}`, system)
  r.errorNotes = `The proxy server could not handle the request<p>Reason: <strong>${escapeHtml(message)}</strong></p>`
  r.statusLine = `${status} Proxy Error`
  return flow.die(r, status)
}

function attempt(flow: Flow, passing: Passing, failure: Failure, tried: Attempt): Step {
  const { r } = passing
  switch (failure.cause) {
    case 'refused':
    case 'unreachable':
    case 'connectTimedOut':
      return noConnection(flow, passing, failure, tried)
    case 'dns':
    case 'badTarget':
      return proxyError(flow, r, 500, `DNS lookup failure for: ${passing.to.host}`, '(EAI 2)Name or service not known')
    case 'tls':
      return handshake(flow, passing, failure, tried)
    case 'notHttp':
      return headless(flow, passing, failure)
    case 'headTooLong':
      flow.log('warning', 'proxy_http', 'AH01106', `bad HTTP/1.1 header returned by ${r.uri} (${r.method})`)
      r.statusLine = '502 bad gateway'
      return flow.die(r, 502)
    case 'bodyTimedOut':
    case 'bodyMalformed':
    case 'bodyCutShort':
      return clientBody(flow, passing, failure)
    case 'sendTimedOut':
      return notTaken(flow, passing, tried, 504, timeUp)
    case 'headTimedOut':
    case 'readTimedOut':
    case 'closedEarly':
      // What breaks under a write is found out there; a FIN only when the answer is read.
      if (failure.systemCode !== undefined && !tried.requestSent) return notTaken(flow, passing, tried, 502, systemText(failure))
      return noAnswer(flow, passing, failure)
  }
}

/** The worker is in error from here on, for `retry` seconds. */
function noConnection(flow: Flow, passing: Passing, failure: Failure, tried: Attempt): Step {
  const { r, to, worker, state } = passing
  const address = tried.address === '' ? `${to.host}:${to.port}` : tried.address
  flow.log(
    'error',
    'proxy',
    'AH00957',
    `${to.scheme}: attempt to connect to ${address} (${to.host}:${to.port}) failed`,
    systemText(failure)
  )
  if (worker !== null && !worker.settings.ignoreErrors) {
    state.failedAtUs = r.nowUs
    const seconds = Math.floor(worker.settings.retryMs / 1000)
    flow.log('error', 'proxy', 'AH00959', `ap_proxy_connect_backend disabling worker for (${to.host}:${to.port}) for ${seconds}s`)
  }
  flow.log('error', 'proxy_http', 'AH01114', `HTTP: failed to make connection to backend: ${to.host}`)
  return flow.die(r, 503)
}

/** As apr_strerror has it in front of a line. */
function systemText(failure: Failure): string {
  if (failure.cause === 'connectTimedOut') return timeUp
  return systemTexts[failure.systemCode ?? ''] ?? (failure.cause === 'refused' ? '(111)Connection refused' : '(113)No route to host')
}
const systemTexts: Readonly<Record<string, string>> = {
  ECONNREFUSED: '(111)Connection refused',
  EHOSTUNREACH: '(113)No route to host',
  ENETUNREACH: '(101)Network is unreachable',
  ETIMEDOUT: '(110)Connection timed out',
  ECONNRESET: '(104)Connection reset by peer',
  EPIPE: '(32)Broken pipe',
  EACCES: '(13)Permission denied'
}

function handshake(flow: Flow, passing: Passing, failure: Failure, tried: Attempt): Step {
  const { r, to } = passing
  const remote = tried.address === '' ? `${to.host}:${to.port}` : tried.address
  const name = tried.target.tls?.checkName ?? to.host
  if (failure.check === 'wrongName') {
    flow.log('info', 'ssl', 'AH02411', `SSL Proxy: Peer certificate does not match for hostname ${name}`, undefined)
  } else if (failure.check === 'expired' || failure.check === 'notYetValid') {
    flow.log('info', 'ssl', 'AH02276', `Certificate Verification: Error: ${failure.message}`)
  } else flow.log('info', 'ssl', 'AH02003', `SSL Proxy connect failed: ${failure.message}`)
  bodyNotPassed(flow, r, to.host, remote)
  return proxyError(flow, r, 500, 'Error during SSL Handshake with remote server')
}

/** The origin took no more of the request: the plain page of a status, no "Proxy Error". */
function notTaken(flow: Flow, { r, to }: Passing, tried: Attempt, status: number, system: string | undefined): Step {
  flow.log('error', 'proxy', 'AH01084', `pass request body failed to ${tried.address} (${to.host})`, system)
  bodyNotPassed(flow, r, to.host, tried.address)
  return flow.die(r, status)
}
function bodyNotPassed(flow: Flow, r: Request, host: string, remote: string): void {
  flow.log('error', 'proxy_http', 'AH01097', `pass request body failed to ${remote} (${host}) from ${r.arrival.client.address} ()`)
}

/** Nothing came before the end, or nothing in time. */
function noAnswer(flow: Flow, passing: Passing, failure: Failure): Step {
  const { r, to } = passing
  const timedOut = failure.cause !== 'closedEarly'
  const system = timedOut ? timeUp : (systemTexts[failure.systemCode ?? ''] ?? eofText)
  flow.log('error', 'proxy_http', 'AH01102', `error reading status line from remote server ${to.host}:${to.port}`, system)
  if (timedOut && passing.expects && r.expects100) return proxyError(flow, r, 503, 'Timeout on 100-Continue')
  // on a connection that was kept alive the client is left to try again itself
  if (!timedOut && r.kept > 0) {
    flow.log(
      'debug',
      'proxy_http',
      'AH01104',
      `Closing connection to client because reading from backend server ${to.host}:${to.port} failed. Number of keepalives ${r.kept}`
    )
    return { do: 'close', how: 'fin' }
  }
  return proxyError(flow, r, 502, 'Error reading from remote server')
}
const timeUp = '(70007)The timeout specified has expired'
const eofText = '(20014)Internal error (specific information not available)'

/** Bytes that are not HTTP are taken for an answer of HTTP/0.9: its first line without the line's end, then the rest. */
function headless(flow: Flow, passing: Passing, failure: Failure): Step {
  const { r } = passing
  flow.explain('origin-not-http', `${failure.message} httpd passes it on as an answer of HTTP/0.9.`)
  const received = Buffer.from(failure.received ?? [])
  const end = received.indexOf(10)
  const line = end < 0 ? received : received.subarray(0, end > 0 && received[end - 1] === 13 ? end - 1 : end)
  const body = end < 0 ? [line] : [line, received.subarray(end + 1)]
  r.status = 200
  r.statusLine = '200 OK'
  const { head, persist } = answerHead(r, { filters: 'all', length: null, proxied: true })
  return { do: 'respond', head, body: body.filter((part) => part.length > 0), persist }
}

/** The client's own body: it stalled, ended early, or its chunks are broken. */
function clientBody(flow: Flow, { r, to }: Passing, failure: Failure): Step {
  const status = failure.cause === 'bodyTimedOut' ? 408 : 400
  const { address } = r.arrival.client
  flow.log(
    'error',
    'proxy',
    'AH01095',
    `prefetch request body failed to ${to.host}:${to.port} (${to.host}) from ${address} ()`,
    bodyTexts[failure.cause]
  )
  return flow.die(r, status)
}
const bodyTexts: Readonly<Partial<Record<FailureCause, string>>> = {
  bodyTimedOut: timeUp,
  bodyCutShort: '(70008)Partial results are valid but processing is incomplete'
}
