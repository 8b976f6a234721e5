import { connect, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { ResponseReader, type ResponseNote } from './response-reader.js'

const connectMs = 4000

export interface Connecting {
  readonly port: number
  readonly tls: boolean
  /** '' sends none. */
  readonly sni: string
  readonly alpn: readonly string[]
}

/** Opens a plain or TLS connection to 127.0.0.1 that looks at no certificate. Rejects with the system's error, or `TIMEOUT`. */
export function open({ port, tls, sni, alpn }: Connecting): Promise<Socket> {
  const address = { host: '127.0.0.1', port, allowHalfOpen: true }
  const socket = tls ? connectTls({ ...address, rejectUnauthorized: false, servername: sni, ALPNProtocols: [...alpn] }) : connect(address)
  if (!tls) socket.setNoDelay(true)
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(Object.assign(new Error('connect timeout'), { code: 'TIMEOUT' })), connectMs)
    socket.once('error', reject)
    socket.once(tls ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer)
      socket.off('error', reject)
      resolve(socket)
    })
  })
}

/** The client's end of one connection: writes exact bytes, keeps exact bytes, and waits for what a probe waits for. */
export class ClientConnection {
  readonly reader = new ResponseReader()
  readonly responses: ResponseNote[] = []
  /** How it ended; null while it is open. */
  ended: string | null = null
  endedAtMs: number | null = null
  readonly #socket: Socket
  readonly #openedAtMs: number
  readonly #timed: boolean
  #waiting: (() => void)[] = []

  constructor(socket: Socket, openedAtMs: number, timed: boolean) {
    this.#socket = socket
    this.#openedAtMs = openedAtMs
    this.#timed = timed
    socket.on('data', (bytes: Buffer) => {
      this.reader.push(bytes)
      this.#wake()
    })
    socket.on('end', () => this.#end('fin'))
    socket.on('error', (error: NodeJS.ErrnoException) =>
      this.#end(error.code === 'ECONNRESET' || error.code === 'EPIPE' ? 'rst' : `error:${error.code ?? error.message}`)
    )
    socket.on('close', () => this.#end('closed'))
  }

  /** Certificate and protocol of a TLS connection. */
  tlsFacts(): { cert: string | null; alpn: string | null } {
    const secure = this.#socket as TLSSocket
    const subject = secure.getPeerCertificate().subject as { CN?: string | string[] } | undefined
    return { cert: [subject?.CN ?? null].flat()[0] ?? null, alpn: secure.alpnProtocol || null }
  }

  write(bytes: Buffer): void {
    if (!this.#socket.destroyed && !this.#socket.writableEnded) this.#socket.write(bytes)
  }

  halfClose(): void {
    this.#socket.end()
  }

  reset(): void {
    this.#socket.resetAndDestroy()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  /** Takes off every response that is whole. */
  readResponses(): void {
    for (let note = this.#nextResponse(); note; note = this.#nextResponse()) this.responses.push(note)
  }

  /** Takes off one response; later ones stay, as a probe reads them by steps of their own. */
  readOneResponse(): boolean {
    const note = this.#nextResponse()
    if (note) this.responses.push(note)
    return note !== null
  }

  #nextResponse(): ResponseNote | null {
    const note = this.reader.next(this.ended !== null)
    return note && this.#timed ? { ...note, at: this.bucket(Date.now()) } : note
  }

  /** Waits until `condition` holds, at most `ms`. It is asked again whenever something came or the connection ended. */
  async until(condition: () => boolean, ms: number): Promise<boolean> {
    const limit = Date.now() + ms
    while (!condition()) {
      const left = limit - Date.now()
      if (left <= 0) return false
      await this.#nextEvent(left)
    }
    return true
  }

  #nextEvent(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#waiting.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  /** A time as observations hold it: `fast`, or seconds. */
  bucket(atMs: number): string {
    const seconds = (atMs - this.#openedAtMs) / 1000
    return seconds < 0.75 ? 'fast' : `~${Math.round(seconds)}s`
  }

  #end(how: string): void {
    if (this.ended === null) {
      this.ended = how
      this.endedAtMs = Date.now()
    }
    this.#wake()
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const go of waiting) go()
  }
}
