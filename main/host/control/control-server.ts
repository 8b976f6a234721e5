import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { SwitchyardError } from '../../../shared/errors.js'
import { decode } from '@msgpack/msgpack'
import type { WebSocket } from 'ws'
import { CloseCode } from './transport.js'
import type { Transport } from './transport.js'
import { WebSocketTransport } from './web-socket-transport.js'

/** Requests are small; a payload is asked for in pieces. */
const maxMessageBytes = 1024 * 1024
const tokenWithinMs = 5000

export interface ControlServerOptions {
  readonly address: string
  /** 0: any free port. */
  readonly port: number
  /** Host names that may stand in `Host` besides the loopback's own. */
  readonly hostNames: readonly string[]
  readonly onScreen: (transport: Transport) => void
}

/**
 * The screens' port: a loopback WebSocket that carries the contract to whoever brings the token of this run, and checks
 * `Host` and `Origin` on everything, so that no page on the web reaches it (a name rebound to loopback fails on `Host`).
 */
export class ControlServer {
  readonly token = randomBytes(24).toString('base64url')
  readonly #options: ControlServerOptions
  readonly #server: Server
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes, perMessageDeflate: false })

  constructor(options: ControlServerOptions) {
    this.#options = options
    this.#server = createServer((request, response) => this.#answer(request, response))
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
  }

  /** @throws SwitchyardError `port-in-use` | `port-denied` */
  async start(): Promise<void> {
    const { address, port } = this.#options
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(error, port)))
      this.#server.listen({ host: address, port }, resolve)
    })
  }

  /** Where a browser finds it; the token stands in the fragment, which never leaves the browser. */
  get url(): string {
    const { address, port } = this.#server.address() as AddressInfo
    return `http://${address.includes(':') ? `[${address}]` : address}:${port}/#${this.token}`
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate()
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.#server.closeAllConnections()
    await closed
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    if (!this.#hostAllowed(request)) return refuse(response, 403, 'This host name is not served here.')
    if (request.method !== 'GET' || request.url !== '/') return refuse(response, 404, 'There is nothing here.')
    refuse(response, 200, 'Switchyard is running. Its screens come with the desktop app; this port carries their contract.')
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
    const known = bearer !== undefined && this.#isToken(bearer)
    if (request.url !== '/contract') return refuseUpgrade(socket, '404 Not Found')
    if (!this.#hostAllowed(request) || !originAllowed(request, known)) return refuseUpgrade(socket, '403 Forbidden')
    if (bearer !== undefined && !known) return refuseUpgrade(socket, '401 Unauthorized')
    this.#sockets.handleUpgrade(request, socket, head, (opened) => {
      if (known) this.#options.onScreen(new WebSocketTransport(opened))
      else this.#awaitToken(opened)
    })
  }

  #awaitToken(socket: WebSocket): void {
    const late = setTimeout(() => socket.close(CloseCode.wrongToken, 'no token came'), tokenWithinMs)
    socket.once('close', () => clearTimeout(late))
    socket.on('error', () => socket.terminate())
    socket.once('message', (data: Buffer, binary: boolean) => {
      clearTimeout(late)
      if (!binary || !this.#isToken(tokenIn(data))) return socket.close(CloseCode.wrongToken, 'the token is wrong')
      this.#options.onScreen(new WebSocketTransport(socket))
    })
  }

  /** Any port may stand behind the name: `ssh -L` changes it. */
  #hostAllowed({ headers: { host = '' } }: IncomingMessage): boolean {
    const name = host.replace(/:\d+$/, '').toLowerCase()
    return ['localhost', '127.0.0.1', '[::1]'].includes(name) || this.#options.hostNames.some((allowed) => allowed.toLowerCase() === name)
  }

  #isToken(given: string): boolean {
    const asked = Buffer.from(given)
    const wanted = Buffer.from(this.token)
    return asked.length === wanted.length && timingSafeEqual(asked, wanted)
  }
}

/** A page of this very address, or no page at all (the command line), which then must have brought the token. */
function originAllowed({ headers: { origin, host } }: IncomingMessage, tokenKnown: boolean): boolean {
  return origin === undefined ? tokenKnown : origin === `http://${host}`
}

function tokenIn(data: Buffer): string {
  try {
    const message = decode(data)
    const token = typeof message === 'object' && message !== null && 'token' in message ? message.token : ''
    return typeof token === 'string' ? token : ''
  } catch {
    return ''
  }
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'"
  })
  response.end(`${text}\n`)
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

function cannotListen(error: NodeJS.ErrnoException, port: number): SwitchyardError {
  const code = error.code === 'EADDRINUSE' ? 'port-in-use' : error.code === 'EACCES' ? 'port-denied' : 'address-unknown'
  const why = error.code === 'EADDRINUSE' ? 'is in use by another program' : `cannot be served (${error.code})`
  return new SwitchyardError(code, `Port ${port} for the screens ${why}.`, {
    hint: 'Choose another with --ui=PORT, or none with --no-ui.',
    cause: error
  })
}
