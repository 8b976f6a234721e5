import { once } from 'node:events'
import net from 'node:net'
import { Peer } from './peer.js'

/** An origin that does nothing but what a script says: whoever connects is a {@link Peer}. */
export class ScriptedOrigin {
  readonly name: string
  port = 0
  #server: net.Server | null = null
  #accepted = 0
  #marks = 0
  #arrived: Peer[] = []
  #waiting: ((peer: Peer) => void)[] = []
  readonly #open = new Set<net.Socket>()

  constructor(name: string) {
    this.name = name
  }

  static async listening(name = 'origin'): Promise<ScriptedOrigin> {
    const origin = new ScriptedOrigin(name)
    await origin.listen()
    return origin
  }

  /** On the port that it had before, if any. */
  async listen(): Promise<void> {
    this.#server = net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket))
    this.#server.listen(this.port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.port = (this.#server.address() as net.AddressInfo).port
  }

  async unlisten(): Promise<void> {
    const server = this.#server
    this.#server = null
    if (server === null) return
    const over = once(server, 'close')
    server.close()
    for (const socket of this.#open) socket.destroy()
    await over
  }

  /** How many connections were made to it. */
  get connections(): number {
    return this.#accepted - this.#marks
  }

  /** The next connection that the proxy makes, or made and nobody took yet. */
  accepts(): Promise<Peer> {
    const peer = this.#arrived.shift()
    if (peer !== undefined) return Promise.resolve(peer)
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** Once this is over, every connection that was begun before has been counted: one of our own was accepted behind it. */
  async caughtUp(): Promise<void> {
    if (this.#server === null) return
    const mark = net.connect(this.port, '127.0.0.1')
    await once(mark, 'connect')
    const isMark = (peer: Peer): boolean => peer.socket.remotePort === mark.localPort
    while (!this.#arrived.some(isMark)) await once(this.#server, 'connection')
    this.#arrived = this.#arrived.filter((peer) => !isMark(peer))
    this.#marks++
    mark.destroy()
  }

  #accept(socket: net.Socket): void {
    this.#accepted++
    this.#open.add(socket)
    socket.on('close', () => this.#open.delete(socket))
    const peer = new Peer(socket, this.name)
    const waiting = this.#waiting.shift()
    if (waiting === undefined) this.#arrived.push(peer)
    else waiting(peer)
  }
}
