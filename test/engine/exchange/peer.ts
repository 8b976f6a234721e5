import { once } from 'node:events'
import type net from 'node:net'
import { expect } from 'vitest'

/** The other end of a wire in a script: says bytes, and awaits exactly those that it expects. Texts are latin1. */
export class Peer {
  readonly socket: net.Socket
  readonly name: string
  /** What came and was not expected yet. */
  unread = ''
  /** All that ever came. */
  bytesRead = 0
  end: 'open' | 'fin' | 'rst' | 'closed' = 'open'
  readonly #below: net.Socket
  readonly #waiting = new Set<() => void>()

  /** @param below the plain socket, where `socket` speaks TLS. */
  constructor(socket: net.Socket, name: string, below = socket) {
    this.socket = socket
    this.#below = below
    this.name = name
    socket.on('data', (bytes: Buffer) => {
      this.unread += bytes.toString('latin1')
      this.bytesRead += bytes.length
      this.#tell()
    })
    socket.on('end', () => this.#ended('fin'))
    socket.on('error', (error: NodeJS.ErrnoException) =>
      this.#ended(error.code === 'ECONNRESET' || error.code === 'EPIPE' ? 'rst' : 'closed')
    )
    socket.on('close', () => this.#ended('closed'))
  }

  writes(text: string | Buffer): void {
    this.socket.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text)
  }

  /** Exactly these bytes are the next ones. */
  async reads(text: string): Promise<void> {
    await this.until(() => this.unread.length >= text.length || !text.startsWith(this.unread) || this.end !== 'open')
    expect(this.unread.slice(0, text.length), `${this.name} reads`).toBe(text)
    this.unread = this.unread.slice(text.length)
  }

  /** Everything up to and with this text, which is taken away. */
  async readsUpTo(text: string): Promise<string> {
    await this.until(() => this.unread.includes(text) || this.end !== 'open')
    const at = this.unread.indexOf(text)
    expect(
      at,
      `${this.name} waits for ${JSON.stringify(text)} and has ${JSON.stringify(this.unread.slice(0, 500))}`
    ).toBeGreaterThanOrEqual(0)
    const taken = this.unread.slice(0, at + text.length)
    this.unread = this.unread.slice(at + text.length)
    return taken
  }

  /** Everything until the other side ends. */
  async readsAll(): Promise<string> {
    await this.until(() => this.end !== 'open')
    const all = this.unread
    this.unread = ''
    return all
  }

  /** An orderly end, and nothing before it. */
  async seesFin(): Promise<void> {
    await this.until(() => this.end !== 'open' || this.unread !== '')
    expect({ unread: this.unread, end: this.end }, `${this.name} sees`).toEqual({ unread: '', end: 'fin' })
  }

  /** The connection is gone, in whatever way. */
  async seesEnd(): Promise<void> {
    await this.until(() => this.end !== 'open')
  }

  leaves(how: 'fin' | 'rst'): void {
    if (how === 'fin') this.socket.end()
    else this.#below.resetAndDestroy()
  }

  /** What was written has gone to the system. */
  async drained(): Promise<void> {
    if (this.socket.writableNeedDrain) await once(this.socket, 'drain')
  }

  until(met: () => boolean): Promise<void> {
    if (met()) return Promise.resolve()
    return new Promise((resolve) => {
      const look = (): void => {
        if (!met()) return
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
    })
  }

  #ended(how: 'fin' | 'rst' | 'closed'): void {
    if (this.end === 'open') this.end = how
    this.#tell()
  }
  #tell(): void {
    for (const look of [...this.#waiting]) look()
  }
}
