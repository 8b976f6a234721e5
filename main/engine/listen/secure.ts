import type net from 'node:net'
import tls from 'node:tls'
import type { ClientHello, TlsFailure, TlsRefusal } from '../../../shared/site.js'
import type { TlsCheck } from '../../../shared/steps.js'
import { clientVerified, moveHandle } from '../wire/handle.js'
import { SocketWire, plainParts } from '../wire/socket-wire.js'
import { tlsFacts } from '../wire/tls-facts.js'
import { tlsFault } from '../wire/tls-failure.js'
import type { Endpoint, Wire } from '../wire/wire.js'
import { lookAtHello, maxHelloBytes } from './client-hello.js'
import { TlsContexts } from './tls-contexts.js'
import type { TlsSetup } from './tls-contexts.js'

export type { TlsSetup } from './tls-contexts.js'

/** A TLS port, as whoever listens sees it. */
export interface SecureListening {
  /** How to meet a client that says this. A rejection closes the connection, and is told as a failure. */
  readonly secure: (hello: ClientHello, socket: SocketFacts) => Promise<TlsSetup | TlsRefusal> | TlsSetup | TlsRefusal
  /** The handshake is over. The wire's owner is set within the call; it reads from then on. */
  readonly onSecure: (wire: Wire) => void
  /** The first bytes are no TLS: a plain wire that begins with them. */
  readonly onNotTls: (wire: Wire) => void
  readonly onTlsFailure: (failure: TlsFailure, remote: Endpoint) => void
  /** From accept to the end of the handshake. Default 10 s. */
  readonly handshakeMs?: number
}
export interface SocketFacts {
  readonly remote: Endpoint
  readonly local: Endpoint
}

const defaultHandshakeMs = 10_000

/** Meets the clients of one TLS port: looks at the ClientHello, asks how to go on, makes the handshake, hands over a wire. */
export class SecureFront {
  readonly #listening: SecureListening
  readonly #contexts = new TlsContexts()
  readonly #meeting = new Set<Meeting>()

  constructor(listening: SecureListening) {
    this.#listening = listening
  }

