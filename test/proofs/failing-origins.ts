import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { openBlackHole } from '../oracle/black-hole.js'
import { freePort } from '../oracle/loopback.js'
import type { Made, TestAuthority } from '../engine/wire/certificates.js'

/** Origins that fail in one way each, on ports of their own; `close` ends them all. */
export class FailingOrigins {
  readonly #servers: Server[] = []
  readonly #sockets = new Set<Socket>()
  /** Connections that were taken, by port. */
  readonly taken = new Map<number, number>()
  #endBlackHole: () => void = () => {}

  /** Nothing listens there. */
  refused(): Promise<number> {
    return freePort()
  }

  /** Connects to it are never answered. */
  async blackHole(): Promise<number> {
    const port = await freePort()
    this.#endBlackHole = await openBlackHole(port)
    return port
  }

  /** Says these bytes to whatever it reads, a request or not, then does what is asked. */
  async says(text: string, then: 'stays' | 'fin' | 'rst' = 'stays'): Promise<number> {
    return this.#listen(createServer({ allowHalfOpen: true }, (socket) => this.#answer(socket, text, then)))
  }

  /** Takes connections, and reads nothing of them. */
  async deaf(): Promise<number> {
    return this.#listen(createServer({ pauseOnConnect: true }, (socket) => socket.on('error', () => {})))
  }

  /** Begins an answer, and ends it only when `ms` have passed. */
  async goesOnAfter(text: string, ms: number, rest: string): Promise<number> {
    const goOn = (socket: Socket) => setTimeout(() => socket.end(rest), ms)
    return this.#listen(createServer((socket) => socket.on('error', () => {}).once('data', () => socket.write(text, () => goOn(socket)))))
  }

  /** An origin whose answer is fine, once TLS is made. */
  async tls(pair: Made, options: TlsOptions = {}, then: 'stays' | 'fin' = 'stays'): Promise<number> {
    const server = createTlsServer({ ...options, cert: pair.cert, key: pair.key }, (socket) => this.#answer(socket, fineAnswer, then))
    return this.#listen(server.on('tlsClientError', () => {}))
  }

  /** The same, for clients with a certificate of `authority` alone (RFC 8446 §4.3.2). */
  clientCertificateDemanded(pair: Made, authority: TestAuthority, version: 'TLSv1.2' | 'TLSv1.3'): Promise<number> {
    const versions = { minVersion: version, maxVersion: version } as const
    return this.tls(pair, { ...versions, requestCert: true, rejectUnauthorized: true, ca: authority.ca.cert })
  }

  async close(): Promise<void> {
    this.#endBlackHole()
    for (const socket of this.#sockets) socket.destroy()
    await Promise.all(this.#servers.map((server) => new Promise((resolve) => server.close(resolve))))
  }

  #answer(socket: Socket, text: string, then: 'stays' | 'fin' | 'rst'): void {
    socket.on('error', () => {})
    socket.on('data', () => {
      if (then === 'rst') return void socket.resetAndDestroy()
      if (text !== '') socket.write(text, 'latin1')
      if (then === 'fin') socket.end()
    })
  }

  async #listen(server: Server): Promise<number> {
    this.#servers.push(server)
    server.on('connection', (socket: Socket) => {
      const { localPort = 0 } = socket
      this.taken.set(localPort, (this.taken.get(localPort) ?? 0) + 1)
      this.#sockets.add(socket.on('close', () => this.#sockets.delete(socket)))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return (server.address() as AddressInfo).port
  }
}

export const fineAnswer = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Type: text/plain\r\n\r\nfine'
