import type { Socket } from 'node:net'
import { fieldOf, hasToken, parseHead, readChunked, type FieldLines } from './http-text.js'
import { pause } from './loopback.js'
import { parseAct, flagNumber, type Act } from './recorder-act.js'
import { buildAnswer, interimHead, judgeHandshake, switchingHead, type Asked } from './recorder-answer.js'
import { RecordedTunnel } from './recorder-tunnel.js'

/** A request while it is being read and answered. */
export interface RecordedRequest extends Asked {
  /** Running over all backends, so that an observation is in the order of time. */
  readonly seq: number
  readonly line: string
  readonly tls: { sni: string | null; alpn: string | null } | null
  readonly framing: { readonly kind: 'none' | 'chunked' } | { readonly kind: 'length'; readonly bytes: number }
  readonly reused: boolean
  /** Null until it is whole. */
  body: Buffer | null
  bodyIgnored: boolean
  trailers: string[]
  badBody: string | null
  done: boolean
  connectionEnd: string | null
  openAtLeave: boolean
  tunnel: RecordedTunnel | null
}

interface Surroundings {
  readonly backend: string
  readonly port: number
  readonly tls: { sni: string | null; alpn: string | null } | null
  readonly note: (request: RecordedRequest) => void
}

let lastSeq = 0

/** One connection of the recorder: reads requests one after the other, bodies and all, and answers each. */
export class RecordedConnection {
  readonly #socket: Socket
  readonly #around: Surroundings
  #unread: Buffer = Buffer.alloc(0)
  #current: RecordedRequest | null = null
  #answering = false
  #ended = false
  #count = 0

