import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { ConfigFacts, ConfigOptions, Params, Replies } from '../../../shared/contract.js'
import { SwitchyardError } from '../../../shared/errors.js'
import type { ConfigSource } from '../../../shared/site.js'
import { revived } from '../../../shared/thread-link.js'
import { AddressMap } from '../../engine/address-map.js'
import { Demo } from '../demo.js'
import { routesConfig } from '../routes-config.js'
import { plainSpec } from '../serve-spec.js'
import type { ServeSpec, Served } from '../serve-spec.js'
import { checkConfig } from './check.js'
import { ConfigTexts } from './config-texts.js'
import { OptionsFile } from './kept-options.js'
import type { KeptOptions } from './kept-options.js'
import { OlderTexts } from './older-texts.js'
import { readLastRun, writeLastRun } from './last-run.js'

type Listen = ServeSpec['listen']

/** Where routes are served that were asked for without a place: plain and over TLS, so that nothing is missing to whoever types one. */
const routePlaces: Listen = [
  { address: '127.0.0.1', port: 8080, tls: false },
  { address: '127.0.0.1', port: 8443, tls: true }
]

/** What the configs ask of the host. */
export interface ConfigsParts {
  readonly dataDir: string
  readonly threads: URL
  /** What is served is written down, for the next start. */
  readonly remember: boolean
  /** Serves, and tells {@link Configs.tried} of it. */
  readonly serve: (spec: ServeSpec) => Promise<Served>
  /** The files of what is served, read anew. */
  readonly reload: () => Promise<Served>
  readonly serving: () => boolean
  readonly onChanged: (file: string) => void
  readonly onWarning: (message: string) => void
}

