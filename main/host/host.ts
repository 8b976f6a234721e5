import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { Screens } from './control/screens.js'
import type { Answer } from './control/screen-session.js'
import type { Transport } from './control/transport.js'
import { createRing } from '../capture/ring/ring.js'
import type { TrustStoresOptions } from '../certs/trust-stores.js'
import { SwitchyardError, asSwitchyardError } from '../../shared/errors.js'
import { contractVersion } from '../../shared/contract.js'
import type { Counts, ListenerFacts, ConfigFacts, Replies, Status } from '../../shared/contract.js'
import type { PlainError } from '../../shared/errors.js'
import type { Settings } from '../../shared/settings.js'
import { ThreadLink } from '../../shared/thread-link.js'
import type { ReplyOf } from '../../shared/thread-link.js'
import { CaptureSession } from './capture-session.js'
import type { CaptureInto } from './capture-session.js'
import type { EngineEvent, EngineMethods, EngineThreadData } from './engine-methods.js'
import { answers } from './answers.js'
import { dataWords } from './data-folder.js'
import { DemoVisits } from './demo-visits.js'
import { Configs } from './config/configs.js'
import type { LogLine } from './live-log.js'
import { ownCommand } from './own-command.js'
import type { ServeSpec, Served } from './serve-spec.js'
import { SettingsFile, settingsIn } from './settings-file.js'
import { bundledThreads, startThread } from './threads.js'

/** How often screens hear of counts that changed. */
const countsEveryMs = 250
/** Longest that closing waits for tunnels to end; then the thread goes, and they with it. */
const stopWithinMs = 600

export interface HostOptions {
  readonly dataDir: string
  readonly capture: 'off' | CaptureInto
  /** A thread died. The host cannot go on; whoever started it ends it. */
  readonly onFailed: (error: SwitchyardError) => void
  /** Something that a person should know while it runs: a port passed over, a capture that cannot be written. */
  readonly onWarning: (message: string) => void
  /** Folder of the bundled threads, with its slash; where it is not beside this bundle. */
  readonly threads?: URL
  /** What is served is written down, so that {@link Host.resume} finds it at the next start. Default: true. */
  readonly remember?: boolean
  /** The words that run the command in a terminal. Default: the script that is bundled with this. */
  readonly command?: readonly string[]
  /** The trust stores that screens may change. Default: those of this machine and user. */
  readonly trustStores?: TrustStoresOptions
}

/** Starts and watches the threads, wires engine and capture, answers the screens. The same for the app and the command. */
export class Host {
  readonly #options: HostOptions
  readonly #screens: Screens
  readonly capture: CaptureSession | null
  readonly engine: ThreadLink<EngineMethods, EngineEvent>
  readonly #stopEngine: () => Promise<void>
  /** What is served, or was last. */
  #served: Served | null = null
  #older: ConfigFacts['older'] = []
  #state: Status['state'] = 'stopped'
  /** The engine has open listeners. */
  #serving = false
  #error: PlainError | null = null
  #refused: Status['refused'] = []
  #dead = false
  #counts: Counts = noCounts
  /** As screens were last told: who asks for them in between takes no news away from the others. */
  #toldCounts: Counts = noCounts
  /** An exchange may be in the capture: one was seen, or the engine, which counts from its last start, was stopped. */
  #passed = false
  readonly #timer: NodeJS.Timeout
  readonly #visits: DemoVisits
  /** The config that is open, its texts and drafts. */
  readonly configs: Configs
  readonly settings: SettingsFile
  readonly answer: Answer
  /** What every screen is told first. */
  readonly hello: Replies['hello']

  /** @throws SwitchyardError `capture-unwritable` | `capture-locked` | `capture-unknown` | `version-mismatch` | `thread-failed` */
  static async start(options: HostOptions): Promise<Host> {
    const ring = options.capture === 'off' ? null : createRing()
    // The session tells the host, which is made after it.
    const told: { failed: (error: SwitchyardError) => void; warn: (message: string) => void } = {
      failed: options.onFailed,
      warn: options.onWarning
    }
    const capture =
      options.capture === 'off' || ring === null
        ? null
        : await CaptureSession.start({
            dataDir: options.dataDir,
            ring,
            threads: options.threads ?? bundledThreads,
            into: options.capture,
            // How much is kept is the user's choice.
            ...keepOf(options.dataDir),
            onFailed: (error) => told.failed(error),
            onWarning: (message) => told.warn(message)
          })
    const host = new Host(options, capture)
    told.failed = (error) => host.#failed(error)
    told.warn = (message) => host.#warn('capture', message)
    return host
  }

