import type { Fields } from './fields.js'

/** A request's line and fields, byte for byte in latin1 (RFC 9112 §2.1). `version` is `HTTP/1.1`, `HTTP/1.0`, … as sent; `HTTP/0.9` when the line had none. */
export interface RequestHead {
  readonly method: string
  readonly target: string
  readonly version: string
  readonly fields: Fields
}

/** A status line and its fields. `reason` may be empty. */
export interface ResponseHead {
  readonly version: string
  readonly status: number
  readonly reason: string
  readonly fields: Fields
}

/** How a message's body ends (RFC 9112 §6.3). Read off a head, on the way in and on the way out alike. */
export type BodyFraming =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'untilClose' }

export type HeadFaultCode =
  | 'notHttp' // the first bytes cannot begin a request line (a TLS hello, NUL, binary)
  | 'badMethod'
  | 'badTarget'
  | 'badVersion'
  | 'badField' // no colon, a space before it, a control character in name or value
  | 'obsFold'
  | 'bareLf'
  | 'bareCr'
  | 'lineTooLong'
  | 'fieldTooLong'
  | 'tooManyFields'
  | 'headTooLong'
  | 'twoHosts'
  | 'noHost'
  | 'badHost'
  | 'badLength' // Content-Length not digits, or two that differ
  | 'lengthAndChunked'
  | 'badTransferEncoding'
  | 'timedOut' // the head did not arrive in time
  | 'cutShort' // the client left in the middle of it
  | 'plainOnTls' // a plain request on a TLS port

/** A request that is not one, with what could be read of it, so that a dialect can answer and log as its server does. */
export interface HeadFault {
  readonly fault: HeadFaultCode
  /** What it failed on, quoted for a log line; at most 256 chars. */
  readonly on: string
  readonly method?: string
  readonly target?: string
  readonly version?: string
  readonly fields?: Fields
}

/** What a server's own parser lets pass, and its limits. The strict values are the defaults of {@link strictWire}. */
export interface WirePolicy {
  readonly maxLineBytes: number
  /** One field line, name and value. */
  readonly maxFieldBytes: number
  readonly maxFields: number
  readonly maxHeadBytes: number
  /** LF alone ends a line of a head. */
  readonly bareLf: 'accept' | 'fault'
  /** A line that begins with space or tab continues the one above (RFC 9112 §5.2). */
  readonly obsFold: 'unfold' | 'fault'
  /** Content-Length beside Transfer-Encoding: `chunkedWins` drops the length and closes after the answer (RFC 9112 §6.1). */
  readonly lengthAndChunked: 'chunkedWins' | 'fault'
  /** A request line without a version. */
  readonly http09: 'accept' | 'fault'
  /** Space or tab between a field's name and its colon. Never accepted by strict parsers (RFC 9112 §5.1). */
  readonly spaceBeforeColon: 'accept' | 'fault'
  /** Versions but 1.0 and 1.1, such as HTTP/1.2 or HTTP/9.1, read as HTTP/1.1. */
  readonly otherVersions: 'accept' | 'fault'
  /** More than one space between the parts of a request line, or some behind it (nginx takes them). Absent: fault. */
  readonly spacesInLine?: 'accept' | 'fault'
  /** Several Content-Length lines in a request that say the same (RFC 9110 §8.6; httpd and nginx refuse them). Absent: accept. */
  readonly equalLengths?: 'accept' | 'fault'
  /** Empty lines before a request line that are skipped (httpd: 10, nginx: any number). Absent: 2. */
  readonly emptyLines?: number
  /** `wait`: a byte that cannot begin a request line is judged when its line is over (httpd). Absent: at once. */
  readonly firstByte?: 'judge' | 'wait'
  /** `leave`: any one Host is let pass, and the dialect judges it (nginx takes far more than a host name). Absent: check. */
  readonly hostSyntax?: 'check' | 'leave'
  /** `any`: names of whatever is no control, space or colon, and lines without a colon as fields without a value (nginx). Absent: token. */
  readonly fieldNames?: 'token' | 'any'
  /** Controls in values, but never NUL, CR and LF (nginx takes them). Absent: fault. */
  readonly controls?: 'accept' | 'fault'
}

export const strictWire: WirePolicy = {
  maxLineBytes: 8190,
  maxFieldBytes: 8190,
  maxFields: 100,
  maxHeadBytes: 65_536,
  bareLf: 'fault',
  obsFold: 'fault',
  lengthAndChunked: 'fault',
  http09: 'fault',
  spaceBeforeColon: 'fault',
  otherVersions: 'fault'
}
