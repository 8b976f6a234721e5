import { once } from 'node:events'
import net from 'node:net'
import { strictRequests } from './strict-requests.js'

const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'

/** Keeps all bytes of each connection, and answers as many requests as it can read in them. */
export class RecordingOrigin {
  port = 0
  readonly #server: net.Server
  readonly #connections = new Set<Recorded>()

  private constructor() {
    this.#server = net.createServer((socket) => {
      const recorded = new Recorded(socket)
      this.#connections.add(recorded)
      socket.on('close', () => recorded.close())
    })
  }

  static async listening(): Promise<RecordingOrigin> {
    const origin = new RecordingOrigin()
    origin.#server.listen(0, '127.0.0.1')
    await once(origin.#server, 'listening')
    origin.port = (origin.#server.address() as net.AddressInfo).port
    return origin
  }

  /** What came so far is none of the next test's. */
  forget(): void {
    for (const recorded of this.#connections) {
      if (recorded.closed) this.#connections.delete(recorded)
      recorded.bytes = ''
      recorded.answered = 0
    }
  }

  /**
   * The bytes of each connection that anything came on. One that the proxy closed in the middle of its last request is cut
   * down to those before: nobody could take what was left open for a request.
   */
  async whole(): Promise<string[]> {
    await this.#caughtUp()
    return [...this.#connections].filter(({ bytes }) => bytes !== '').map((recorded) => recorded.whole())
  }

  async close(): Promise<void> {
    const over = once(this.#server, 'close')
    this.#server.close()
    for (const { socket } of this.#connections) socket.destroy()
    await over
  }

  /** A connection made now is accepted behind all others, and closed behind what they said. */
  async #caughtUp(): Promise<void> {
    const mark = net.connect(this.port, '127.0.0.1')
    await once(mark, 'connect')
    mark.end('mark')
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    mark.destroy()
    await once(mark, 'close')
    for (const recorded of this.#connections) if (recorded.bytes === 'mark') this.#connections.delete(recorded)
  }
}

class Recorded {
  readonly socket: net.Socket
  bytes = ''
  answered = 0
  closed = false

  constructor(socket: net.Socket) {
    this.socket = socket
    socket.on('data', (bytes: Buffer) => {
      this.bytes += bytes.toString('latin1')
      const requests = strictRequests(this.bytes)
      if (typeof requests === 'string') return
      for (; this.answered < requests.length; this.answered++) socket.write(answer)
    })
    socket.on('error', () => {})
  }

  close(): void {
    this.closed = true
  }

  whole(): string {
    if (!this.closed || this.answered > 0) return this.bytes
    const framing = strictRequests(this.bytes)
    return typeof framing === 'string' && /^(?:no chunk size: ""|a body of|no end of a chunk)/.test(framing) ? '' : this.bytes
  }
}
