import type { Fields } from '../../../shared/fields.js'
import type { BodyFraming, WirePolicy } from '../../../shared/heads.js'
import { isFault } from './fault.js'
import { control, cr, isBlank, lf, tab } from './octets.js'
import { TrailerReader } from './trailer-reader.js'

/** Takes stretches of a body without its framing. The bytes stand in the buffer that was pushed: valid during the call only. */
export type BodySink = (bytes: Buffer, start: number, end: number) => void

export type BodyFaultCode =
  | 'badChunkSize' // no hexadecimal digit first, something else behind the digits, or too large to count
  | 'chunkLineTooLong' // digits or extensions beyond their limits
  | 'badChunkEnd' // a chunk's data is not followed by CRLF
  | 'badTrailer'
  | 'cutShort' // the peer left before the body's end

export interface BodyFault {
  readonly fault: BodyFaultCode
  /** What is wrong, in words for a log line. */
  readonly on: string
}

type State = 'length' | 'untilClose' | 'size' | 'padding' | 'extension' | 'sizeLf' | 'data' | 'dataCr' | 'dataLf' | 'trailers'

/** Leading zeros are allowed, a flood of them is not. */
const maxSizeDigits = 16
const semicolon = 0x3b
/** Extensions and the space before them: of one chunk, and of all chunks of one body: they are paid for, and mean nothing to us. */
const maxExtensionBytes = 1024
const maxExtensionsBytes = 16_384

const notHex = 255
const hexValue = Uint8Array.from({ length: 256 }, (_, octet) => {
  const digit = '0123456789abcdef'.indexOf(String.fromCharCode(octet).toLowerCase())
  return digit < 0 ? notHex : digit
})

/**
 * Takes a body out of its framing (RFC 9112 §6, §7). Lines of a chunk end with CRLF and nothing else, since a reader who
 * takes less sees other messages than its neighbour.
 */
export class BodyReader {
  done: boolean
  fault: BodyFault | null = null
  /** Fields behind the last chunk. */
  trailers: Fields = []
  readonly #policy: WirePolicy
  #state: State
  /** Of the body, or of the chunk. */
  #bytesLeft = 0
  #digits = 0
  #extensionBytes = 0
  #extensionsBytes = 0
  #trailerReader: TrailerReader | null = null

  constructor(framing: BodyFraming, policy: WirePolicy) {
    this.#policy = policy
    this.#state = framing.kind === 'chunked' ? 'size' : framing.kind === 'untilClose' ? 'untilClose' : 'length'
    if (framing.kind === 'length') this.#bytesLeft = framing.bytes
    this.done = this.#state === 'length' && this.#bytesLeft === 0
  }

  /** @returns the index up to which bytes were consumed; those behind the body are not. */
  push(bytes: Buffer, start: number, end: number, sink: BodySink): number {
    let at = start
    while (at < end && !this.done && this.fault === null) at = this.#step(bytes, at, end, sink)
    return at
  }

  /** The peer said its last: the end of a body that lasts until then, a fault for any other that is not over. */
  finish(): void {
    if (this.#state === 'untilClose') this.done = true
    else if (!this.done) this.#fail('cutShort', 'the peer left before its end')
  }

  #step(bytes: Buffer, at: number, end: number, sink: BodySink): number {
    switch (this.#state) {
      case 'length':
        return this.#length(bytes, at, end, sink)
      case 'untilClose':
        sink(bytes, at, end)
        return end
      case 'size':
        return this.#size(bytes, at, end)
      case 'padding':
        return this.#padding(bytes, at, end)
      case 'extension':
        return this.#extension(bytes, at, end)
      case 'sizeLf':
        return this.#sizeLf(bytes, at)
      case 'data':
        return this.#data(bytes, at, end, sink)
      case 'dataCr':
        return this.#expect(bytes, at, cr, 'dataLf')
      case 'dataLf':
        return this.#expect(bytes, at, lf, 'size')
      case 'trailers':
        return this.#trailers(bytes, at, end)
    }
  }

  #length(bytes: Buffer, at: number, end: number, sink: BodySink): number {
    const upTo = Math.min(end, at + this.#bytesLeft)
    this.#bytesLeft -= upTo - at
    this.done = this.#bytesLeft === 0
    sink(bytes, at, upTo)
    return upTo
  }

