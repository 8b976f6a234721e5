import { resolve } from 'node:path'
import { SwitchyardError, asSwitchyardError } from '../../shared/errors.js'
import type { ConfigFacts, Explanation, ListenerFacts, OutlineHost, Params } from '../../shared/contract.js'
import { RecordKind, fromClient } from '../../shared/records.js'
import type { Recorder } from '../../shared/records.js'
import type { RequestHead } from '../../shared/heads.js'
import type { LogEntry } from '../../shared/steps.js'
import type { ConfigHost, Site } from '../../shared/site.js'
import type { Decision, Finding, Trace } from '../../shared/trace.js'
import type { Certificates } from '../engine/certificates.js'
import { nowUs } from '../engine/clock.js'
import { Engine } from '../engine/engine.js'
import type { OpenListener } from '../engine/engine.js'
import type { Counters, Gate } from '../engine/exchange/context.js'
import { bindingsFor, isExposed } from './bindings.js'
import { FileConfigHost } from './config-host.js'
import { loadConfig } from './load-config.js'
import type { LoadedConfig } from './load-config.js'
import type { ServeSpec, Served } from './serve-spec.js'
import { unusedMaps } from './unused-maps.js'

/** Sites whose traces may still be asked for. */
const maxKeptSites = 16

export interface EngineServiceParts {
  readonly certificates: Certificates
  readonly checkCertificate: ConfigHost['checkCertificate']
  /** Sees to it that local authorities cover these names. @returns those that none may cover, and why. */
  readonly coverNames: (names: readonly string[]) => Promise<readonly { readonly name: string; readonly why: string }[]>
  readonly recorder: Recorder | null
  readonly onLog: (entry: LogEntry, exchange: number, connection: number) => void
  readonly first: { readonly exchange: number; readonly connection: number }
  /** Sees each step before it is done, and may change it. Default: none. */
  readonly gate?: Gate
}

/** One engine and the config it serves: starts, reloads, stops, explains. What the engine's thread does, without the thread. */
export class EngineService {
  readonly #parts: EngineServiceParts
  readonly #sites = new Map<number, Site>()
  #engine: Engine | null = null
  #spec: ServeSpec | null = null
  #config: ConfigFacts | null = null
  #generation = 0
  /** The last start, reload or stop that was asked for: the next waits for it. */
  #turn: Promise<unknown> = Promise.resolve()
  /** A graceful stop waits for the last tunnel. */
  #waiting = false
  /** Where numbers run on after a stop. */
  #next: { readonly exchange: number; readonly connection: number }

  constructor(parts: EngineServiceParts) {
    this.#parts = parts
    this.#next = parts.first
  }

  get counters(): Counters | null {
    return this.#engine?.counters ?? null
  }
  get config(): ConfigFacts | null {
    return this.#config
  }
  get listeners(): readonly ListenerFacts[] {
    return oneEach(this.#engine?.listeners ?? [])
  }

  /**
   * Reads the config and serves it; again, with another spec or a changed file, without dropping tunnels. A config that is
   * refused changes nothing. Starts, reloads and stops are done one after the other.
   * @throws SwitchyardError `config-unreadable` | `bad-argument`, what an authority's reading throws
   */
  serve(spec: ServeSpec): Promise<Served> {
    return this.#inTurn(() => this.#serve(spec))
  }

  /** The same spec, its files read anew from the disk. @throws as {@link serve}, and `request-invalid` where nothing is served. */
  reload(): Promise<Served> {
    return this.#inTurn(() => {
      if (this.#engine !== null && this.#spec !== null) return this.#serve({ ...this.#spec, overlays: [] })
      throw new SwitchyardError('request-invalid', 'Nothing is served, so there is nothing to reload.')
    })
  }