  accept(accepted: net.Socket): void {
    const socket = moveHandle(accepted, null)
    // Emptied of its handle it must end, or its server counts it for ever.
    if (socket !== null) accepted.destroy()
    const meeting = new Meeting(socket ?? accepted, this.#listening, this.#contexts, () => this.#meeting.delete(meeting))
    this.#meeting.add(meeting)
  }

  /** Ends handshakes that are under way. */
  close(): void {
    for (const meeting of [...this.#meeting]) meeting.drop()
  }
}

/** One client, from accept to the end of its handshake. */
class Meeting {
  readonly #socket: net.Socket
  readonly #listening: SecureListening
  readonly #contexts: TlsContexts
  readonly #facts: SocketFacts
  readonly #onOver: () => void
  readonly #timer: NodeJS.Timeout
  #first: Buffer = Buffer.alloc(0)
  #hello: ClientHello = { serverName: null, alpn: [] }
  #over = false
  readonly #look = (): void => this.#onReadable()
  readonly #left = (): void => this.#clientLeft()

  constructor(socket: net.Socket, listening: SecureListening, contexts: TlsContexts, onOver: () => void) {
    this.#socket = socket
    this.#listening = listening
    this.#contexts = contexts
    this.#onOver = onOver
    this.#facts = {
      remote: { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 },
      local: { address: socket.localAddress ?? '', port: socket.localPort ?? 0 }
    }
    const ms = listening.handshakeMs ?? defaultHandshakeMs
    this.#timer = setTimeout(() => this.#fail('protocol', `the TLS handshake was not over within ${ms} ms`), ms)
    socket.on('error', () => {})
    socket.on('readable', this.#look)
    socket.on('end', this.#left)
    socket.on('close', this.#left)
  }

  drop(): void {
    this.#settle()
    this.#socket.destroy()
  }

  #onReadable(): void {
    const bytes = this.#socket.read() as Buffer | null
    if (bytes === null) return
    this.#first = this.#first.length === 0 ? bytes : Buffer.concat([this.#first, bytes])
    const seen = lookAtHello(this.#first.length > maxHelloBytes ? this.#first.subarray(0, maxHelloBytes) : this.#first)
    if (seen.look === 'more') return
    this.#socket.off('readable', this.#look)
    if (seen.look === 'notTls') return this.#notTls()
    if (seen.look === 'broken') return this.#refuse('alert', seen.why, alerts.decodeError)
    this.#hello = seen.hello
    void this.#ask()
  }

  #clientLeft(): void {
    // Browsers open connections ahead of need and close them unused: no failure.
    if (this.#over || this.#first.length === 0) return this.drop()
    this.#fail('protocol', 'the client left during the TLS handshake')
  }

  #notTls(): void {
    this.#settle()
    this.#socket.off('end', this.#left).off('close', this.#left)
    const wire = SocketWire.over(this.#socket, { ...plainParts, first: this.#first })
    this.#listening.onNotTls(wire)
    wire.start()
  }

  async #ask(): Promise<void> {
    try {
      const answer = await this.#listening.secure(this.#hello, this.#facts)
      if (this.#over) return
      if ('refuse' in answer) this.#refuse(answer.refuse, answer.why, alerts.unrecognizedName)
      else this.#handshake(answer)
    } catch (thrown) {
      if (this.#over) return
      const says = thrown instanceof Error ? thrown.message : String(thrown)
      this.#sendAlert(alerts.internalError)
      this.#fail('certificateFile', says)
    }
  }

  #handshake(setup: TlsSetup): void {
    const { requestCert, rejectUnauthorized, ALPNProtocols } = setup.options
    const secureContext = this.#contexts.context(setup)
    this.#socket.off('end', this.#left).off('close', this.#left)
    this.#socket.unshift(this.#first)
    const secured = new tls.TLSSocket(this.#socket, {
      isServer: true,
      secureContext,
      requestCert: requestCert === true,
      rejectUnauthorized: requestCert === true && rejectUnauthorized !== false,
      ...(ALPNProtocols === undefined ? {} : { ALPNProtocols: ALPNProtocols as string[] })
    })
    secured.on('error', (error: NodeJS.ErrnoException) => this.#handshakeFailed(error))
    secured.on('close', () => this.#handshakeFailed(null))
    secured.on('secure', () => this.#secured(secured, setup.options))
  }

  #secured(secured: tls.TLSSocket, { requestCert, rejectUnauthorized }: tls.TlsOptions): void {
    if (this.#over) return
    const verified = requestCert === true ? clientVerified(secured) : null
    if (requestCert === true && rejectUnauthorized !== false && verified !== true) {
      return this.#fail('untrusted', `the certificate of the client is not trusted (${verified ?? 'unknown'})`)
    }
    this.#settle()
    const facts = tlsFacts(secured, this.#hello.serverName, verified === true)
    const wire = SocketWire.over(secured, { tls: facts, below: this.#socket, first: null })
    this.#listening.onSecure(wire)
    wire.start()
  }

  #handshakeFailed(error: NodeJS.ErrnoException | null): void {
    if (this.#over) return
    if (error === null) return this.#fail('protocol', 'the client left during the TLS handshake')
    const { check, says } = tlsFault(error)
    this.#fail(check, says)
  }

  #refuse(how: 'alert' | 'close', why: string, alert: number): void {
    if (how === 'alert') this.#sendAlert(alert)
    this.#fail('protocol', why)
  }

  /** A fatal alert in the clear, as one before any key is (RFC 8446 §6). */
  #sendAlert(alert: number): void {
    this.#socket.write(Buffer.from([21, 3, 3, 0, 2, 2, alert]))
  }

  #fail(check: TlsCheck, message: string): void {
    this.#settle()
    // What was written goes first; a client that never reads it is not waited for.
    if (this.#socket.writableLength > 0 || this.#socket.bytesWritten > 0) this.#socket.destroySoon()
    else this.#socket.destroy()
    this.#listening.onTlsFailure({ check, message, serverName: this.#hello.serverName }, this.#facts.remote)
  }

  #settle(): void {
    if (this.#over) return
    this.#over = true
    clearTimeout(this.#timer)
    this.#onOver()
  }
}

/** RFC 8446 §6. */
const alerts = { decodeError: 50, internalError: 80, unrecognizedName: 112 } as const