  #size(bytes: Buffer, start: number, end: number): number {
    for (let at = start; at < end; at++) {
      const digit = hexValue[bytes[at] as number] as number
      if (digit === notHex) return this.#sizeEnd(bytes, at)
      if (++this.#digits > maxSizeDigits) return this.#fail('chunkLineTooLong', 'a chunk size has too many digits', at)
      this.#bytesLeft = this.#bytesLeft * 16 + digit
    }
    return end
  }

  #sizeEnd(bytes: Buffer, at: number): number {
    const octet = bytes[at] as number
    if (this.#digits === 0) return this.#fail('badChunkSize', `a chunk size begins with ${named(octet)}`, at)
    if (!Number.isSafeInteger(this.#bytesLeft)) return this.#fail('badChunkSize', 'a chunk is too large', at)
    return this.#behindSize(octet, at)
  }

  #behindSize(octet: number, at: number): number {
    if (octet === cr) this.#state = 'sizeLf'
    else if (octet === semicolon) this.#state = 'extension'
    else if (isBlank(octet)) this.#state = 'padding'
    else return this.#fail('badChunkSize', `a chunk size ends with ${named(octet)}`, at)
    return at + 1
  }

  /** RFC 9112 §7.1.1 allows space before an extension, and servers pad sizes with it; httpd and nginx take it as well. */
  #padding(bytes: Buffer, at: number, end: number): number {
    const octet = bytes[at] as number
    if (!isBlank(octet)) return this.#behindSize(octet, at)
    let next = at
    while (next < end && isBlank(bytes[next])) next++
    return this.#countExtension(next - at, next)
  }

  /** Extensions are ignored (RFC 9112 §7.1.1). */
  #extension(bytes: Buffer, start: number, end: number): number {
    let at = start
    while (at < end && control[bytes[at] as number] === 0) at++
    this.#countExtension(at - start, at)
    if (at === end || this.fault !== null) return at
    if (bytes[at] !== cr) return this.#fail('badChunkSize', `a chunk extension contains ${named(bytes[at] as number)}`, at)
    this.#state = 'sizeLf'
    return at + 1
  }

  #countExtension(bytes: number, at: number): number {
    this.#extensionBytes += bytes
    this.#extensionsBytes += bytes
    const tooLong = this.#extensionBytes > maxExtensionBytes || this.#extensionsBytes > maxExtensionsBytes
    return tooLong ? this.#fail('chunkLineTooLong', 'chunk extensions are too long', at) : at
  }

  #sizeLf(bytes: Buffer, at: number): number {
    if (bytes[at] !== lf) return this.#fail('badChunkSize', `CR and ${named(bytes[at] as number)} behind a chunk size`, at)
    this.#state = this.#bytesLeft === 0 ? 'trailers' : 'data'
    this.#digits = this.#extensionBytes = 0
    return at + 1
  }

  #data(bytes: Buffer, at: number, end: number, sink: BodySink): number {
    const upTo = Math.min(end, at + this.#bytesLeft)
    this.#bytesLeft -= upTo - at
    if (this.#bytesLeft === 0) this.#state = 'dataCr'
    sink(bytes, at, upTo)
    return upTo
  }

  #expect(bytes: Buffer, at: number, octet: number, next: State): number {
    if (bytes[at] !== octet) return this.#fail('badChunkEnd', `a chunk is followed by ${named(bytes[at] as number)}`, at)
    this.#state = next
    return at + 1
  }

  #trailers(bytes: Buffer, at: number, end: number): number {
    // Nearly always there are none, and the reader need not be made.
    if (this.#trailerReader === null && bytes[at] === cr && at + 1 < end && bytes[at + 1] === lf) {
      this.done = true
      return at + 2
    }
    const reader = (this.#trailerReader ??= new TrailerReader(this.#policy))
    const upTo = reader.push(bytes, at, end)
    if (isFault(reader.done)) return this.#fail('badTrailer', `${reader.done.fault}: ${reader.done.on}`, upTo)
    if (reader.done === null) return upTo
    this.trailers = reader.done.fields
    this.done = true
    return upTo
  }

  #fail(fault: BodyFaultCode, on: string, at = 0): number {
    this.fault = { fault, on }
    return at
  }
}

function named(octet: number): string {
  if (octet === cr) return 'CR'
  if (octet === lf) return 'LF'
  if (octet === tab) return 'HTAB'
  return octet > 32 && octet < 127 ? `'${String.fromCharCode(octet)}'` : `0x${octet.toString(16).padStart(2, '0')}`
}
