import { fieldOf, hasToken, noteBody, parseHead, readChunked, type BodyNote, type FieldLines } from './http-text.js'

/** A response as the client saw it: one entry of an observation. */
export interface ResponseNote {
  status: string
  headers: FieldLines
  framing: string
  body?: BodyNote
  badBody?: string
  truncated?: true
  trailers?: string[]
  interim?: InterimNote[]
  /** In about how many seconds it came, for probes that are timed. */
  at?: string
}

export interface InterimNote {
  status: string
  headers: FieldLines
}

/** A response that has begun and is not whole. */
export interface PartialNote {
  status: string
  headers: FieldLines
  framing: string
  len: number
}

/** Reads responses off a client's connection; after a 101 everything more is the tunnel's. */
export class ResponseReader {
  /** What was read and belongs to no whole response yet; after a 101, the tunnel's bytes. */
  unread: Buffer = Buffer.alloc(0)
  isTunnel = false
  partial: PartialNote | null = null
  /** Interim responses that no final one has followed yet. */
  interim: InterimNote[] = []
  /** Methods of the requests that await an answer: HEAD's has no body. */
  readonly methods: string[] = []
  #parts: Buffer[] = []

  push(bytes: Buffer): void {
    this.#parts.push(bytes)
  }

  /** The next response that is whole, or, once the connection has `ended`, what there is of it. */
  next(ended: boolean): ResponseNote | null {
    this.#gather()
    for (;;) {
      const head = this.isTunnel ? null : parseHead(this.unread)
      if (!head || !/^HTTP\/\d/.test(head.start)) return null
      const status = Number(head.start.split(' ')[1])
      if (status < 100 || status >= 200 || status === 101)
        return this.#final({ status: head.start, headers: head.headers }, status, head.length, ended)
      this.interim.push({ status: head.start, headers: head.headers })
      this.unread = this.unread.subarray(head.length)
    }
  }

  /** Bytes of the tunnel so far. */
  tunnelLength(): number {
    this.#gather()
    return this.isTunnel ? this.unread.length : 0
  }

  #gather(): void {
    if (this.#parts.length === 0) return
    this.unread = Buffer.concat([this.unread, ...this.#parts])
    this.#parts = []
  }

  #final(start: InterimNote, status: number, headLength: number, ended: boolean): ResponseNote | null {
    const rest = this.unread.subarray(headLength)
    const read = readBody(rest, framingOf(start.headers, status, this.methods[0]), ended)
    this.partial = read.whole || ended ? null : { ...start, framing: read.framing, len: rest.length }
    if (!read.whole && !ended) return null
    this.methods.shift()
    this.unread = rest.subarray(read.used)
    this.isTunnel = status === 101
    const note = { ...start, ...read.notes, framing: read.framing, ...(this.isTunnel ? {} : { body: noteBody(read.body) }) }
    const interim = this.interim
    this.interim = []
    return interim.length > 0 ? { ...note, interim } : note
  }
}

type Framing = { kind: 'upgrade' | 'none' | 'chunked' | 'close' } | { kind: 'length'; bytes: number }

function framingOf(headers: FieldLines, status: number, method: string | undefined): Framing {
  if (status === 101) return { kind: 'upgrade' }
  if (method === 'HEAD' || status === 204 || status === 304) return { kind: 'none' }
  if (hasToken(fieldOf(headers, 'transfer-encoding'), 'chunked')) return { kind: 'chunked' }
  const length = fieldOf(headers, 'content-length')
  return length === undefined ? { kind: 'close' } : { kind: 'length', bytes: Number(length) }
}

interface ReadBody {
  readonly framing: string
  readonly whole: boolean
  readonly body: Buffer
  readonly used: number
  readonly notes: Pick<ResponseNote, 'badBody' | 'truncated' | 'trailers'>
}

function readBody(bytes: Buffer, framing: Framing, ended: boolean): ReadBody {
  const cut: ReadBody = { framing: framing.kind, whole: false, body: bytes, used: bytes.length, notes: { truncated: true } }
  const whole = { framing: framing.kind, whole: true, notes: {} }
  switch (framing.kind) {
    case 'upgrade':
    case 'none':
      return { ...whole, body: Buffer.alloc(0), used: 0 }
    case 'close':
      return { ...whole, whole: ended, body: bytes, used: bytes.length }
    case 'length':
      return bytes.length < framing.bytes ? cut : { ...whole, body: bytes.subarray(0, framing.bytes), used: framing.bytes }
    case 'chunked':
      return readChunkedBody(bytes) ?? cut
  }
}

function readChunkedBody(bytes: Buffer): ReadBody | null {
  try {
    const decoded = readChunked(bytes)
    if (!decoded) return null
    const notes = decoded.trailers.length > 0 ? { trailers: decoded.trailers } : {}
    return { framing: 'chunked', whole: true, body: decoded.body, used: decoded.used, notes }
  } catch (error) {
    return { framing: 'chunked', whole: true, body: bytes, used: bytes.length, notes: { badBody: (error as Error).message } }
  }
}
