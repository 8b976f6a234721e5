import { createHash } from 'node:crypto'

/** Field lines in their own order and case; a line without a colon has no value. */
export type FieldLines = [name: string, value: string | null][]

/** A start line and its fields. `length` counts the bytes up to the end of the empty line. */
export interface Head {
  readonly start: string
  readonly headers: FieldLines
  readonly length: number
}

export const sha1 = (bytes: Uint8Array): string => createHash('sha1').update(bytes).digest('hex')

/** Parses a request's or response's head without any opinion on it; null while it is incomplete. */
export function parseHead(bytes: Buffer): Head | null {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return null
  const [start = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n')
  return { start, headers: lines.map(fieldLine), length: end + 4 }
}

function fieldLine(line: string): [string, string | null] {
  const colon = line.indexOf(':')
  return colon < 0 ? [line, null] : [line.slice(0, colon), line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')]
}

/** All values of a name, joined as a list (RFC 9110 §5.2). */
export function fieldOf(headers: FieldLines, name: string): string | undefined {
  const values = headers.filter(([n]) => n.toLowerCase() === name).map(([, value]) => value ?? '')
  return values.length > 0 ? values.join(', ') : undefined
}

export function hasToken(value: string | undefined, token: string): boolean {
  return (value ?? '').split(',').some((member) => member.trim().toLowerCase() === token.toLowerCase())
}

/** A decoded chunked body (RFC 9112 §7.1). `used` counts its bytes on the wire. */
export interface Chunked {
  readonly body: Buffer
  readonly used: number
  readonly trailers: string[]
}

/** Null while it is incomplete; throws when it is malformed. */
export function readChunked(bytes: Buffer): Chunked | null {
  const parts: Buffer[] = []
  let at = 0
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd < 0) return null
    const size = chunkSize(bytes.subarray(at, lineEnd).toString('latin1'))
    at = lineEnd + 2
    if (size === 0) return withTrailers(bytes, at, parts)
    if (bytes.length < at + size + 2) return null
    parts.push(bytes.subarray(at, at + size))
    at += size + 2
  }
}

function chunkSize(line: string): number {
  if (!/^[0-9a-fA-F]+\s*(;.*)?$/.test(line)) throw new Error(`bad chunk size ${JSON.stringify(line.slice(0, 20))}`)
  return parseInt(line, 16)
}

function withTrailers(bytes: Buffer, from: number, parts: Buffer[]): Chunked | null {
  const trailers: string[] = []
  for (let at = from; ;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd < 0) return null
    const line = bytes.subarray(at, lineEnd).toString('latin1')
    at = lineEnd + 2
    if (line === '') return { body: Buffer.concat(parts), used: at, trailers }
    trailers.push(line)
  }
}

/** One chunk as it goes over the wire. */
export function chunk(bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])
}

/** `count` bytes that are printable, always the same, and not periodic in powers of two. */
export function filler(count: number): Buffer {
  const line = Buffer.from('The quick brown fox jumps over the lazy dog 0123456789.\n')
  return Buffer.alloc(count, line)
}

export interface BodyNote {
  len: number
  text?: string
  sha1?: string
}

/** A body as it stands in an observation: small printable ones in full, others by their digest. */
export function noteBody(bytes: Buffer): BodyNote {
  if (bytes.length === 0) return { len: 0 }
  const text = bytes.toString('latin1')
  const isPrintable = bytes.length <= 2048 && !/[^\x09\x0a\x0d\x20-\x7e]/.test(text)
  return isPrintable ? { len: bytes.length, text } : { len: bytes.length, sha1: sha1(bytes) }
}
