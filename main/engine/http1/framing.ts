import { SwitchyardError } from '../../../shared/errors.js'
import { isName } from '../../../shared/fields.js'
import type { Fields } from '../../../shared/fields.js'
import type { BodyFraming, HeadFault, HeadFaultCode, RequestHead, ResponseHead, WirePolicy } from '../../../shared/heads.js'
import { headFault, isFault } from './fault.js'
import type { Known } from './fault.js'

type FramingPolicy = Pick<WirePolicy, 'lengthAndChunked' | 'equalLengths'>

const none: BodyFraming = { kind: 'none' }
const chunked: BodyFraming = { kind: 'chunked' }
const untilClose: BodyFraming = { kind: 'untilClose' }

/**
 * How a request's body ends (RFC 9112 §6.3). What two readers could understand in two ways is a fault: a length that is
 * not digits, lengths that differ, any coding but a single `chunked`, a coding in HTTP/1.0.
 */
export function requestFraming(head: RequestHead, policy: FramingPolicy): BodyFraming | HeadFault {
  const said = framingFields(head.fields)
  if (said === null) return none
  const { lengths, codings } = said
  if (codings.length > 0) {
    if (codings.length > 1 || head.version === 'HTTP/1.0' || !isChunked(codings[0] as string))
      return fault('badTransferEncoding', codings, head)
    return lengths.length > 0 && policy.lengthAndChunked === 'fault' ? fault('lengthAndChunked', lengths, head) : chunked
  }
  if (lengths.length > 1 && policy.equalLengths === 'fault') return fault('badLength', lengths, head)
  const bytes = agreedLength(lengths)
  return bytes === null ? fault('badLength', lengths, head) : { kind: 'length', bytes }
}

/**
 * How the body of an answer to `requestMethod` ends (RFC 9112 §6.3). Lenient as a gateway must be: equal lengths in one
 * list are one, an unknown coding lasts until the origin closes.
 */
export function responseFraming(head: ResponseHead, requestMethod: string): BodyFraming | HeadFault {
  if (isBodiless(head.status, requestMethod)) return none
  const said = framingFields(head.fields)
  if (said === null) return untilClose
  if (said.codings.length > 0) return codedFraming(said.codings, head)
  const bytes = agreedLength(said.lengths) ?? agreedLength(said.lengths.flatMap((value) => value.split(/[ \t]*,[ \t]*/)))
  return bytes === null ? fault('badLength', said.lengths, { version: head.version, fields: head.fields }) : { kind: 'length', bytes }
}

/**
 * The framing that a head which is about to leave promises. For an answer, say which method it answers.
 * @throws SwitchyardError `internal` where it promises nothing that a peer could be sure of.
 */
export function outgoingFraming(head: RequestHead): BodyFraming
export function outgoingFraming(head: ResponseHead, requestMethod: string): BodyFraming
export function outgoingFraming(head: RequestHead | ResponseHead, requestMethod = 'GET'): BodyFraming {
  const framing = 'status' in head ? responseFraming(head, requestMethod) : requestFraming(head, outgoingPolicy)
  if (!isFault(framing)) return framing
  throw new SwitchyardError('internal', `The head to send has no certain framing (${framing.fault}: ${framing.on}).`)
}

const outgoingPolicy: FramingPolicy = { lengthAndChunked: 'fault' }

/** RFC 9112 §6.3, 1 and 2. */
function isBodiless(status: number, requestMethod: string): boolean {
  if (status < 200 || status === 204 || status === 304 || requestMethod === 'HEAD') return true
  return requestMethod === 'CONNECT' && status < 300
}

interface FramingFields {
  readonly lengths: string[]
  readonly codings: string[]
}

/** Values of Content-Length and Transfer-Encoding, one a line; null: neither is there, as on most requests. */
function framingFields(fields: Fields): FramingFields | null {
  let said: FramingFields | null = null
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] as string
    if (name.length === 14 && isName(name, 'content-length')) (said ??= { lengths: [], codings: [] }).lengths.push(fields[i + 1] as string)
    else if (name.length === 17 && isName(name, 'transfer-encoding'))
      (said ??= { lengths: [], codings: [] }).codings.push(fields[i + 1] as string)
  }
  return said
}

function isChunked(coding: string): boolean {
  return coding === 'chunked' || coding.toLowerCase() === 'chunked'
}

function codedFraming(values: readonly string[], head: ResponseHead): BodyFraming | HeadFault {
  const codings = values
    .flatMap((value) => value.split(','))
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '')
  const last = codings.at(-1)
  if (last === undefined || codings.slice(0, -1).some(isChunked))
    return fault('badTransferEncoding', values, { version: head.version, fields: head.fields })
  return isChunked(last) ? chunked : untilClose
}

/** Digits alone, the same number each time, small enough to count exactly; else null. */
function agreedLength(values: readonly string[]): number | null {
  let agreed: number | null = null
  for (const value of values) {
    const bytes = /^\d{1,19}$/.test(value) ? Number(value) : NaN
    if (!Number.isSafeInteger(bytes) || (agreed !== null && agreed !== bytes)) return null
    agreed = bytes
  }
  return agreed
}

function fault(code: HeadFaultCode, values: readonly string[], known: Known): HeadFault {
  const { method, target, version, fields } = known
  return headFault(code, values.join(', '), {
    ...(method === undefined ? {} : { method }),
    ...(target === undefined ? {} : { target }),
    ...(version === undefined ? {} : { version }),
    ...(fields === undefined ? {} : { fields })
  })
}
