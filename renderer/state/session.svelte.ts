import type { EngineHealth } from '../../shared/app-bridge.js'
import type { ConfigFacts, Counts, Params, Status } from '../../shared/contract.js'
import type { PlainError } from '../../shared/errors.js'
import { defaultSettings } from '../../shared/settings.js'
import type { Settings } from '../../shared/settings.js'
import { appBridge } from './app-bridge.js'
import type { Connection } from './connection.svelte.js'
import { isSeen, onSight } from './page-sight.js'
import { addRate, noRates } from './rates.js'
import type { Rates } from './rates.js'

const noCounts: Counts = {
  connections: 0,
  openConnections: 0,
  exchanges: 0,
  openExchanges: 0,
  tunnels: 0,
  openTunnels: 0,
  failures: 0,
  missedRecords: 0,
  missedBytes: 0,
  captureBytes: 0,
  bytesFromClients: 0,
  bytesToClients: 0
}

/** What is known of the host as a whole: whether it runs, what it serves, how much passes, what the user chose. */
export class Session {
  #status = $state.raw<Status | null>(null)
  #counts = $state.raw<Counts>(noCounts)
  #settings = $state.raw<Settings>(defaultSettings)
  #settled = $state(false)
  #rates = $state.raw<Rates>(noRates)
  #failed = $state.raw<PlainError | null>(null)
  #givenUp = $state(false)
  #restartedAtMs = $state<number | null>(null)
  readonly #connection: Connection
  #ratedFrom: { readonly counts: Counts; readonly atMs: number } | null = null

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** null: not told yet. After a loss of the host it is what was last told. */
  get status(): Status | null {
    return this.#status
  }
  get config(): ConfigFacts | null {
    return this.#status?.config ?? null
  }
  get counts(): Counts {
    return this.#counts
  }
  get settings(): Settings {
    return this.#settings
  }
  /** Whether the settings are the host's, not the defaults. */
  get settled(): boolean {
    return this.#settled
  }
  /** Bytes a second, one point a second, the last minute. */
  get rates(): Rates {
    return this.#rates
  }
  /** Why the engine ended. null while one answers. */
  get failed(): PlainError | null {
    return this.#failed
  }
  /** It ended too often, and is not started again by itself. */
  get givenUp(): boolean {
    return this.#givenUp
  }
  /** When an engine answered again after one had failed. */
  get restartedAtMs(): number | null {
    return this.#restartedAtMs
  }

  /** Listens until the answer is called. */
  start(): () => void {
    const removers = [
      this.#connection.on('status', (status) => this.#took(status)),
      this.#connection.on('counts', (counts) => (this.#counts = counts)),
      this.#connection.on('settings', (settings) => this.#chosen(settings)),
      this.#connection.on('failed', (error) => (this.#failed = error)),
      this.#connection.onReady(() => {
        void this.#refresh()
        if (!isSeen()) void this.#wantCounts(false)
      }),
      onSight((seen) => void this.#wantCounts(seen)),
      // An engine that was killed could tell nobody: the app saw it end.
      ...(appBridge === null ? [] : [appBridge.onEngine((health) => this.#engineIs(health))])
    ]
    const timer = setInterval(() => this.#measure(performance.now()), 1000)
    return () => {
      clearInterval(timer)
      for (const remove of removers) remove()
    }
  }

  /** Changes settings; they come back as an event to every screen. */
  async choose(changes: Params<'settings.set'>): Promise<void> {
    this.#chosen(await this.#connection.request('settings.set', changes))
  }
  async run(running: boolean, lenient?: boolean): Promise<void> {
    const status = running
      ? await this.#connection.request('run.start', lenient === undefined ? {} : { lenient })
      : await this.#connection.request('run.stop', {})
    this.#took(status)
  }
  async pause(paused: boolean): Promise<void> {
    this.#took(await this.#connection.request('capture.pause', { paused }))
  }

  async #refresh(): Promise<void> {
    try {
      const [status, settings] = await Promise.all([this.#connection.request('status', {}), this.#connection.request('settings.get', {})])
      if (this.#failed !== null) this.#restartedAtMs = Date.now()
      this.#failed = null
      this.#ratedFrom = null
      this.#took(status)
      this.#chosen(settings)
    } catch {
      // The host went again meanwhile: onReady comes again, too.
    }
  }
  /** A hidden page hears of none, and has those of now when it is seen again. */
  async #wantCounts(wanted: boolean): Promise<void> {
    this.#ratedFrom = null
    try {
      this.#counts = await this.#connection.request('counts.want', { wanted })
    } catch {
      // Nobody answers: the next host is told when it does.
    }
  }
  #took(status: Status): void {
    this.#status = status
    this.#counts = status.counts
  }
  #engineIs(health: EngineHealth): void {
    this.#givenUp = health.state === 'failed'
    if (health.state === 'restarting' || health.state === 'failed') this.#failed ??= { code: 'thread-failed', message: health.cause }
  }
  #chosen(settings: Settings): void {
    this.#settings = settings
    this.#settled = true
  }

  #measure(nowMs: number): void {
    if (!this.#connection.ready || this.#status === null || !isSeen()) return
    const before = this.#ratedFrom
    if (before !== null) this.#rates = addRate(this.#rates, before.counts, this.#counts, (nowMs - before.atMs) / 1000)
    this.#ratedFrom = { counts: this.#counts, atMs: nowMs }
  }
}
