import type { MessagePortMain } from 'electron'
import type { Counts, EventMessage, Params, Replies, RequestName, ServerMessage, SessionFacts, Status } from '../../shared/contract.js'
import { SwitchyardError } from '../../shared/errors.js'
import type { ExchangeRow } from '../../shared/rows.js'
import { defaultSettings } from '../../shared/settings.js'
import type { Settings } from '../../shared/settings.js'
import { ContractClient } from './contract-client.js'

/** Rows looked through for the last routes that were taken. */
const routeRows = 100
const routesShown = 5

/** A decision as the tray names it: the line that routed, and the last exchange that took it. */
export interface RecentRoute {
  readonly exchange: number
  readonly label: string
}

/** What the main process knows of the engine, over a port of its own: for tray, menus and questions. */
export class EngineState {
  #client: ContractClient | null = null
  #status: Status | null = null
  #settings: Settings = defaultSettings
  #routes: readonly RecentRoute[] = []
  #sessions: readonly SessionFacts[] = []
  readonly #onChange: () => void

  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  get status(): Status | null {
    return this.#status
  }
  get settings(): Settings {
    return this.#settings
  }
  get routes(): readonly RecentRoute[] {
    return this.#routes
  }
  get sessions(): readonly SessionFacts[] {
    return this.#sessions
  }

  /** A new engine is there. What the one before was asked and did not answer fails. */
  connect(port: MessagePortMain): void {
    this.#client?.break('it was started again')
    const client = new ContractClient(port)
    this.#client = client
    client.onEvent = (event) => this.#told(event)
    port.on('message', ({ data }) => client.heard(data as ServerMessage))
    port.on('close', () => client.break('its process ended'))
    port.start()
    void this.#greet(client)
  }

  /** The engine is gone, and the next not there yet. */
  lost(): void {
    this.#client?.break('its process ended')
    this.#client = null
    this.#status = null
    this.#onChange()
  }

  /** @throws SwitchyardError what is answered, `thread-failed` while there is no engine */
  async ask<Name extends RequestName>(request: Name, params: Params<Name>): Promise<Replies[Name]> {
    if (this.#client === null) throw new SwitchyardError('thread-failed', 'The engine is not running.')
    const reply = await this.#client.ask(request, params)
    if (isStatusReply(request)) this.#take(reply as Status)
    return reply
  }

  /** Counts, routes and sessions as they are now: for a menu about to be read. */
  async refresh(): Promise<void> {
    const client = this.#client
    if (client === null) return
    // Taken as it comes: one that waited for the others would be older than an event that came meanwhile.
    const status = client.ask('status', {}).then(
      (reply) => client === this.#client && this.#take(reply),
      () => false
    )
    const [routes, sessions] = await Promise.all([
      recentRoutes(client).catch(() => this.#routes),
      client.ask('capture.sessions', {}).then(
        (reply) => reply.sessions,
        () => this.#sessions
      ),
      status
    ])
    if (client !== this.#client) return
    this.#routes = routes
    this.#sessions = sessions
    this.#onChange()
  }

  async #greet(client: ContractClient): Promise<void> {
    try {
      await client.hello()
      this.#take(await client.ask('status', {}))
      const settings = await client.ask('settings.get', {})
      this.#told({ event: 'settings', data: settings })
      if (this.#status?.state !== 'starting') await this.refresh()
    } catch {
      // An engine that went meanwhile: the next one is greeted anew.
    }
  }

  #told(event: EventMessage): void {
    if (event.event === 'status') this.#changed(event.data)
    else if (event.event === 'counts') this.#count(event.data)
    else if (event.event === 'capture.deleted') void this.refresh()
    else if (event.event === 'settings') {
      this.#settings = event.data
      this.#onChange()
    }
  }

  /**
   * A capture that was cleared has none of the routes, and is one more of the sessions: whichever screen cleared it. An engine that
   * starts is not asked for menus: when it is done it is.
   */
  #changed(status: Status): void {
    const before = this.#status
    const cleared = before !== null && before.capture?.session !== status.capture?.session
    const started = before?.state === 'starting' && status.state !== 'starting'
    this.#take(status)
    if (cleared || started) void this.refresh()
  }

  #count(counts: Counts): void {
    if (this.#status === null) return
    const before = this.#status.counts
    this.#status = { ...this.#status, counts }
    if (counts.exchanges !== before.exchanges || counts.openTunnels !== before.openTunnels) this.#onChange()
  }

  #take(status: Status): true {
    this.#status = status
    this.#onChange()
    return true
  }
}

function isStatusReply(request: RequestName): boolean {
  return request === 'run.start' || request === 'run.stop' || request === 'capture.pause' || request === 'status'
}

/** The latest exchanges, one for each line that routed any. */
async function recentRoutes(client: ContractClient): Promise<readonly RecentRoute[]> {
  const { view } = await client.ask('view.open', { kind: 'exchanges', filter: '', order: { by: 'id', descending: true } })
  try {
    const { rows } = await client.ask('view.window', { view, first: 0, count: routeRows })
    return distinctRoutes(rows as readonly ExchangeRow[])
  } finally {
    await client.ask('view.close', { view }).catch(() => null)
  }
}

export function distinctRoutes(rows: readonly ExchangeRow[]): readonly RecentRoute[] {
  const seen = new Map<string, RecentRoute>()
  for (const row of rows) {
    const line = row.routeFile === '' || row.routeFile === undefined ? '' : `${baseName(row.routeFile)}:${row.routeLine}`
    const path = row.target.split('?')[0] ?? ''
    const key = line === '' ? `${row.host}${path}` : line
    if (!seen.has(key)) seen.set(key, { exchange: row.id, label: `${shortened(`${row.host}${path}`)}${line === '' ? '' : `  ${line}`}` })
    if (seen.size === routesShown) break
  }
  return [...seen.values()]
}

function baseName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path
}
function shortened(text: string): string {
  return text.length <= 48 ? text : `${text.slice(0, 47)}…`
}
