import { spawn } from 'node:child_process'
import { isIPv4 } from 'node:net'
import { fileURLToPath } from 'node:url'
import { SwitchyardError, asSwitchyardError } from '../../shared/errors.js'
import type { ConfigSource } from '../../shared/site.js'
import { ControlServer } from '../host/control/control-server.js'
import { bundledScreens } from '../host/control/screen-files.js'
import { Host } from '../host/host.js'
import { routesConfig } from '../host/routes-config.js'
import type { Served } from '../host/serve-spec.js'
import { revived } from '../../shared/thread-link.js'
import { Authorities } from '../certs/authorities.js'
import { Demo } from '../host/demo.js'
import { demoPlaces, trustNote } from './demo-notes.js'
import { counted, sayError } from './print.js'
import { refusalOf } from './refusal.js'
import { ServeOutput } from './serve-output.js'
import { inlineListen, readServePlan, withInline } from './serve-options.js'
import type { ServePlan } from './serve-options.js'
import { whenStarterGone } from './starter.js'
import { Terminal } from './terminal.js'

const tellWaitingMs = 250

/** @returns the exit code, once it has stopped. */
export async function serve(words: readonly string[]): Promise<number> {
  const plan = readServePlan(words)
  const demo = plan.what === 'demo' ? new Demo() : null
  try {
    return await new ServeRun(plan, await inlineOf(plan, demo)).untilStopped()
  } finally {
    await demo?.close()
  }
}

async function inlineOf(plan: ServePlan, demo: Demo | null): Promise<ConfigSource | null> {
  if (demo !== null) return await demo.start(inlineListen(plan))
  return plan.what === 'routes' ? routesConfig(plan.routes, inlineListen(plan)) : null
}

/** One run of the command: from the first line printed to the last tunnel closed. */
class ServeRun {
  readonly #plan: ServePlan
  readonly #inline: ConfigSource | null
  readonly #output: ServeOutput
  #host: Host | null = null
  #control: ControlServer | null = null
  #stopping = false
  /** It takes no more, and waits for what is open. */
  #leaving = false
  /** It served, and said so: before that, what was captured is nothing. */
  #began = false
  #finish!: (code: number) => void
  readonly #finished = new Promise<number>((resolve) => (this.#finish = resolve))
  /** A thread that died was reported as it died; what fails of it is not worth a second word. */
  #reported = false

  constructor(plan: ServePlan, inline: ConfigSource | null) {
    this.#plan = plan
    this.#inline = inline
    this.#output = new ServeOutput(plan.json)
  }