  constructor(socket: Socket, around: Surroundings) {
    this.#socket = socket
    this.#around = around
    socket.setNoDelay(true)
    socket.on('data', (bytes: Buffer) => this.#read(bytes))
    socket.on('end', () => this.#clientEnded())
    socket.on('error', (error: NodeJS.ErrnoException) =>
      this.#over(error.code === 'ECONNRESET' || error.code === 'EPIPE' ? 'rst' : `error:${error.code}`)
    )
    socket.on('close', () => this.#over('closed'))
  }

  get #tunnel(): RecordedTunnel | null {
    return this.#current?.tunnel ?? null
  }

  #read(bytes: Buffer): void {
    if (this.#tunnel) return this.#tunnel.push(bytes)
    this.#unread = Buffer.concat([this.#unread, bytes])
    this.#proceed()
  }

  #clientEnded(): void {
    this.#over('fin')
    if (this.#tunnel) this.#tunnel.clientEnded()
    else if (!this.#answering) this.#socket.end()
  }

  #over(how: string): void {
    if (this.#ended) return
    this.#ended = true
    if (this.#current && !this.#current.done) this.#current.connectionEnd = how
    this.#tunnel?.over(how)
  }

  #proceed(): void {
    if (this.#answering || this.#tunnel || this.#socket.destroyed) return
    this.#current ??= this.#nextRequest()
    const request = this.#current
    if (!request) return
    if (request.act.flags['earlyreply'] !== undefined) {
      // Answered as soon as the head is there; whatever body comes is not looked at.
      if (!request.bodyIgnored) void this.#answer(Object.assign(request, { body: Buffer.alloc(0), bodyIgnored: true }))
      return
    }
    if (this.#readBody(request)) void this.#answer(request)
  }

  #nextRequest(): RecordedRequest | null {
    const head = parseHead(this.#unread)
    if (!head) return null
    this.#unread = this.#unread.subarray(head.length)
    const request = this.#recorded(head.start, head.headers)
    this.#around.note(request)
    const expects = hasToken(fieldOf(head.headers, 'expect'), '100-continue') && request.act.flags['noexpect'] === undefined
    if (expects) this.#socket.write('HTTP/1.1 100 Continue\r\n\r\n')
    return request
  }

  #recorded(line: string, headers: FieldLines): RecordedRequest {
    const [method = '', target = '', version = ''] = line.split(' ')
    const { backend, port, tls } = this.#around
    const asked: Asked = { backend, port, method, target, version, headers, act: parseAct(fieldOf(headers, 'x-act')) }
    const state = {
      body: null,
      bodyIgnored: false,
      trailers: [],
      badBody: null,
      done: false,
      connectionEnd: null,
      openAtLeave: false,
      tunnel: null
    }
    return { ...asked, ...state, seq: ++lastSeq, line, tls, framing: framingOf(headers), reused: this.#count++ > 0 }
  }

  /** Takes the body off what was read. False while it is incomplete, and when it is malformed: then the connection is ended. */
  #readBody(request: RecordedRequest): boolean {
    const { framing } = request
    if (framing.kind === 'none') request.body = Buffer.alloc(0)
    else if (framing.kind === 'length') {
      if (this.#unread.length < framing.bytes) return false
      request.body = this.#unread.subarray(0, framing.bytes)
      this.#unread = this.#unread.subarray(framing.bytes)
    } else return this.#readChunkedBody(request)
    return true
  }

  #readChunkedBody(request: RecordedRequest): boolean {
    try {
      const decoded = readChunked(this.#unread)
      if (!decoded) return false
      request.body = decoded.body
      request.trailers = decoded.trailers
      this.#unread = this.#unread.subarray(decoded.used)
      return true
    } catch (error) {
      request.badBody = (error as Error).message
      request.done = true
      this.#socket.destroy()
      return false
    }
  }

  async #answer(request: RecordedRequest): Promise<void> {
    this.#answering = true
    await this.#answerAsActed(request)
    this.#answering = false
    if (request.tunnel || request.bodyIgnored) return
    this.#current = null
    if (!this.#socket.destroyed && !this.#socket.writableEnded) this.#proceed()
  }

  async #answerAsActed(request: RecordedRequest): Promise<void> {
    const { act } = request
    const isSet = (flag: string) => act.flags[flag] !== undefined
    if (isSet('slow')) await pause(flagNumber(act, 'slow'))
    if (this.#socket.destroyed) return
    if (isSet('hang')) return await new Promise(() => {})
    if (this.#misbehave(act)) {
      request.done = true
      return
    }
    if (isSet('interim')) this.#socket.write(interimHead(act.flags['interim'] ?? ''))
    const handshake = judgeHandshake(request)
    if (handshake && 'accepts' in handshake) this.#openTunnel(request, handshake.accepts)
    else await this.#send(request, handshake?.refuses)
  }

  /** Ends the connection in one of the ways that are no HTTP answer. */
  #misbehave({ flags }: Act): boolean {
    const socket = this.#socket
    if (flags['closeearly'] !== undefined) socket.destroySoon()
    else if (flags['rst'] !== undefined) socket.resetAndDestroy()
    else if (flags['garbage'] !== undefined) socket.end('this is not http\r\n\r\n')
    else return false
    return true
  }

  #openTunnel(request: RecordedRequest, protocol: string): void {
    request.done = true
    request.tunnel = new RecordedTunnel(this.#socket, request.act, switchingHead(request, protocol))
    const early = this.#unread
    this.#unread = Buffer.alloc(0)
    if (early.length > 0) request.tunnel.push(early)
  }

  async #send(request: RecordedRequest, refused?: Parameters<typeof buildAnswer>[1]): Promise<void> {
    const answer = buildAnswer(request, refused)
    const stallMs = flagNumber(request.act, 'stall')
    this.#socket.write(answer.before)
    if (stallMs > 0) await pause(stallMs)
    if (answer.after.length > 0 && !this.#socket.destroyed) this.#socket.write(answer.after)
    request.done = true
    if (request.act.flags['half'] !== undefined) await pause(20)
    if (answer.close && !this.#socket.destroyed) this.#socket.end()
  }
}

function framingOf(headers: FieldLines): RecordedRequest['framing'] {
  if (hasToken(fieldOf(headers, 'transfer-encoding'), 'chunked')) return { kind: 'chunked' }
  const length = fieldOf(headers, 'content-length')
  return length !== undefined && /^\d+$/.test(length) ? { kind: 'length', bytes: Number(length) } : { kind: 'none' }
}
