import { MessageChannelMain, utilityProcess } from 'electron'
import type { MessagePortMain, UtilityProcess } from 'electron'
import type { EngineHealth } from '../../shared/app-bridge.js'
import type { PlainError } from '../../shared/errors.js'
import { Backoff } from './backoff.js'
import type { FromHost, HostStart, ToHost } from './host-messages.js'

/** Longest that the app waits for the engine to close its capture before it is ended. */
const stopWithinMs = 3000
/** What a process says on standard error as it dies is kept to this length. */
const lastWordsChars = 2000

export interface EngineProcessOptions {
  /** Path of the bundled host-process.ts. */
  readonly entry: string
  readonly dataDir: string
  readonly serve: HostStart['serve']
  readonly threads: string | null
  readonly command: HostStart['command']
  readonly onHealth: (health: EngineHealth) => void
  /** A new engine runs: whoever has a port asks for another. */
  readonly onUp: () => void
  readonly onWarning: (message: string) => void
}

/** The engine's process: starts it, starts it again when it died, hands out ports to it. */
export class EngineProcess {
  readonly #options: EngineProcessOptions
  readonly #backoff = new Backoff()
  #child: UtilityProcess | null = null
  #bornMs = 0
  #capture: HostStart['capture'] = 'session'
  #serve: HostStart['serve']
  #cause: PlainError | null = null
  #lastWords = ''
  #timer: NodeJS.Timeout | null = null
  #stopping = false
  #health: EngineHealth = { state: 'starting' }

  constructor(options: EngineProcessOptions) {
    this.#options = options
    this.#serve = options.serve
  }

  get health(): EngineHealth {
    return this.#health
  }

  start(): void {
    this.#timer = null
    this.#cause = null
    this.#lastWords = ''
    this.#bornMs = performance.now()
    const child = utilityProcess.fork(this.#options.entry, [], { serviceName: 'Switchyard engine', stdio: ['ignore', 'inherit', 'pipe'] })
    this.#child = child
    child.stderr?.on('data', (bytes: Buffer) => this.#saidOnStderr(bytes))
    child.on('message', (message: FromHost) => this.#heard(child, message))
    child.once('exit', (code) => this.#exited(child, code))
    const { dataDir, threads, command } = this.#options
    this.#post({ start: { dataDir, capture: this.#capture, serve: this.#serve, threads, command } })
    this.#options.onUp()
  }

  /** After it was given up: as if nothing had been. */
  startAgain(): void {
    this.#backoff.reset()
    this.#become({ state: 'starting' })
    this.start()
  }

  /** The capture after a death: numbers run on in the same file, and what was open in it is lost (shared/rows.ts). */
  goOnWith(file: string | null): void {
    if (file !== null) this.#capture = { file }
  }

  /** The other end of a new channel to the engine; null while there is none. */
  port(): MessagePortMain | null {
    if (this.#child === null || this.#stopping) return null
    const { port1, port2 } = new MessageChannelMain()
    this.#child.postMessage({ join: true } satisfies ToHost, [port2])
    return port1
  }

  /** Tunnels end, the capture is closed; the process is ended where that takes too long. Resolves when it is gone. */
  async stop(): Promise<void> {
    this.#stopping = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    const child = this.#child
    if (child === null) return
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    this.#post({ stop: true })
    const late = setTimeout(() => child.kill(), stopWithinMs)
    await gone
    clearTimeout(late)
  }

  #heard(child: UtilityProcess, message: FromHost): void {
    if (child !== this.#child) return
    if ('capturing' in message) {
      this.goOnWith(message.capturing)
      this.#become({ state: 'up' })
    } else if ('serving' in message) {
      // What the screens change later is written down by the host, and comes back from there.
      this.#serve = 'last'
    } else if ('warning' in message) this.#options.onWarning(message.warning)
    else {
      this.#cause = message.failed
      this.#post({ end: true })
    }
  }

  #exited(child: UtilityProcess, code: number): void {
    if (child !== this.#child) return
    this.#child = null
    if (this.#stopping) return
    const cause = this.#cause?.message ?? sayEnd(code, this.#lastWords)
    if (this.#capture !== 'session') this.#capture = { ...this.#capture, after: cause }
    const waitMs = this.#backoff.died(performance.now(), performance.now() - this.#bornMs)
    if (waitMs !== null) this.#timer = setTimeout(() => this.start(), waitMs)
    this.#become({ state: waitMs === null ? 'failed' : 'restarting', cause, atMs: Date.now() })
  }

  #saidOnStderr(bytes: Buffer): void {
    process.stderr.write(bytes)
    this.#lastWords = (this.#lastWords + bytes.toString()).slice(-lastWordsChars)
  }

  #post(message: ToHost): void {
    this.#child?.postMessage(message)
  }

  #become(health: EngineHealth): void {
    this.#health = health
    this.#options.onHealth(health)
  }
}

function sayEnd(code: number, lastWords: string): string {
  const line = lastWords.trim().split('\n').at(-1) ?? ''
  return `The engine's process ended with code ${code}${line === '' ? '.' : `: ${line}`}`
}
