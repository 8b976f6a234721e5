import { get as getPlain } from 'node:http'
import { get as getSecure } from 'node:https'
import { WebSocket } from 'ws'
import type { ListenerFacts } from '../../shared/contract.js'

const sayEveryMs = 2000
/** Somebody closed the tunnel, or stopped what is served and may start it again. */
const againMs = 1000

/**
 * The demo's own visitor: asks for the page and joins the room, through the proxy as a browser would, so that there is
 * something to see before anybody came. Verifies what it is shown.
 */
export class DemoVisitor {
  readonly #origin: string
  readonly #secure: boolean
  readonly #ca: readonly string[]
  #socket: WebSocket | null = null
  #saying: NodeJS.Timeout | null = null
  #again: NodeJS.Timeout | null = null
  #said = 0
  #closed = false

  /** @param ca PEM of each authority that it trusts; no others. */
  constructor({ port, tls }: Pick<ListenerFacts, 'port' | 'tls'>, ca: readonly string[]) {
    this.#origin = `localhost:${port}`
    this.#secure = tls
    this.#ca = ca
  }

  start(): void {
    const page = (this.#secure ? getSecure : getPlain)(`http${this.#s}://${this.#origin}/demo/`, { ca: [...this.#ca], agent: false })
    // Without it the room is still there; why it failed stands in the list.
    page.on('response', (response) => response.resume()).on('error', () => {})
    this.#join()
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true
    if (this.#again !== null) clearTimeout(this.#again)
    if (this.#saying !== null) clearInterval(this.#saying)
    this.#socket?.close(1000)
  }

  get #s(): string {
    return this.#secure ? 's' : ''
  }

  #join(): void {
    const socket = (this.#socket = new WebSocket(`ws${this.#s}://${this.#origin}/demo/chat`, { ca: [...this.#ca] }))
    socket.on('open', () => {
      this.#say(socket)
      this.#saying = setInterval(() => this.#say(socket), sayEveryMs)
    })
    // 'close' follows.
    socket.on('error', () => {})
    socket.on('close', () => this.#left())
  }

  #left(): void {
    if (this.#saying !== null) clearInterval(this.#saying)
    if (!this.#closed) this.#again = setTimeout(() => this.#join(), againMs)
  }

  /** Text and bytes in turn. */
  #say(socket: WebSocket): void {
    const number = ++this.#said
    if (number % 2 === 1) socket.send(JSON.stringify({ from: 'the demo', says: 'Hello from behind the proxy', number }))
    else socket.send(Buffer.from([0xca, 0xfe, number >> 8, number & 0xff]))
  }
}
