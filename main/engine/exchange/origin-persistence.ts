import { hasMember } from '../../../shared/fields.js'
import type { RequestHead, ResponseHead } from '../../../shared/heads.js'
import { BodyReader } from '../http1/body-reader.js'
import { responseFraming } from '../http1/framing.js'
import { isFault } from '../http1/fault.js'
import { originWire } from './origin-policy.js'

/**
 * RFC 9112 §9.3: a connection persists unless one of both says close, or the origin speaks HTTP/1.0 and does not say
 * keep-alive. Behind a 1xx the answer is still to come, and behind a 101 it is no longer HTTP.
 */
export function persists(request: RequestHead, answer: ResponseHead): boolean {
  if (answer.status < 200) return false
  if (says(request, 'close') || says(answer, 'close')) return false
  return answer.version === 'HTTP/1.1' || says(answer, 'keep-alive')
}

/** Whether bytes [start, end) are just the body of this answer, to its end. */
export function isWholeBody(answer: ResponseHead, requestMethod: string, bytes: Buffer, start: number, end: number): boolean {
  const framing = responseFraming(answer, requestMethod)
  if (isFault(framing) || framing.kind === 'untilClose') return false
  if (framing.kind === 'none') return start === end
  const reader = new BodyReader(framing, originWire)
  return reader.push(bytes, start, end, () => {}) === end && reader.done
}

function says({ fields }: RequestHead | ResponseHead, option: string): boolean {
  return hasMember(fields, 'connection', option)
}
