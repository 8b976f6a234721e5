import type { Step } from '../../../../shared/steps.js'
import { answerHead } from '../http/answer-head.js'
import { set } from '../http/table.js'
import type { Flow } from '../request/flow.js'
import type { Request } from '../request/request.js'

/** The methods of a file; TRACE only where it is on. */
export function allowField(r: Request): string {
  return ['GET', 'POST', 'OPTIONS', 'HEAD', ...(r.server.conf.core.trace === 'off' ? [] : ['TRACE'])].join(',')
}

/** OPTIONS for a file or directory. */
export function allowed(r: Request): Step {
  set(r.out, 'Allow', allowField(r))
  return empty(r)
}

/** `OPTIONS *`. */
export function answerOptions(r: Request): Step {
  return empty(r)
}

function empty(r: Request): Step {
  const { head, persist } = answerHead(r, { filters: 'all', length: 0, proxied: false })
  return { do: 'respond', head, body: [], persist }
}

/** TRACE: the request back as it was read (RFC 9110 §9.3.8). */
export function answerTrace(flow: Flow, r: Request): Step {
  const mode = r.server.conf.core.trace ?? 'on'
  if (mode === 'off') return flow.die(r, 405)
  const hasBody = (r.header('content-length') ?? '0') !== '0' || r.header('transfer-encoding') !== undefined
  if (hasBody && mode !== 'extended') return flow.die(r, 413)
  const lines = [`${r.method} ${r.unparsedUri} ${r.protocolText}\r\n`]
  for (let i = 0; i < r.headersIn.length; i += 2) lines.push(`${r.headersIn[i] as string}: ${r.headersIn[i + 1] as string}\r\n`)
  const body = Buffer.from(`${lines.join('')}\r\n`, 'latin1')
  r.contentType = 'message/http'
  const { head, persist } = answerHead(r, { filters: 'all', length: body.length, proxied: false })
  return { do: 'respond', head, body: [body], persist }
}