/** The config that is open: what it was opened with, how it is served here, and its texts. One that was refused is open, too. */
export class Configs {
  readonly texts: ConfigTexts
  readonly older = new OlderTexts()
  readonly #parts: ConfigsParts
  readonly #options: OptionsFile
  /** What was tried last; a refused one is what is edited until it is taken. */
  #tried: ServeSpec | null = null
  #taken: ServeSpec | null = null
  /** It was tried while another one was served, and refused. */
  #aside = false
  /** Its files could be read. */
  #read = false
  #demo: { readonly demo: Demo; readonly backend: Promise<unknown> } | null = null
  /** One change after the other, whoever asks. */
  #turn: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor(parts: ConfigsParts) {
    this.#parts = parts
    this.texts = new ConfigTexts(parts.dataDir, parts.onChanged)
    this.#options = new OptionsFile(parts.dataDir)
  }

  /** What came of serving a spec, whoever asked for it. */
  tried(spec: ServeSpec, served: Served): void {
    if (this.#closed) return
    this.#tried = spec
    this.#read = true
    this.#aside = served.error !== null && this.#parts.serving()
    this.texts.opened(spec.files, served.read)
    if (served.error !== null) return this.older.refused(served.read)
    this.#taken = spec
    this.older.served(served.config?.generation ?? 0, served.read)
    this.texts.applied(served.read)
    if (this.#parts.remember) this.#remember(spec, served.read)
  }

  /** It could not even be read. Where nothing else is open, it is all the same what is tried next. */
  unreadable(spec: ServeSpec): void {
    if (this.#closed || this.#tried !== null) return
    this.#tried = spec
    this.texts.opened(spec.files, [])
  }

  /** @throws SwitchyardError why it is not served; its texts and findings are there all the same. */
  open({ files, lenient = false }: Params<'config.open'>): Promise<ConfigFacts> {
    return this.#inTurn(async () => {
      const roots = files.map((file) => resolve(file))
      return await this.#serve({ ...plainSpec(roots), ...this.#options.of(roots), lenient, overlays: this.texts.unsaved(roots) })
    })
  }

  /** A text without a file. @throws SwitchyardError like {@link open}; what is no config leaves no draft behind */
  openText({ name, text }: Params<'config.openText'>): Promise<ConfigFacts> {
    return this.#inTurn(() => this.#serveDraft(droppedPath(this.#parts.dataDir, name), text))
  }

  /** Routes as the switchyard.json that they stand for, to be gone on with. None: the demo. */
  openRoutes({ routes, listen = [] }: Params<'config.openRoutes'>): Promise<ConfigFacts> {
    return this.#inTurn(async () => {
      if (routes.length === 0) return await this.#serveDemo(listen)
      const { text } = routesConfig(routes, listen.length > 0 ? listen : routePlaces)
      return await this.#serveDraft(draftPath(this.#parts.dataDir, 'quick-route', 'quick-route.json'), `${text}\n`)
    })
  }

  /** Serves what was served last, its texts as they were; null: there is nothing to restore. */
  resume(): Promise<ConfigFacts | null> {
    return this.#inTurn(async () => {
      const last = readLastRun(this.#parts.dataDir)
      if (last === null) return null
      return last.what === 'demo' ? await this.#serveDemo(last.listen) : await this.#serve(last.spec)
    })
  }

  /** The drafts; files without one as they stand on the disk. */
  apply({ lenient }: Params<'config.apply'>): Promise<ConfigFacts> {
    return this.#inTurn(async () => {
      const spec = this.#open()
      return await this.#serve({ ...spec, overlays: this.texts.overlays(), lenient: lenient ?? spec.lenient })
    })
  }

  reload(): Promise<ConfigFacts> {
    return this.#inTurn(async () => {
      const spec = this.#open()
      const unsaved = this.texts.unsaved(spec.files)
      if (this.#parts.serving() && this.#taken === spec && unsaved.length === 0) return facts(await this.#parts.reload())
      return await this.#serve({ ...spec, overlays: unsaved })
    })
  }

  /** Serves what was stopped; with `lenient`, what was refused. Where it is served as it should be, nothing happens. */
  start(lenient?: boolean): Promise<void> {
    return this.#inTurn(async () => {
      const spec = this.#aside && lenient === undefined ? this.#taken : this.#tried
      if (spec === null) throw new SwitchyardError('request-invalid', 'No config was served yet.')
      const wanted = { ...spec, lenient: lenient ?? spec.lenient }
      const same = this.#taken === spec && wanted.lenient === spec.lenient
      if (!this.#parts.serving() || !same) await this.#serve(wanted)
    })
  }

  /** @throws SwitchyardError `bad-argument`, `port-in-use` and the like: then it is served as before. */
  change({ ports, maps, expose }: Params<'config.options'>): Promise<ConfigFacts | null> {
    return this.#inTurn(async () => {
      const before = this.#open()
      const options = { ports: ports ?? before.ports, maps: maps ?? before.maps, expose: expose ?? before.expose }
      refuseTwice(options.ports)
      if (!this.isTaken) return this.#changeRefused(before, options)
      try {
        const served = await this.#serve({ ...before, ...options })
        this.#keep(before, options)
        return served
      } catch (thrown) {
        if (this.#parts.serving()) this.#goBack(before)
        throw thrown
      }
    })
  }

  /** @param files others, that are not served; none: the open config with its drafts. */
  async check(files: readonly string[] | undefined, signal: AbortSignal): Promise<Replies['config.check']> {
    const spec = files === undefined ? { ...this.#open(), overlays: this.texts.overlays() } : plainSpec(files)
    return await checkConfig(this.#parts.threads, spec, signal)
  }

  /** What the open config was opened with, if it could be read; empty for the demo. */
  get openFiles(): readonly string[] {
    return this.#read ? (this.#tried?.files ?? []) : []
  }

  /** How the open config is served here, or will be; null: none is open. */
  get options(): ConfigOptions | null {
    if (this.#tried === null) return null
    const { lenient, ports, maps, expose } = this.#tried
    return { lenient, ports, maps, expose }
  }
  /** The open config is what is served, or was last. */
  get isTaken(): boolean {
    return this.#tried !== null && this.#tried === this.#taken
  }
  /** What is served, or was last. */
  get taken(): ServeSpec | null {
    return this.#taken
  }

  async close(): Promise<void> {
    this.#closed = true
    this.texts.close()
    await this.#demo?.backend.catch(() => {})
    await this.#demo?.demo.close()
  }

  /** It waits for the next apply: what it was refused for is not mended by this. */
  #changeRefused(before: ServeSpec, options: KeptOptions): null {
    new AddressMap(options.maps)
    this.#tried = { ...before, ...options }
    this.#keep(before, options)
    for (const { file } of this.texts.list()) this.#parts.onChanged(file)
    return null
  }
  #keep({ files }: ServeSpec, options: KeptOptions): void {
    const roots = files.map((file) => resolve(file))
    if (roots.length > 0) this.#options.keep(roots, options)
  }
  #goBack(spec: ServeSpec): void {
    this.#tried = spec
    this.#aside &&= spec !== this.#taken
  }

  #open(): ServeSpec {
    if (this.#tried !== null) return this.#tried
    throw new SwitchyardError('request-invalid', 'No config is open.', { hint: 'Open one first.' })
  }

  async #serve(spec: ServeSpec): Promise<ConfigFacts> {
    return facts(await this.#parts.serve(spec))
  }

  /** A draft of a file in the data folder, where it may be saved: what it says is nobody's file yet. */
  async #serveDraft(named: string, text: string): Promise<ConfigFacts> {
    const draft = this.texts.begin(named, text)
    try {
      return await this.#serve({ ...plainSpec([draft.path]), overlays: [draft] })
    } catch (thrown) {
      if (!this.openFiles.includes(draft.path)) this.texts.forget(draft.path)
      throw thrown
    }
  }

  async #serveDemo(listen: Listen): Promise<ConfigFacts> {
    const places = listen.length > 0 ? listen : [{ address: '127.0.0.1', port: 8443, tls: true }]
    return await this.#serve({ ...plainSpec([]), inline: await this.#demoOn(places), listen: places })
  }

  /** Its backend runs until the host ends: tunnels outlive the config that they were opened with. */
  async #demoOn(listen: Listen): Promise<ConfigSource> {
    if (this.#demo === null) {
      const demo = new Demo()
      this.#demo = { demo, backend: demo.start(listen) }
    }
    await this.#demo.backend
    return this.#demo.demo.config(listen)
  }

  #remember(spec: ServeSpec, read: readonly ConfigSource[]): void {
    try {
      writeLastRun(this.#parts.dataDir, spec, read)
    } catch (thrown) {
      this.#parts.onWarning(`What is served cannot be written down for the next start: ${String(thrown)}.`)
    }
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#turn.then(work)
    this.#turn = turn.catch(() => {})
    return turn
  }
}

function facts({ error, config }: Served): ConfigFacts {
  if (error !== null) throw revived(error)
  return config as ConfigFacts
}

function droppedPath(dataDir: string, name: string): string {
  const plain = name.replace(/[/\\\0]/g, '_')
  return draftPath(dataDir, 'dropped', /^\.+$/.test(plain) ? `_${plain}` : plain)
}
/** A folder of their own, so that no include of theirs finds a file of another config by chance. */
function draftPath(dataDir: string, kind: 'dropped' | 'quick-route', name: string): string {
  const folder = join(resolve(dataDir), kind)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return join(folder, name)
}

function refuseTwice(ports: ServeSpec['ports']): void {
  const twice = ports.find(([production], at) => ports.findIndex(([other]) => other === production) !== at)
  if (twice === undefined) return
  throw new SwitchyardError('bad-argument', `Port ${twice[0]} is mapped twice.`, { hint: 'A port is served in one place.' })
}
