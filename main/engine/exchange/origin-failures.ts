import type { HeadFault, HeadFaultCode } from '../../../shared/heads.js'
import type { Failure } from '../../../shared/steps.js'
import { alertName } from '../wire/tls-failure.js'

/** What can go wrong with an origin that was reached, in the words of a log. `at`: its address. */

const tooLong: ReadonlySet<HeadFaultCode> = new Set(['headTooLong', 'lineTooLong', 'fieldTooLong', 'tooManyFields'])

export function headFailure(at: string, { fault, on }: HeadFault, received: Buffer): Failure {
  return { cause: tooLong.has(fault) ? 'headTooLong' : 'notHttp', message: `The answer of ${at} is not HTTP: ${on}`, received }
}

/** @param error null: an orderly end. */
export function closedEarly(at: string, error: NodeJS.ErrnoException | null): Failure {
  // With TLS 1.3 a server looks at our certificate when our side of the handshake is over.
  const alert = error === null ? null : alertName(error)
  const message = `${at} ${howItClosed(error, alert)} before it answered.`
  const failure: Failure = { cause: 'closedEarly', ...(alert === null ? {} : { check: 'alert' }), message }
  return error?.code === undefined ? failure : { ...failure, systemCode: error.code }
}

function howItClosed(error: NodeJS.ErrnoException | null, alert: string | null): string {
  if (error === null) return 'closed the connection'
  return alert === null ? `broke the connection (${error.code ?? error.message})` : `refused us with the TLS alert ${alert}`
}

export function brokenBody(at: string, on: string): Failure {
  return { cause: 'closedEarly', message: `The answer of ${at} is broken: ${on}` }
}

export function headTimedOut(at: string, ms: number): Failure {
  return { cause: 'headTimedOut', message: `${at} did not answer within ${ms} ms.` }
}
export function sendTimedOut(at: string, ms: number): Failure {
  return { cause: 'sendTimedOut', message: `${at} took nothing of the request for ${ms} ms.` }
}
export function readTimedOut(at: string, ms: number): Failure {
  return { cause: 'readTimedOut', message: `The answer of ${at} stalled for ${ms} ms.` }
}