  /** @throws SwitchyardError what kept it from starting */
  async untilStopped(): Promise<number> {
    const letGo = this.#hearSignals()
    try {
      await this.#start()
      return await this.#finished
    } catch (thrown) {
      if (this.#reported) return await this.#finished
      throw thrown
    } finally {
      await this.#close()
      letGo()
    }
  }

  async #start(): Promise<void> {
    const { dataDir, capture } = this.#plan
    const onWarning = (message: string): void => this.#output.warn(message)
    this.#host = await Host.start({ dataDir, capture, remember: false, onWarning, onFailed: (error) => this.#died(error) })
    if (this.#stopping) return
    const served = await this.#servedUnlessStopped(this.#host)
    if (served === null) return
    this.#output.findings(served.findings)
    if (served.error !== null) throw this.#refusal(served)
    await this.#startControl(this.#host, served)
    if (this.#stopping) return
    this.#began = true
    this.#output.started(served.listeners, this.#control?.url ?? null)
    for (const message of remarks(this.#plan, served)) this.#output.warn(message)
    if (this.#control?.exposed === true) this.#output.warn('The screens can be reached from other machines (--ui).')
    if (this.#plan.what === 'demo') this.#tellOfDemo(served)
    this.#output.ready()
    if (this.#plan.screens?.open === true && this.#control !== null) openInBrowser(this.#control.url)
  }

  /** Reading a long config keeps the engine's thread from hearing anything: whoever stops it does not wait for the end of that. */
  async #servedUnlessStopped(host: Host): Promise<Served | null> {
    const served = await Promise.race([host.serve(withInline(this.#plan, this.#inline)), this.#finished.then(() => null)])
    return this.#stopping ? null : served
  }

  async #startControl(host: Host, { listeners }: Served): Promise<void> {
    const { screens } = this.#plan
    if (screens === null) return
    this.#control = new ControlServer({
      ...screens,
      screens: fileURLToPath(bundledScreens),
      onScreen: (transport) => host.join(transport)
    })
    await this.#control.start().catch((thrown: unknown) => {
      const taken = asSwitchyardError(thrown).code === 'port-in-use' && listeners.some(({ port }) => port === screens.port)
      throw taken ? portOfConfigForScreens(screens.port) : thrown
    })
  }

  /** Where the demo is to be seen, and whether a browser trusts it. */
  #tellOfDemo({ listeners }: Served): void {
    const listener = listeners.find(({ tls }) => tls) ?? listeners[0]
    if (listener === undefined) return
    this.#output.note(demoPlaces(listener))
    if (listener.tls) void this.#tellTrust(new Authorities({ dataDir: this.#plan.dataDir }))
  }

  /** Trust stores are asked through programs of theirs: nobody waits for that. */
  async #tellTrust(authorities: Authorities): Promise<void> {
    const note = await trustNote(authorities).catch(() => null)
    if (note !== null && !this.#stopping) this.#output.note(note)
  }

  #died(error: SwitchyardError): void {
    this.#reported = true
    this.#finish(sayError(error, this.#plan.json))
  }

  #hearSignals(): () => void {
    const terminal = new Terminal()
    const heard: Partial<Record<NodeJS.Signals, () => void>> = {
      SIGINT: () => this.#stop('now'),
      SIGTERM: () => this.#stop('now'),
      SIGHUP: () => (terminal.hungUp ? this.#stop('now') : void this.#reload()),
      ...(process.platform === 'win32' ? {} : { SIGQUIT: () => this.#stop('graceful') })
    }
    // A reader of our lines that has seen enough (`| grep -m1 ready`) does not stop what it waited for.
    const broken = (): void => {}
    for (const [signal, hear] of Object.entries(heard)) process.on(signal, hear)
    const letGo = whenStarterGone(() => this.#stop('now'))
    for (const out of [process.stdout, process.stderr]) out.on('error', broken)
    return () => {
      letGo()
      for (const [signal, hear] of Object.entries(heard)) process.off(signal, hear)
    }
  }

  /** Who waits for tunnels may lose patience: the second signal ends them. Closing itself is bounded in time. */
  #stop(how: 'now' | 'graceful'): void {
    this.#stopping = true
    if (how === 'now' || this.#host === null) return this.#finish(0)
    this.#tellWaiting(this.#host)
    if (this.#leaving) return
    this.#leaving = true
    this.#host.stop('graceful').then(
      () => this.#finish(0),
      (thrown: unknown) => this.#finish(this.#reported ? 70 : sayError(thrown, this.#plan.json))
    )
  }

  /** Only who has to wait is told: the demo's own visitor, for one, is gone in a moment. */
  #tellWaiting(host: Host): void {
    setTimeout(() => {
      void host.refreshCounts().then(() => {
        const { openExchanges } = host.status.counts
        if (openExchanges > 0) this.#output.note(`waiting for ${counted(openExchanges, 'exchange')}; SIGTERM stops now`)
      })
    }, tellWaitingMs).unref()
  }

  async #reload(): Promise<void> {
    if (this.#host === null || this.#stopping) return
    const served = await this.#host.reload().catch((thrown: unknown) => asSwitchyardError(thrown))
    if (served instanceof SwitchyardError) return this.#notReloaded(served)
    this.#output.findings(served.findings)
    if (served.error !== null) return this.#notReloaded(this.#refusal(served))
    this.#output.reloaded(served.config?.generation ?? 0, served.listeners)
  }

  #notReloaded(error: SwitchyardError): void {
    if (this.#reported) return
    sayError(error, this.#plan.json)
    this.#output.warn('The config was not reloaded; what was served before goes on.')
  }

  async #close(): Promise<void> {
    this.#host?.dismissScreens()
    await this.#control?.close()
    await this.#host?.close({ discard: !this.#began })
  }

  #refusal({ error, findings }: Served): SwitchyardError {
    const refused = revived(error as NonNullable<Served['error']>)
    const screens = this.#control === null ? null : Number(new URL(this.#control.url).port)
    if (refused.code === 'port-in-use' && refused.message.startsWith(`Port ${screens} `)) return screensHaveIt(refused, screens)
    return refusalOf(refused, findings, this.#plan)
  }
}

/** What was asked for and came to nothing, or goes further than somebody may think. */
function remarks({ what, listen, spec }: ServePlan, { listeners }: Served): string[] {
  const ports = listeners.map(({ production }) => production.port)
  const unheard = what === 'files' ? listen.filter(({ port }) => !ports.includes(port)) : []
  const away = what === 'files' || spec.expose ? [] : listen.filter(({ address }) => !isLoopback(address))
  const unmapped = spec.ports.filter(([production]) => !ports.includes(production))
  return [
    ...unheard.map(
      ({ port }) => `The config names its own ports: --listen and --tls ${port} are not used. --port PRODUCTION=${port} maps one.`
    ),
    ...away.map(({ address }) => `${address} is served on loopback: --expose opens it to other machines.`),
    ...unmapped.map(([production]) => `The config has no port ${production}: --port ${production}=… is not used.`),
    ...listeners.filter(({ exposed }) => exposed).map(({ url }) => `${url} can be reached from other machines (--expose).`)
  ]
}

function portOfConfigForScreens(port: number): SwitchyardError {
  return new SwitchyardError('port-in-use', `Port ${port}, for the screens, is one that the config is served on.`, {
    hint: 'Choose another with --ui=[ADDRESS:]PORT, or none with --no-ui.'
  })
}
function screensHaveIt({ hint }: SwitchyardError, port: number | null): SwitchyardError {
  return new SwitchyardError('port-in-use', `Port ${port} is the one that the screens of this run have (--ui).`, {
    ...(hint === undefined ? {} : { hint })
  })
}

function isLoopback(address: string): boolean {
  return address === '::1' || address === 'localhost' || (isIPv4(address) && address.startsWith('127.'))
}

function openInBrowser(url: string): void {
  const [command, ...first] = process.platform === 'darwin' ? ['open'] : process.platform === 'win32' ? ['explorer.exe'] : ['xdg-open']
  // No browser is no fault: the address stands in the terminal.
  spawn(command, [...first, url], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref()
}
