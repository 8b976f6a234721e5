import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isIPv6 } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'
import { SwitchyardError } from '../../../shared/errors.js'
import { hostAllowed, originAllowed } from './allowed.js'
import { maxMessageBytes, readMessage } from './message-pack.js'
import { ScreenFiles } from './screen-files.js'
import { CloseCode } from './transport.js'
import type { Transport } from './transport.js'
import { WebSocketTransport } from './web-socket-transport.js'

const tokenWithinMs = 5000
/** Nobody who has not brought the token may have us keep more. */
const maxTokenBytes = 4096
/** Sockets that have not brought the token yet. */
const maxWaiting = 64

export interface ControlServerOptions {
  readonly address: string
  /** 0: any free port. */
  readonly port: number
  /** Host names that may stand in `Host` besides the loopback's own. */
  readonly hostNames: readonly string[]
  readonly onScreen: (transport: Transport) => void
  /** Folder of the screens' files, `index.html` among them. Where it is not there, the port carries the contract alone. */
  readonly screens?: string
}

/**
 * The screens' port: a loopback WebSocket that carries the contract to whoever brings the token of this run, and checks
 * `Host` and `Origin` on everything, so that no page on the web reaches it (a name rebound to loopback fails on `Host`).
 * The token comes as the first message, `{ token }`, or as `Authorization: Bearer`, where there is no page.
 */
export class ControlServer {
  readonly token = randomBytes(24).toString('base64url')
  readonly #options: ControlServerOptions
  readonly #names: readonly string[]
  readonly #server: Server
  readonly #files: ScreenFiles | null
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes, perMessageDeflate: false })
  #waiting = 0

  constructor(options: ControlServerOptions) {
    this.#options = options
    // An address cannot be rebound as a name can: the one that the user chose may stand in Host.
    this.#names = isWildcard(options.address) ? options.hostNames : [...options.hostNames, urlHost(options.address)]
    this.#files = options.screens === undefined ? null : ScreenFiles.in(options.screens)
    this.#server = createServer((request, response) => void this.#answer(request, response).catch(() => response.destroy()))
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
  }

  /** @throws SwitchyardError `port-in-use` | `port-denied` | `address-unknown` */
  async start(): Promise<void> {
    const { address, port } = this.#options
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(error, address, port)))
      this.#server.listen({ host: address, port }, resolve)
    })
  }

  /** Where a browser finds it; the token stands in the fragment, which never leaves the browser. */
  get url(): string {
    const { address, port } = this.#server.address() as AddressInfo
    const host = isWildcard(address) ? (this.#options.hostNames[0] ?? '127.0.0.1') : urlHost(address)
    return `http://${host}:${port}/#${this.token}`
  }
  /** Reachable from other machines. */
  get exposed(): boolean {
    const { address } = this.#server.address() as AddressInfo
    return !(address === '::1' || address.startsWith('127.'))
  }

  /** Screens that were told why get a moment to hear it; the rest is cut. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const socket of this.#sockets.clients) if (socket.readyState === socket.OPEN) socket.terminate()
    const late = setTimeout(() => this.#sockets.clients.forEach((socket) => socket.terminate()), 200)
    this.#server.closeAllConnections()
    await closed
    clearTimeout(late)
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!hostAllowed(request.headers, this.#names)) return reply(response, 403, 'This host name is not served here.')
    if (request.headers.origin !== undefined && !originAllowed(request.headers)) return reply(response, 403, 'Not for other pages.')
    const reads = request.method === 'GET' || request.method === 'HEAD'
    if (reads && this.#files !== null && (await this.#files.answer(request, response))) return
    if (!reads || request.url !== '/' || this.#files !== null) return reply(response, 404, 'There is nothing here.')
    reply(response, 200, 'Switchyard is running. Its screens come with the desktop app; this port carries their contract.')
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { headers } = request
    // Node took its own listener away; a reset while we refuse must not end the program.
    socket.on('error', () => socket.destroy())
    const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1]
    const known = bearer !== undefined && this.#isToken(bearer)
    if (!hostAllowed(headers, this.#names)) return refuseUpgrade(socket, '403 Forbidden')
    if (headers.origin === undefined ? bearer === undefined : !originAllowed(headers)) return refuseUpgrade(socket, '403 Forbidden')
    if (bearer !== undefined && !known) return refuseUpgrade(socket, '401 Unauthorized')
    if (request.url !== '/contract') return refuseUpgrade(socket, '404 Not Found')
    if (!known && this.#waiting >= maxWaiting) return refuseUpgrade(socket, '503 Service Unavailable')
    this.#sockets.handleUpgrade(request, socket, head, (opened) => {
      if (known) this.#options.onScreen(new WebSocketTransport(opened))
      else this.#awaitToken(opened, socket)
    })
  }

  #awaitToken(socket: WebSocket, wire: Duplex): void {
    this.#waiting++
    let bytes = 0
    let brought = false
    const count = (piece: Buffer): void => {
      bytes += piece.length
      if (!brought && bytes > maxTokenBytes) socket.terminate()
    }
    wire.on('data', count)
    const late = setTimeout(() => socket.close(CloseCode.wrongToken, 'no token came'), tokenWithinMs)
    const settled = (): void => {
      brought = true
      clearTimeout(late)
      socket.off('close', settled)
      wire.off('data', count)
      this.#waiting--
    }
    socket.once('close', settled)
    socket.on('error', () => socket.terminate())
    socket.once('message', (data: Buffer, binary: boolean) => {
      settled()
      if (!binary || !this.#isToken(tokenIn(data))) return socket.close(CloseCode.wrongToken, 'the token is wrong')
      this.#options.onScreen(new WebSocketTransport(socket))
    })
  }

  #isToken(given: string): boolean {
    const asked = Buffer.from(given)
    const wanted = Buffer.from(this.token)
    return asked.length === wanted.length && timingSafeEqual(asked, wanted)
  }
}

function tokenIn(data: Buffer): string {
  try {
    const message = readMessage(data)
    const token = typeof message === 'object' && message !== null && 'token' in message ? message.token : ''
    return typeof token === 'string' ? token : ''
  } catch {
    return ''
  }
}

function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::'
}
function urlHost(address: string): string {
  return isIPv6(address) ? `[${address}]` : address
}

function reply(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'"
  })
  response.end(`${text}\n`)
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy())
}

function cannotListen(error: NodeJS.ErrnoException, address: string, port: number): SwitchyardError {
  const { code, says } = listenTroubles[error.code ?? ''] ?? { code: 'address-unknown', says: `cannot be served (${error.code})` }
  return new SwitchyardError(code, `Port ${port} on ${address}, for the screens, ${says}.`, {
    hint: 'Choose another with --ui=[ADDRESS:]PORT, or none with --no-ui.',
    cause: error
  })
}
const listenTroubles: Readonly<Record<string, { code: 'port-in-use' | 'port-denied' | 'address-unknown'; says: string }>> = {
  EADDRINUSE: { code: 'port-in-use', says: 'is in use by another program' },
  EACCES: { code: 'port-denied', says: 'needs rights that this program does not have' },
  EADDRNOTAVAIL: { code: 'address-unknown', says: 'is not an address of this machine' }
}
