import type { HeadFault, HeadFaultCode } from '../../../shared/heads.js'
import type { Attempt, Failure, FailureCause, LogEntry } from '../../../shared/steps.js'
import { reasonOf } from './response-head.js'

/** What a failure is to the client; null: there is nobody left to answer. */
const statusOfCause: Readonly<Record<FailureCause, number | null>> = {
  refused: 502,
  unreachable: 502,
  connectTimedOut: 504,
  headTimedOut: 504,
  readTimedOut: 504,
  sendTimedOut: 504,
  bodyTimedOut: 408,
  bodyMalformed: 400,
  bodyCutShort: null,
  closedEarly: 502,
  notHttp: 502,
  headTooLong: 502,
  dns: 502,
  tls: 502,
  badTarget: 502
}

const codeOfCause: Readonly<Record<FailureCause, string>> = {
  refused: 'origin-refused',
  unreachable: 'origin-unreachable',
  connectTimedOut: 'origin-connect-timeout',
  headTimedOut: 'origin-answer-timeout',
  readTimedOut: 'origin-read-timeout',
  sendTimedOut: 'origin-send-timeout',
  bodyTimedOut: 'client-body-timeout',
  bodyMalformed: 'client-body-malformed',
  bodyCutShort: 'client-body-cut-short',
  closedEarly: 'origin-closed-early',
  notHttp: 'origin-not-http',
  headTooLong: 'origin-head-too-long',
  dns: 'origin-name-unknown',
  tls: 'origin-tls',
  badTarget: 'origin-bad-target'
}

/** What a request that is none is answered; null: the connection just ends. */
const statusOfFault: Readonly<Partial<Record<HeadFaultCode, number | null>>> = {
  lineTooLong: 414,
  fieldTooLong: 431,
  tooManyFields: 431,
  headTooLong: 431,
  badVersion: 505,
  timedOut: 408,
  cutShort: null
}

export function statusOfFailure(failure: Failure): number | null {
  return statusOfCause[failure.cause]
}
export function statusOfHeadFault({ fault }: HeadFault): number | null {
  const status = statusOfFault[fault]
  return status === undefined ? 400 : status
}

export function failureEntry(failure: Failure, attempt: Attempt, asked: string): LogEntry {
  const check = failure.check === undefined ? '' : ` (check: ${failure.check})`
  const address = attempt.address === '' ? '' : ` at ${attempt.address}`
  return {
    level: failure.cause.startsWith('body') ? 'warning' : 'error',
    source: 'switchyard',
    code: codeOfCause[failure.cause],
    message: `${asked}: ${sentence(failure.message)}${check}${address === '' || failure.message.includes(attempt.address) ? '' : ` The origin is${address}.`}`
  }
}

/** A plain text body in UTF-8: the status, and the cause in words. What is quoted of a request are its bytes, one a char. */
export function pageOf(status: number, says: string): Buffer {
  const words = sentence(says).replace(/[^\0-\xff]/gu, (char) => Buffer.from(char).toString('latin1'))
  return Buffer.from(`${status} ${reasonOf(status)}\n${words}\n`, 'latin1')
}

export function faultSays(fault: HeadFault): string {
  const on = fault.on === '' ? '' : `: ${fault.on}`
  switch (fault.fault) {
    case 'plainOnTls':
      return 'This port speaks TLS: use https:// or wss://.'
    case 'notHttp':
      return 'This is not HTTP. A TLS client on this plain port? Use http:// or ws://.'
    case 'noHost':
      return 'The request has no Host field (RFC 9112 §3.2).'
    case 'twoHosts':
      return 'The request has more than one Host field (RFC 9112 §3.2).'
    case 'lengthAndChunked':
      return 'The request has both Content-Length and Transfer-Encoding (RFC 9112 §6.1).'
    case 'timedOut':
      return 'The request’s head did not arrive in time.'
    default:
      return `The request’s head is broken (${fault.fault})${on}`
  }
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}
