import type { HeadFault, HeadFaultCode } from '../../../shared/heads.js'

/** Longest stretch of a bad line that is quoted. */
const maxQuotedChars = 256

/** What of a request could be read before it failed. */
export type Known = Omit<HeadFault, 'fault' | 'on'>

/** Whether what was read is a fault. */
export function isFault(read: object | null): read is HeadFault {
  return read !== null && 'fault' in read
}

export function headFault(fault: HeadFaultCode, on: string, known: Known = {}): HeadFault {
  return { fault, on: on.slice(0, maxQuotedChars), ...known }
}

/** The beginning of a bad line, for `on`. */
export function quoted(bytes: Buffer, start: number, end: number): string {
  return bytes.toString('latin1', start, Math.min(end, start + maxQuotedChars))
}
