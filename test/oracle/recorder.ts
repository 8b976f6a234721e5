import { constants } from 'node:crypto'
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { noteStream, type StreamNote } from './frames.js'
import { noteBody, type BodyNote, type FieldLines } from './http-text.js'
import { RecordedConnection, type RecordedRequest } from './recorder-connection.js'

/** A request as the backend saw it: one entry of an observation. */
export interface UpstreamRequest {
  seq?: number
  backend: string
  line: string
  headers: FieldLines
  tls?: { sni: string | null; alpn: string | null }
  framing: string
  incomplete?: true
  body?: BodyNote
  badBody?: string
  trailers?: string[]
  reused: boolean
  tunnel?: { received: StreamNote; end: string }
  unanswered?: string
}

/** What came to the backends during one probe. */
export interface Upstream {
  requests: UpstreamRequest[]
  connections: number
  tlsFailures: number
}

export interface KeyPair {
  readonly key: Buffer
  readonly cert: Buffer
}

/** A backend that records exactly what comes, and answers as the request's `X-Act` says. Plain, or TLS with `tls`. */
export class Recorder {
  readonly name: string
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #tls: KeyPair | null
  #port = 0
  #requests: RecordedRequest[] = []
  #connections = 0
  #tlsFailures = 0

  constructor(name: string, tls: KeyPair | null) {
    this.name = name
    this.#tls = tls
    this.#server = tls ? this.#tlsServer(tls) : createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket))
    this.#server.on('connection', (socket: Socket) => {
      this.#connections++
      socket.on('error', () => {})
    })
  }

  /** Without resumption, so that the server name of every connection is seen. */
  #tlsServer(tls: KeyPair): Server {
    const options = { ...tls, allowHalfOpen: true, secureOptions: constants.SSL_OP_NO_TICKET, ALPNProtocols: ['http/1.1'] }
    const server = createTlsServer(options, (socket) => this.#accept(socket))
    server.on('tlsClientError', () => this.#tlsFailures++)
    return server
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    const secure = this.#tls ? (socket as TLSSocket) : null
    const sni = secure && {
      sni: (secure as unknown as { servername?: string | false }).servername || null,
      alpn: secure.alpnProtocol || null
    }
    const note = (request: RecordedRequest) => this.#requests.push(request)
    new RecordedConnection(socket, { backend: this.name, port: this.#port, tls: sni, note })
  }

  listen(port: number): Promise<void> {
    this.#port = port
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen({ host: '127.0.0.1', port }, resolve)
    })
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
  }

  /** Notes which connections were still open while the client was there. */
  clientIsLeaving(): void {
    for (const request of this.#requests) {
      if (request.tunnel ? !request.tunnel.end : !request.done && !request.connectionEnd) request.openAtLeave = true
    }
  }

  /** True while something of the current probe may still change. */
  isPending(): boolean {
    return this.#requests.some((one) =>
      one.tunnel ? !one.tunnel.end || one.tunnel.end === 'own-close-unanswered' : !one.done && !one.connectionEnd
    )
  }

  /** Hands out what came since the last call. What never finished is ended, so that it cannot leak into the next probe. */
  take(): Upstream {
    const requests = this.#requests
    const taken = { requests: requests.map(asUpstream), connections: this.#connections, tlsFailures: this.#tlsFailures }
    if (requests.some((one) => (one.tunnel && !one.tunnel.end) || (!one.done && !one.connectionEnd)))
      for (const socket of this.#sockets) socket.destroy()
    this.#requests = []
    this.#connections = this.#tlsFailures = 0
    return taken
  }
}

function asUpstream(request: RecordedRequest): UpstreamRequest {
  const { tunnel, body } = request
  const before = request.openAtLeave ? 'after-client-left:' : ''
  const isUnanswered = !tunnel && (!request.done || request.connectionEnd !== null)
  return {
    seq: request.seq,
    backend: request.backend,
    line: request.line,
    headers: request.headers,
    ...(request.tls ? { tls: request.tls } : {}),
    framing: request.framing.kind,
    ...(body === null ? { incomplete: true } : request.bodyIgnored ? {} : { body: noteBody(body) }),
    ...(request.badBody ? { badBody: request.badBody } : {}),
    ...(request.trailers.length > 0 ? { trailers: request.trailers } : {}),
    reused: request.reused,
    ...(tunnel ? { tunnel: { received: noteStream(tunnel.received()), end: before + (tunnel.end ?? 'open') } } : {}),
    ...(isUnanswered ? { unanswered: before + (request.connectionEnd ?? 'open') } : {})
  }
}
