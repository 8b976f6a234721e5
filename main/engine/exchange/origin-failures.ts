import type { HeadFault, HeadFaultCode } from '../../../shared/heads.js'
import type { Failure } from '../../../shared/steps.js'

/** What can go wrong with an origin that was reached, in the words of a log. `at`: its address. */

const tooLong: ReadonlySet<HeadFaultCode> = new Set(['headTooLong', 'lineTooLong', 'fieldTooLong', 'tooManyFields'])

export function headFailure(at: string, { fault, on }: HeadFault, received: Buffer): Failure {
  return { cause: tooLong.has(fault) ? 'headTooLong' : 'notHttp', message: `The answer of ${at} is not HTTP: ${on}`, received }
}

/** @param error null: an orderly end. */
export function closedEarly(at: string, error: NodeJS.ErrnoException | null): Failure {
  const how = error === null ? 'closed the connection' : `broke the connection (${error.code ?? error.message})`
  const failure: Failure = { cause: 'closedEarly', message: `${at} ${how} before it answered.` }
  return error?.code === undefined ? failure : { ...failure, systemCode: error.code }
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
