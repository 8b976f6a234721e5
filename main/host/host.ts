import { ScreenSession } from './control/screen-session.js'
import type { Answer, ScreenHost } from './control/screen-session.js'
import type { Transport } from './control/transport.js'
import { createRing } from '../capture/ring/ring.js'
import { SwitchyardError } from '../../shared/errors.js'
import type { Counts, EventMessage, ListenerFacts, ConfigFacts, Status } from '../../shared/contract.js'
import type { PlainError } from '../../shared/errors.js'
import type { ViewState } from '../../shared/rows.js'
import { ThreadLink, revived } from '../../shared/thread-link.js'
import { CaptureSession } from './capture-session.js'
import type { EngineEvent, EngineMethods, EngineThreadData } from './engine-methods.js'
import { answers } from './answers.js'
import type { ServeSpec, Served } from './serve-spec.js'
import { startThread } from './threads.js'

/** How often screens hear of counts that changed. */
const countsEveryMs = 250

export interface HostOptions {
  readonly dataDir: string
  /** `session`: a new file in the data folder. */
  readonly capture: 'off' | 'session' | { readonly file: string }
  /** A thread died. The host cannot go on; whoever started it ends it. */
  readonly onFailed: (error: SwitchyardError) => void
}

/** Starts and watches the threads, wires engine and capture, answers the screens. The same for the app and the command. */
export class Host implements ScreenHost {
  readonly #options: HostOptions
  readonly #screens = new Set<ScreenSession>()
  readonly capture: CaptureSession | null
  readonly engine: ThreadLink<EngineMethods, EngineEvent>
  readonly #stopEngine: () => Promise<void>
  #served: Served | null = null
  #spec: ServeSpec | null = null
  #state: Status['state'] = 'stopped'
  #error: PlainError | null = null
  #counts: Counts = noCounts
  readonly #timer: NodeJS.Timeout
  readonly answer: Answer

  /** @throws SwitchyardError `capture-unwritable` | `capture-locked` | `thread-failed` */
  static async start(options: HostOptions): Promise<Host> {
    const { dataDir, onFailed } = options
    const capture =
      options.capture === 'off' ? null : await CaptureSession.start({ dataDir, onFailed, ring: createRing(), into: options.capture })
    return new Host(options, capture)
  }

  private constructor(options: HostOptions, capture: CaptureSession | null) {
    this.#options = options
    this.capture = capture
    const data: EngineThreadData = {
      ring: capture?.ring ?? null,
      dataDir: options.dataDir,
      first: capture?.first ?? { exchange: 1, connection: 1 }
    }
    const { worker, stop } = startThread('engine', data, (error) => this.#failed(error))
    this.engine = new ThreadLink(worker)
    this.engine.onEvent = ({ event, ...entry }) => this.#tellAll({ event, data: entry })
    this.#stopEngine = stop
    this.answer = answers(this)
    if (capture !== null) capture.onTick = (tick) => this.#tellViewer(tick)
    this.#timer = setInterval(() => void this.#count(), countsEveryMs)
    this.#timer.unref()
  }

  /** Serves a config, or serves it anew. What is wrong with it comes back as findings and an error, not as a throw, but for unreadable files. */
  async serve(spec: ServeSpec): Promise<Served> {
    this.#spec = spec
    this.#state = 'starting'
    return this.#noteServed(await this.engine.ask('serve', spec).catch((thrown: unknown) => this.#notServed(thrown)))
  }

  /** Serves again what was stopped. @throws SwitchyardError where there is nothing to serve, or it cannot be. */
  async restart(): Promise<void> {
    if (this.#spec === null) throw new SwitchyardError('request-invalid', 'No config was served yet.')
    const { error } = await this.serve(this.#spec)
    if (error !== null) throw revived(error)
  }

  async reload(): Promise<Served> {
    return this.#noteServed(await this.engine.ask('reload', null))
  }

  async stop(how: 'now' | 'graceful'): Promise<void> {
    await this.engine.ask('stop', { how })
    this.#state = 'stopped'
    this.#tellAll({ event: 'status', data: this.status })
  }

  /** A screen came, by whatever transport. */
  join(transport: Transport): void {
    this.#screens.add(new ScreenSession(transport, this))
  }
  left(session: ScreenSession): void {
    this.#screens.delete(session)
    for (const view of session.views) void this.capture?.reader.ask('closeView', { view }).catch(() => {})
  }

  get status(): Status {
    return {
      state: this.#state,
      error: this.#error,
      listeners: this.listeners,
      config: this.config,
      capture: this.capture === null ? null : { session: this.capture.name, file: this.capture.file },
      counts: this.#counts
    }
  }
  get listeners(): readonly ListenerFacts[] {
    return this.#state === 'running' ? (this.#served?.listeners ?? []) : []
  }
  get config(): ConfigFacts | null {
    return this.#served?.config ?? null
  }
  get dataDir(): string {
    return this.#options.dataDir
  }

  /** Stops everything: tunnels end, the last batch is committed, the file is closed and unlocked. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    for (const screen of this.#screens) screen.close()
    if (this.#error === null) await this.engine.ask('stop', { how: 'now' }).catch(() => {})
    await this.#stopEngine()
    await this.capture?.close()
  }

  #noteServed(served: Served): Served {
    if (served.error === null || this.#served?.config == null) this.#served = served
    this.#state = served.error === null || this.#served.error === null ? 'running' : 'failed'
    this.#tellAll({ event: 'status', data: this.status })
    return served
  }

  #notServed(thrown: unknown): never {
    this.#state = this.#served?.error === null ? 'running' : 'failed'
    throw thrown
  }

  #failed(error: SwitchyardError): void {
    this.engine.break(error)
    this.#error = error.toPlain()
    this.#state = 'failed'
    this.#tellAll({ event: 'failed', data: this.#error })
    this.#options.onFailed(error)
  }

  async #count(): Promise<void> {
    if (this.#screens.size === 0) return
    const counters = await this.engine.ask('counters', null).catch(() => null)
    const missed = this.capture?.missed ?? { records: 0, bytes: 0 }
    const counts = { ...(counters ?? noCounts), missedRecords: missed.records, missedBytes: missed.bytes }
    if (JSON.stringify(counts) === JSON.stringify(this.#counts)) return
    this.#counts = counts
    this.#tellAll({ event: 'counts', data: counts })
  }

  #tellAll(event: EventMessage): void {
    for (const screen of this.#screens) screen.tell(event)
  }
  /** A view's ticks go to the screen that opened it. */
  #tellViewer(tick: ViewState): void {
    for (const screen of this.#screens) if (screen.views.has(tick.view)) screen.tell({ event: 'view.tick', data: tick })
  }
}

const noCounts: Counts = {
  connections: 0,
  openConnections: 0,
  exchanges: 0,
  openExchanges: 0,
  tunnels: 0,
  openTunnels: 0,
  failures: 0,
  missedRecords: 0,
  missedBytes: 0
}