  private constructor(options: HostOptions, capture: CaptureSession | null) {
    this.#options = options
    this.capture = capture
    const data: EngineThreadData = {
      ring: capture?.ring ?? null,
      dataDir: options.dataDir,
      first: capture?.first ?? { exchange: 1, connection: 1 }
    }
    const { worker, stop } = startThread('engine', data, (error) => this.#failed(error), this.threads)
    this.engine = new ThreadLink(worker)
    this.engine.onEvent = ({ lines }) => lines.forEach((line) => this.#logged(line))
    this.#stopEngine = stop
    this.settings = new SettingsFile(options.dataDir, (settings) => {
      void this.capture?.keep(settings).catch((thrown: unknown) => this.#warn('capture', asSwitchyardError(thrown).message))
      this.#screens.tell({ event: 'settings', data: settings })
    })
    this.configs = new Configs({
      dataDir: options.dataDir,
      threads: this.threads,
      remember: options.remember ?? true,
      serve: (spec) => this.serve(spec),
      reload: () => this.reload(),
      serving: () => this.#serving,
      onChanged: (file) => this.#screens.tell({ event: 'config.changed', data: { file } }),
      onWarning: (message) => this.#warn('config', message)
    })
    this.#visits = new DemoVisits(options.dataDir)
    this.hello = {
      version: contractVersion,
      product: 'Switchyard',
      home: homedir(),
      command: options.command ?? ownCommand(),
      data: dataWords(options.dataDir)
    }
    this.answer = answers(this)
    this.#screens = new Screens({
      answer: this.answer,
      hello: this.hello,
      closeView: (view) => void capture?.readers.closeView(view).catch(() => {})
    })
    if (capture !== null) {
      capture.onTick = ({ event: _, ...tick }) => this.#screens.tellViewer(tick)
      capture.onChange = () => this.#screens.tell({ event: 'status', data: this.status })
      capture.onDeleted = (session) => this.#screens.tell({ event: 'capture.deleted', data: { session } })
    }
    this.#timer = setInterval(() => void this.#tellCounts(), countsEveryMs)
    this.#timer.unref()
  }

  /**
   * Serves a config, or serves it anew. What is wrong with it comes back as findings and an error, and leaves what is served as it was.
   * @throws SwitchyardError `config-unreadable` | `bad-argument`, what an authority's reading throws
   */
  async serve(spec: ServeSpec): Promise<Served> {
    if (!this.#serving) this.#become('starting', null)
    try {
      return this.#take(spec, await this.engine.ask('serve', spec))
    } catch (thrown) {
      this.configs.unreadable(spec)
      throw this.#notTaken(thrown)
    }
  }

  /** Serves again what was stopped; nothing, where it is served. @throws SwitchyardError where there is nothing to serve, or it cannot be. */
  async restart(): Promise<void> {
    await this.configs.start()
  }

  /** Serves what was served last in this data folder, its texts as they were then; null: there is nothing to restore. @throws SwitchyardError why it cannot be */
  async resume(): Promise<ConfigFacts | null> {
    return await this.configs.resume()
  }

  /** The same config, its files read anew. @throws as {@link serve}, and where nothing is served. */
  async reload(): Promise<Served> {
    if (!this.#serving) throw new SwitchyardError('request-invalid', 'Nothing is served, so there is nothing to reload.')
    try {
      const served = await this.engine.ask('reload', null)
      return this.#take({ ...(this.configs.taken as ServeSpec), overlays: [] }, served)
    } catch (thrown) {
      throw this.#notTaken(thrown)
    }
  }

  /** `graceful` resolves when the last exchange and tunnel is over; a `now` meanwhile ends them. */
  async stop(how: 'now' | 'graceful'): Promise<void> {
    this.#visits.stop()
    await this.engine.ask('stop', { how })
    this.#passed = true
    this.#serving = false
    this.#become('stopped', null)
  }

  /** A screen came, by whatever transport. */
  join(transport: Transport): void {
    this.#screens.join(transport)
  }

  get status(): Status {
    return {
      state: this.#state,
      error: this.#error,
      refused: this.#refused,
      listeners: this.listeners,
      config: this.config,
      capture: this.capture?.facts ?? null,
      counts: this.#counts
    }
  }
  get listeners(): readonly ListenerFacts[] {
    return this.#state === 'running' ? (this.#served?.listeners ?? []) : []
  }
  get config(): ConfigFacts | null {
    const config = this.#served?.config ?? null
    return config === null ? null : { ...config, older: this.#older }
  }
  get trustStores(): TrustStoresOptions | undefined {
    return this.#options.trustStores
  }

  /** A config that was opened is the first of the recent ones. */
  async keepRecent(files: readonly string[]): Promise<void> {
    await this.settings
      .opened(files.map((file) => resolve(file)))
      .catch((thrown: unknown) => this.#warn('settings', asSwitchyardError(thrown).message))
  }
  get dataDir(): string {
    return this.#options.dataDir
  }

  get threads(): URL {
    return this.#options.threads ?? bundledThreads
  }

  /** Screens are told that this is the end, and why the line is cut. */
  dismissScreens(): void {
    clearInterval(this.#timer)
    this.#visits.stop()
    this.settings.close()
    this.configs.texts.close()
    this.#screens.close()
  }

  /**
   * Stops everything: tunnels end, the last batch is committed, the file is closed and unlocked. Idempotent in effect, but for errors
   * of the disk. `discard`: a start that came to nothing leaves no capture.
   */
  async close({ discard = false }: { readonly discard?: boolean } = {}): Promise<void> {
    this.dismissScreens()
    // While the first config is read the engine hears nothing, and has nothing to end.
    if (!this.#dead && this.#state !== 'starting')
      await Promise.race([this.engine.ask('stop', { how: 'now' }).catch(() => {}), passing(stopWithinMs)])
    await this.#stopEngine()
    await this.configs.close()
    await (discard ? this.capture?.discard() : this.capture?.close())
  }

  /** Counts as they are now: without a screen nobody keeps them fresh. */
  async refreshCounts(): Promise<void> {
    // An engine that was asked to serve nothing yet has none, and may still be on its way.
    const [counters] = this.#served === null ? [null] : await Promise.all([this.#askCounters(), this.#refreshOlder()])
    const missed = this.capture?.missed ?? { records: 0, bytes: 0 }
    const ofEngine = counters ?? noCounts
    const exchanges = await this.#exchangesOf(ofEngine)
    const captureBytes = this.capture?.bytes ?? 0
    this.#counts = countsOf({ ...ofEngine, exchanges, missedRecords: missed.records, missedBytes: missed.bytes, captureBytes })
  }

  async #askCounters(): Promise<ReplyOf<EngineMethods['counters']>> {
    return await this.engine.ask('counters', null).catch(() => null)
  }

  /** As the lists have them, where there is a capture. While nothing passed, its reader is let sleep. */
  async #exchangesOf({ exchanges }: Pick<Counts, 'exchanges'>): Promise<number> {
    this.#passed ||= exchanges > 0
    if (this.capture === null || (!this.#passed && this.capture.beganEmpty)) return exchanges
    return await this.capture.readers.ask(null, 'exchangeTotal', {}).catch(() => this.#counts.exchanges)
  }

  async #refreshOlder(): Promise<void> {
    const older = await this.engine.ask('older', null).catch(() => [])
    const changed = JSON.stringify(older) !== JSON.stringify(this.#older)
    this.#older = older
    if (changed) this.#screens.tell({ event: 'status', data: this.status })
  }

  #take(spec: ServeSpec, served: Served): Served {
    if (served.error === null || this.#served === null) this.#served = served
    this.#serving ||= served.error === null
    this.#refused = served.error === null ? [] : served.findings
    this.configs.tried(spec, served)
    if (served.error === null) this.#visits.served(spec, served)
    this.#become(this.#serving ? 'running' : 'failed', served.error)
    return served
  }
  /** What is served goes on; what was being started failed; what was stopped meanwhile is stopped. */
  #notTaken(thrown: unknown): SwitchyardError {
    const error = asSwitchyardError(thrown)
    this.#refused = []
    if (this.#state === 'running' || this.#state === 'starting') this.#become(this.#serving ? 'running' : 'failed', error.toPlain())
    return error
  }

  #become(state: Status['state'], error: PlainError | null): void {
    this.#state = state
    this.#error = error
    this.#screens.tell({ event: 'status', data: this.status })
  }

  /** The first to die says why; what dies of it has nothing to add. */
  #failed(error: SwitchyardError): void {
    if (this.#dead) return
    this.#dead = true
    this.#serving = false
    this.engine.break(error)
    this.#become('failed', error.toPlain())
    this.#screens.tell({ event: 'failed', data: error.toPlain() })
    this.#options.onFailed(error)
  }

  #logged(entry: LogLine): void {
    this.#screens.tell({ event: 'log', data: entry })
    const ofTheWhole = entry.exchange === 0 && entry.connection === 0
    if (ofTheWhole && entry.source === 'switchyard' && entry.level === 'warning') this.#options.onWarning(entry.message)
  }
  #warn(code: string, message: string): void {
    const entry = { level: 'warning', source: 'switchyard', code, message, exchange: 0, connection: 0, atUs: Date.now() * 1000 } as const
    this.#screens.tell({ event: 'log', data: entry })
    this.#options.onWarning(message)
  }

  async #tellCounts(): Promise<void> {
    if (!this.#screens.wantCounts) return
    await this.refreshCounts()
    const [counts, told] = [this.#counts, this.#toldCounts]
    if (countNames.every((name) => counts[name] === told[name])) return
    this.#toldCounts = counts
    this.#screens.tell({ event: 'counts', data: counts })
  }
}

function keepOf(dataDir: string): { readonly keep: Settings } {
  return { keep: settingsIn(dataDir) }
}

function passing(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}

const countNames = [
  'connections',
  'openConnections',
  'exchanges',
  'openExchanges',
  'tunnels',
  'openTunnels',
  'failures',
  'missedRecords',
  'missedBytes',
  'captureBytes',
  'bytesFromClients',
  'bytesToClients'
] as const satisfies readonly (keyof Counts)[]
const noCounts = Object.fromEntries(countNames.map((name) => [name, 0])) as unknown as Counts

/** What the contract has of them; the engine counts more. */
function countsOf(counters: Counts): Counts {
  return Object.fromEntries(countNames.map((name) => [name, counters[name]])) as unknown as Counts
}
