import type { Fields } from '../../../shared/fields.js'
import { strictWire } from '../../../shared/heads.js'
import type { BodyFraming, HeadFault, RequestHead, ResponseHead, WirePolicy } from '../../../shared/heads.js'
import { BodyReader } from '../../../main/engine/http1/body-reader.js'
import type { BodyFault } from '../../../main/engine/http1/body-reader.js'
import { requestFraming } from '../../../main/engine/http1/framing.js'
import { RequestHeadReader, ResponseHeadReader, isFault } from '../../../main/engine/http1/head-reader.js'

/** Every byte on its own. */
export function oneByOne(bytes: Buffer): Buffer[] {
  return Array.from(bytes, (_, i) => bytes.subarray(i, i + 1))
}

/** Cut at these offsets. */
export function cutAt(bytes: Buffer, offsets: readonly number[]): Buffer[] {
  const inside = [...new Set(offsets.map((offset) => offset % (bytes.length + 1)))].sort((a, b) => a - b)
  const edges = [0, ...inside, bytes.length]
  return edges.slice(1).map((end, i) => bytes.subarray(edges[i], end))
}

type Reader = RequestHeadReader | ResponseHeadReader

/** Pushes pieces through a reused read buffer with stale bytes around them, as a wire does, until what they make is over. */
function feed(pieces: readonly Buffer[], isOver: () => boolean, push: (bytes: Buffer, start: number, end: number) => number): number {
  const buffer = Buffer.alloc(Math.max(0, ...pieces.map((piece) => piece.length)) + 16)
  let consumed = 0
  for (const piece of pieces) {
    buffer.fill('\r\n\r\nX: stale\r\n')
    piece.copy(buffer, 5)
    const at = push(buffer, 5, 5 + piece.length)
    consumed += at - 5
    if (isOver()) break
  }
  return consumed
}

export interface ReadHead<Head> {
  readonly done: Head | HeadFault | null
  readonly consumed: number
  readonly raw: string
}
function readHead<Head>(reader: Reader, pieces: readonly Buffer[]): ReadHead<Head> {
  let raw = ''
  const isOver = (): boolean => reader.done !== null
  const consumed = feed(pieces, isOver, (bytes, start, end) => {
    const at = reader.push(bytes, start, end)
    const seen = reader.raw // valid until the next push
    raw = seen.bytes.toString('latin1', seen.start, seen.end)
    return at
  })
  return { done: reader.done as Head | HeadFault | null, consumed, raw }
}

export function readRequest(input: string | readonly Buffer[], policy: Partial<WirePolicy> = {}): ReadHead<RequestHead> {
  return readHead(new RequestHeadReader({ ...strictWire, ...policy }), piecesOf(input))
}
export function readResponse(input: string | readonly Buffer[], policy: Partial<WirePolicy> = {}): ReadHead<ResponseHead> {
  return readHead(new ResponseHeadReader({ ...strictWire, ...policy }), piecesOf(input))
}

export interface ReadBody {
  readonly body: string
  readonly done: boolean
  readonly fault: BodyFault | null
  readonly trailers: Fields
  readonly consumed: number
}
export function readBody(framing: BodyFraming, input: string | readonly Buffer[], policy: Partial<WirePolicy> = {}): ReadBody {
  const reader = new BodyReader(framing, { ...strictWire, ...policy })
  let body = ''
  const isOver = (): boolean => reader.done || reader.fault !== null
  const consumed = feed(piecesOf(input), isOver, (bytes, start, end) =>
    reader.push(bytes, start, end, (stretch, from, to) => {
      body += stretch.toString('latin1', from, to)
    })
  )
  return { body, done: reader.done, fault: reader.fault, trailers: reader.trailers, consumed }
}

function piecesOf(input: string | readonly Buffer[]): readonly Buffer[] {
  return typeof input === 'string' ? [Buffer.from(input, 'latin1')] : input
}

export interface Message {
  readonly method: string
  readonly target: string
  readonly version: string
  readonly fields: Fields
  readonly body: string
  readonly trailers: Fields
}
/** Everything on a connection that was read to its end, and why reading stopped: a fault's code, `incomplete`, or null at the last byte. */
export interface Conversation {
  readonly messages: readonly Message[]
  readonly stopped: string | null
}
export interface OurConversation extends Conversation {
  /** Where the last message that was read ends. */
  readonly at: number
}

/** All requests that stand one behind the other in `bytes`. */
export function readConversation(bytes: Buffer, policy: WirePolicy = strictWire): OurConversation {
  const messages: Message[] = []
  const reader = new RequestHeadReader(policy)
  let begun = 0
  let at = 0
  const stop = (stopped: string | null): OurConversation => ({ messages, stopped, at: begun })
  while (at < bytes.length) {
    at = reader.push(bytes, at, bytes.length)
    const head = reader.done
    if (head === null) return stop(reader.started ? 'incomplete' : null)
    if (isFault(head)) return stop(head.fault)
    const framing = requestFraming(head, policy)
    if (isFault(framing)) return stop(framing.fault)
    const rest = readBody(framing.kind === 'none' ? { kind: 'length', bytes: 0 } : framing, [bytes.subarray(at)], policy)
    if (rest.fault !== null) return stop(rest.fault.fault)
    if (!rest.done) return stop('incomplete')
    at += rest.consumed
    messages.push({ ...head, body: rest.body, trailers: rest.trailers })
    reader.reset()
    begun = at
  }
  return stop(null)
}

/** Without what a line is quoted as: one that is refused before its end is quoted as far as it came. */
export function withoutQuote(done: object | null): object | null {
  return isFault(done) ? { ...done, on: '' } : done
}