  /** A `now` while a graceful stop waits for tunnels ends them. */
  stop(how: 'now' | 'graceful'): Promise<void> {
    if (how === 'now' && this.#waiting) void this.#engine?.close('now')
    return this.#inTurn(() => this.#stop(how))
  }

  async #serve(spec: ServeSpec): Promise<Served> {
    const engine = this.#engine ?? this.#makeEngine(spec)
    const config = loadConfig(
      spec,
      new FileConfigHost(this.#parts.checkCertificate, spec.overlays),
      this.#generation + 1,
      engine.site?.state
    )
    const { site } = config.loaded
    const read = spec.inline === null ? config.loaded.files.map(({ path, text }) => ({ path, text })) : []
    if (site === null) return this.#refused(config.loaded.findings, read)
    const findings = [...config.loaded.findings, ...(await this.#cover(site))]
    try {
      await engine.apply(site, bindingsFor(site.listeners, { ports: new Map(spec.ports), expose: spec.expose }), spec.maps)
    } catch (thrown) {
      if (engine !== this.#engine) await engine.close('now')
      return { findings, read, config: this.#config, listeners: this.listeners, error: asSwitchyardError(thrown).toPlain() }
    }
    this.#engine = engine
    this.#spec = spec
    if (spec.maps.length > 0) findings.push(...unusedMaps(spec.maps, site.outline?.() ?? []))
    this.#applied(site, config, findings, spec)
    return { findings, read, config: this.#config, listeners: this.listeners, error: null }
  }

  async #stop(how: 'now' | 'graceful'): Promise<void> {
    const engine = this.#engine
    if (engine === null) return
    this.#waiting = how === 'graceful'
    await engine.close(how)
    this.#waiting = false
    this.#next = engine.next
    this.#engine = null
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#turn.then(work)
    this.#turn = turn.catch(() => {})
    return turn
  }

  /** Closes one tunnel. False: it is not open (any more). */
  closeTunnel(exchange: number): boolean {
    return this.#engine?.closeTunnel(exchange) ?? false
  }

  /** Tunnels that still have an older config than the newest, by its generation. */
  get older(): ConfigFacts['older'] {
    return this.#engine?.tunnelsBefore(this.#generation) ?? []
  }

  /** What would be decided on a request. @throws SwitchyardError `request-invalid` */
  async explain(question: Params<'route.explain'>): Promise<Explanation> {
    if (this.#engine !== null) return await this.#engine.explain(question)
    throw new SwitchyardError('request-invalid', 'Nothing is served, so nothing decides.', { hint: 'Start a config first.' })
  }

  /** Hosts and routes of what is served, or was last; empty where its dialect tells none. */
  get outline(): readonly OutlineHost[] {
    return this.#sites.get(this.#generation)?.outline?.() ?? []
  }

  /** The words for a decision, null where its site is not kept any more. */
  trace(decision: Decision, request: RequestHead | null): Trace | null {
    return this.#sites.get(decision.generation)?.trace(decision, request) ?? null
  }

  #makeEngine(spec: ServeSpec): Engine {
    return new Engine({
      certificates: this.#parts.certificates,
      recorder: this.#parts.recorder,
      maps: spec.maps,
      keepPorts: spec.keepPorts,
      gate: this.#parts.gate ?? null,
      onLog: this.#parts.onLog,
      chance: Math.random,
      first: this.#next
    })
  }

  #refused(findings: readonly Finding[], read: Served['read']): Served {
    const unsupported = findings.filter(({ routing }) => routing)
    const first = findings.find(({ severity }) => severity === 'error') ?? unsupported[0]
    const error =
      unsupported.length > 0 && !findings.some(({ severity, routing }) => severity === 'error' && !routing)
        ? new SwitchyardError('config-unsupported', sayUnsupported(unsupported), {
            hint: 'To serve the rest all the same: “Start without…” on the Config screen, --lenient on the command line.'
          })
        : new SwitchyardError(
            'config-refused',
            first === undefined ? 'The config was refused.' : `${at(first)}${first.message}`,
            hintOf(first)
          )
    return { findings, read, config: this.#config, listeners: this.listeners, error: error.toPlain() }
  }

  /** All names at once, so that one authority covers the whole config. */
  async #cover(site: Site): Promise<Finding[]> {
    if (!site.listeners.some(({ tls }) => tls)) return []
    const refused = await this.#parts.coverNames(site.names)
    return refused.map(({ name, why }) => ({
      code: 'name-not-covered',
      severity: 'warning',
      message: `${name} gets no certificate of its own here: ${why}.`,
      span: null,
      routing: false
    }))
  }

  #applied(site: Site, { dialect, loaded }: LoadedConfig, findings: readonly Finding[], spec: ServeSpec): void {
    this.#generation = site.generation
    this.#sites.set(site.generation, site)
    for (const old of [...this.#sites.keys()].slice(0, -maxKeptSites)) this.#sites.delete(old)
    const { files } = loaded
    this.#config = {
      dialect,
      generation: site.generation,
      appliedAtMs: Date.now(),
      opened: spec.files.map((file) => resolve(file)),
      files: files.map(({ path }) => path),
      names: site.names,
      findings,
      leftOut: findings.filter(({ routing }) => routing).length,
      options: { lenient: spec.lenient, ports: spec.ports, maps: spec.maps, expose: spec.expose },
      older: []
    }
    const note = { generation: site.generation, dialect, files, directives: site.directives ?? [] }
    this.#parts.recorder?.note(RecordKind.config, 0, 0, fromClient, note, nowUs())
  }
}

/** A listener of the config that is served in both address families is one to a person. */
function oneEach(listeners: readonly OpenListener[]): ListenerFacts[] {
  return listeners
    .filter(({ binding }) => binding.optional !== true)
    .map(({ binding, address, port }) => ({
      url: `${binding.spec.tls ? 'https' : 'http'}://${address.includes(':') ? `[${address}]` : address}:${port}`,
      address,
      port,
      tls: binding.spec.tls,
      production: { address: binding.spec.address, port: binding.spec.port },
      exposed: isExposed(address)
    }))
}

function at({ span }: Finding): string {
  return span === null ? '' : `${span.file}:${span.line}: `
}
function hintOf(finding: Finding | undefined): { hint?: string } {
  return finding?.hint === undefined ? {} : { hint: finding.hint }
}
function sayUnsupported(findings: readonly Finding[]): string {
  const lines = findings.map((finding) => `  ${at(finding)}${finding.message}`)
  const what = findings.length === 1 ? 'One directive changes routing and is' : `${findings.length} directives change routing and are`
  return `${what} not modelled yet:\n${lines.slice(0, 20).join('\n')}${lines.length > 20 ? `\n  and ${lines.length - 20} more` : ''}`
}
