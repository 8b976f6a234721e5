import type { Socket } from 'node:net'
import { buildFrame, decodeFrames } from './frames.js'
import { pause } from './loopback.js'
import { pushedFrames } from './recorder-answer.js'
import { flagNumber, type Act } from './recorder-act.js'

/** Streams up to here are looked through for a close frame; of longer ones, only short last reads. */
const watchedBytes = 65_536
const shortRead = 200

/** The backend's end of a tunnel: echoes raw bytes, closes after a close frame, and does what the act asks. */
export class RecordedTunnel {
  /** How it ended, seen from here; null while it is open. */
  end: string | null = null
  readonly #socket: Socket
  readonly #act: Act
  readonly #chunks: Buffer[] = []
  #length = 0
  #closeSeen = false
  #endedHere = false

  constructor(socket: Socket, act: Act, head: Buffer) {
    this.#socket = socket
    this.#act = act
    const eager = act.flags['eager'] !== undefined
    const frames = pushedFrames(act)
    socket.write(eager ? Buffer.concat([head, ...frames]) : head)
    void this.#play(eager ? [] : frames)
  }

  received(): Buffer {
    return Buffer.concat(this.#chunks)
  }

  push(bytes: Buffer): void {
    this.#chunks.push(bytes)
    this.#length += bytes.length
    if (this.#act.flags['noecho'] === undefined && !this.#socket.writableEnded && !this.#socket.destroyed) this.#socket.write(bytes)
    if (!this.#closeSeen && this.#endsInClose(bytes)) this.#answerClose()
  }

  /** The echo has answered the close frame already; what is left is to end. */
  #answerClose(): void {
    this.#closeSeen = true
    if (this.#act.flags['ignoreclose'] === undefined) this.#finish('own-close-unanswered')
  }

  #endsInClose(bytes: Buffer): boolean {
    if (this.#length <= watchedBytes) return decodeFrames(this.received()).frames.some((frame) => frame.opcode === 8)
    if (bytes.length >= shortRead) return false
    const { frames, rest } = decodeFrames(bytes)
    return rest === 0 && frames.at(-1)?.opcode === 8
  }

  /** The other side sent FIN. */
  clientEnded(): void {
    const lastWords = this.#act.flags['afterfin']
    if (lastWords) this.#socket.write(lastWords)
    this.#socket.end()
  }

  /** The connection is over, or half over, by the other side. */
  over(how: string): void {
    this.end = this.#endedHere ? 'after-own-close' : how
  }

  #finish(how: string, rst = false): void {
    this.#endedHere = true
    this.end ??= how
    if (rst) this.#socket.resetAndDestroy()
    else this.#socket.end()
  }

  /** What the backend says and does by itself once the tunnel stands. */
  async #play(frames: Buffer[]): Promise<void> {
    const isSet = (flag: string) => this.#act.flags[flag] !== undefined
    if (frames.length > 0) {
      await pause(30)
      this.#socket.write(Buffer.concat(frames))
    }
    if (isSet('tick')) await this.#tick()
    if (isSet('srvclose')) await this.#sayGoodbye()
    else if (isSet('srvfin')) await pause(60).then(() => this.#finish('own-close-unanswered'))
    else if (isSet('srvrst')) await pause(60).then(() => this.#finish('own-rst', true))
  }

  async #tick(): Promise<void> {
    const [everyMs = 0, times = 0] = (this.#act.flags['tick'] ?? '').split(',').map(Number)
    for (let i = 1; i <= times; i++) {
      await pause(everyMs)
      if (this.#socket.destroyed || this.end !== null) return
      this.#socket.write(buildFrame({ ping: `tick ${i}` }, false))
    }
  }

  async #sayGoodbye(): Promise<void> {
    await pause(30)
    this.#socket.write(buildFrame({ close: flagNumber(this.#act, 'srvclose'), reason: 'bye' }, false))
    await pause(30)
    this.#finish('own-close-unanswered')
  }
}
