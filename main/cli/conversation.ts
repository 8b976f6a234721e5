import { createInterface } from 'node:readline'
import type { Interface } from 'node:readline'
import type WebSocket from 'ws'
import { opened } from './opening.js'
import type { Progress } from './opening.js'
import { printLines } from './print.js'

/** Typed lines wait while more than this is on its way. */
const maxBufferedBytes = 1024 * 1024
/** RFC 6455 §7.4.1: normal closure, going away; and 1005, which stands for a Close frame without a code. */
const goodEnds: readonly number[] = [1000, 1001, 1005]

/** What is typed goes out as text messages, what comes is printed, until either side closes. */
export class Conversation {
  readonly #socket: WebSocket
  readonly #progress: Progress
  readonly #url: string
  readonly #json: boolean
  readonly #typed: Interface
  #opened = false
  /** Input is at its end: close when everything typed is sent. */
  #ending = false

  constructor(socket: WebSocket, progress: Progress, url: string, json: boolean) {
    this.#socket = socket
    this.#progress = progress
    this.#url = url
    this.#json = json
    this.#typed = createInterface({ input: process.stdin, terminal: false })
    this.#typed.pause()
  }

  /** @returns the exit code. @throws SwitchyardError `connect-failed` where it could not be opened */
  async untilClosed(): Promise<number> {
    const waiting: string[] = []
    this.#typed.on('line', (line) => (this.#opened ? this.#send(line) : waiting.push(line)))
    this.#typed.on('close', () => this.#inputEnded())
    this.#hear(waiting)
    try {
      const closed = new Promise<number>((resolve) => {
        this.#socket.on('close', (code, reason) => {
          if (this.#opened) this.#say('close', { code, reason: reason.toString() }, [`closed ${code} ${reason.toString()}`.trimEnd()])
          resolve(goodEnds.includes(code) ? 0 : 1)
        })
      })
      await opened(this.#socket, this.#url, this.#progress)
      return await closed
    } finally {
      this.#typed.close()
      process.stdin.destroy()
    }
  }

  #hear(waiting: readonly string[]): void {
    this.#socket.on('open', () => {
      this.#opened = true
      this.#socket.on('error', ({ message }) => this.#say('error', { message }, [`error: ${message}`]))
      const { protocol, extensions } = this.#socket
      this.#say('open', { url: this.#url, protocol, extensions }, [`connected${protocol === '' ? '' : `, speaking ${protocol}`}`])
      for (const line of waiting) this.#send(line)
      this.#typed.resume()
      if (this.#ending) this.#socket.close(1000)
    })
    this.#socket.on('message', (data: Buffer, binary) => {
      const facts = binary ? { binary, hex: data.toString('hex') } : { binary, text: data.toString() }
      this.#say(
        'message',
        facts,
        (facts.hex ?? facts.text).split('\n').map((line) => `< ${line}`)
      )
    })
    for (const event of ['ping', 'pong'] as const) {
      this.#socket.on(event, (data) => this.#json && this.#say(event, { hex: data.toString('hex') }, []))
    }
  }

  #send(line: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return
    this.#socket.send(line, () => !this.#ending && this.#socket.bufferedAmount <= maxBufferedBytes && this.#typed.resume())
    if (this.#socket.bufferedAmount > maxBufferedBytes) this.#typed.pause()
  }

  #inputEnded(): void {
    this.#ending = true
    if (this.#opened) this.#socket.close(1000)
  }

  #say(event: string, facts: object, lines: readonly string[]): void {
    if (this.#json) process.stdout.write(`${JSON.stringify({ event, ...facts })}\n`)
    else printLines(process.stdout, lines)
  }
}
