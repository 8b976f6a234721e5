import { spawn } from 'node:child_process'
import { SwitchyardError, asSwitchyardError } from '../../shared/errors.js'
import type { ConfigSource } from '../../shared/site.js'
import type { Finding } from '../../shared/trace.js'
import { ControlServer } from '../host/control/control-server.js'
import { Host } from '../host/host.js'
import { routesConfig } from '../host/routes-config.js'
import type { ServeSpec, Served } from '../host/serve-spec.js'
import { readDefine, readPlace, readPortMap, readWords } from './arguments.js'
import { dataFolder } from './data-folder.js'
import { Demo } from './demo.js'
import { readDialect } from './dialect-option.js'
import { findingText, sayError } from './print.js'

export const serveHelp = `switchyard [serve] [CONFIG…]    serves an Apache config or a switchyard.json on this machine

  CONFIG                        several files of one kind are one site, in order; without any, and
                                without --route, a demo behind wss://localhost:8443/demo/
  --dialect apache|switchyard   say what it is; otherwise detected
  --route '/ws/=ws://127.0.0.1:3000/'   a route without any file (repeatable)
  --listen=[ADDR:]PORT          where routes listen (8080), or a config that names no port
  --tls=PORT                    the same, over TLS
  --map NAME[:PORT]=ADDR:PORT   connects to a local backend for a production one (repeatable)
  --port 443=8443               serves the config's port 443 on 8443 (repeatable)
  --expose                      binds addresses as written; otherwise loopback alone
  --keep-ports                  leaves mapped ports in Location as they are
  -D, --define NAME[=VALUE]     as httpd's -D (repeatable)
  --lenient                     starts without the directives that are not modelled yet
  --capture FILE | off          where traffic is stored; default: a new session in the data folder
  --ui=[ADDR:]PORT              where the screens' port is; default: any free one. --no-ui: none
  --ui-host NAME                a host name that the screens' port answers to as well (repeatable)
  --open                        opens the screens in the browser
  --data DIR                    authorities, captures and settings (or SWITCHYARD_DATA)
  --json                        events as NDJSON

Prints 'listening URL' for each listener, then 'screens URL', then 'ready'.
SIGINT and SIGTERM stop it at once, SIGQUIT when the last exchange is over, SIGHUP reloads the config.
`

const options = {
  dialect: { type: 'string' },
  route: { type: 'string', multiple: true },
  listen: { type: 'string', multiple: true },
  tls: { type: 'string', multiple: true },
  map: { type: 'string', multiple: true },
  port: { type: 'string', multiple: true },
  expose: { type: 'boolean' },
  'keep-ports': { type: 'boolean' },
  define: { type: 'string', short: 'D', multiple: true },
  lenient: { type: 'boolean' },
  capture: { type: 'string' },
  ui: { type: 'string' },
  'no-ui': { type: 'boolean' },
  'ui-host': { type: 'string', multiple: true },
  open: { type: 'boolean' },
  data: { type: 'string' },
  json: { type: 'boolean' }
} as const

type Values = ReturnType<typeof readWords<typeof options>>['values']

const demoPort = 8443

/** @returns the exit code, once it has stopped. */
export async function serve(words: readonly string[]): Promise<number> {
  const { values, positionals } = readWords('serve', words, options)
  const routes = values.route ?? []
  if (routes.length > 0 && positionals.length > 0) {
    throw new SwitchyardError('bad-argument', '--route cannot stand beside a config file.', {
      hint: 'Put the route into the file, or leave the file out.'
    })
  }
  const demo = routes.length === 0 && positionals.length === 0 ? new Demo() : null
  const inline = demo !== null ? await demo.start(portOf(values) ?? demoPort) : routes.length > 0 ? routesSource(routes, values) : null
  const run = new ServeRun(readSpec(values, positionals, inline), values)
  try {
    return await run.untilStopped()
  } finally {
    await demo?.close()
  }
}

/** One run of the command: from the first line printed to the last tunnel closed. */
class ServeRun {
  readonly #spec: ServeSpec
  readonly #values: Values
  readonly #json: boolean
  #host: Host | null = null
  #control: ControlServer | null = null
  #stopping: Promise<number> | null = null
  #finished!: (code: number) => void
  readonly #finishing = new Promise<number>((resolve) => (this.#finished = resolve))

  constructor(spec: ServeSpec, values: Values) {
    this.#spec = spec
    this.#values = values
    this.#json = values.json === true
  }

  async untilStopped(): Promise<number> {
    const letGo = this.#hearSignals()
    try {
      const started = await this.#start()
      if (started !== 0) return started
      return await this.#finishing
    } finally {
      letGo()
      await this.#close()
    }
  }

  async #start(): Promise<number> {
    const { capture } = this.#values
    this.#host = await Host.start({
      dataDir: dataFolder(this.#values.data),
      capture: capture === 'off' ? 'off' : capture === undefined ? 'session' : { file: capture },
      onFailed: (error) => {
        sayError(error, this.#json)
        this.#finished(70)
      }
    })
    const served = await this.#host.serve(this.#spec)
    this.#sayFindings(served.findings)
    if (served.error !== null) throw asError(served)
    if (this.#values['no-ui'] !== true) await this.#startControl(this.#host)
    for (const { url } of served.listeners) this.#say({ event: 'listening', url }, `listening ${url}`)
    for (const { url, exposed } of served.listeners) if (exposed) this.#warn(`${url} is reachable from other machines (--expose).`)
    if (this.#control !== null) this.#say({ event: 'screens', url: this.#control.url }, `screens ${this.#control.url}`)
    this.#say({ event: 'ready' }, 'ready')
    if (this.#values.open === true && this.#control !== null) openInBrowser(this.#control.url)
    return 0
  }

  async #startControl(host: Host): Promise<void> {
    const place = this.#values.ui === undefined ? { address: '127.0.0.1', port: 0 } : readPlace('ui', this.#values.ui)
    this.#control = new ControlServer({ ...place, hostNames: this.#values['ui-host'] ?? [], onScreen: (transport) => host.join(transport) })
    await this.#control.start()
  }

  #hearSignals(): () => void {
    const stop = (): void => this.#stop('now')
    const quit = (): void => this.#stop('graceful')
    const reload = (): void => void this.#reload()
    process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', reload)
    if (process.platform !== 'win32') process.on('SIGQUIT', quit)
    return () => void process.off('SIGINT', stop).off('SIGTERM', stop).off('SIGQUIT', quit).off('SIGHUP', reload)
  }

  /** Asked twice, the second way counts: who waits for tunnels may lose patience. */
  #stop(how: 'now' | 'graceful'): void {
    const stopping = (this.#host?.stop(how) ?? Promise.resolve()).then(() => 0)
    if (this.#stopping === null) stopping.then(this.#finished, () => this.#finished(70))
    this.#stopping ??= stopping
  }

  async #reload(): Promise<void> {
    if (this.#host === null) return
    const served = await this.#host.reload().catch((thrown: unknown) => asSwitchyardError(thrown))
    if (served instanceof SwitchyardError) return void sayError(served, this.#json)
    this.#sayFindings(served.findings)
    if (served.error !== null) return void sayError(asError(served), this.#json)
    this.#say({ event: 'reloaded', generation: served.config?.generation }, `reloaded, config ${served.config?.generation}`)
  }

  async #close(): Promise<void> {
    await this.#control?.close()
    await this.#host?.close()
  }

  #sayFindings(findings: readonly Finding[]): void {
    for (const finding of findings) {
      if (this.#json) this.#say({ event: 'finding', ...finding }, '')
      else process.stderr.write(`${findingText(finding)}\n`)
    }
  }
  #warn(text: string): void {
    if (this.#json) this.#say({ event: 'warning', message: text }, '')
    else process.stderr.write(`warning: ${text}\n`)
  }
  #say(event: object, text: string): void {
    process.stdout.write(this.#json ? `${JSON.stringify(event)}\n` : `${text}\n`)
  }
}

function readSpec(values: Values, files: readonly string[], inline: ConfigSource | null): ServeSpec {
  return {
    files,
    inline,
    dialect: readDialect(values.dialect),
    defines: (values.define ?? []).map(readDefine),
    lenient: values.lenient === true,
    listen: listenOf(values),
    ports: (values.port ?? []).map(readPortMap),
    expose: values.expose === true,
    keepPorts: values['keep-ports'] === true,
    maps: values.map ?? []
  }
}

function listenOf(values: Values): ServeSpec['listen'] {
  return [
    ...(values.listen ?? []).map((text) => ({ ...readPlace('listen', text), tls: false })),
    ...(values.tls ?? []).map((text) => ({ ...readPlace('tls', text), tls: true }))
  ]
}

function portOf(values: Values): number | undefined {
  return listenOf(values)[0]?.port
}

function routesSource(routes: readonly string[], values: Values): ConfigSource {
  const listen = listenOf(values)
  return routesConfig(routes, listen.length > 0 ? listen : [{ address: '127.0.0.1', port: 8080, tls: false }])
}

function asError({ error }: Served): SwitchyardError {
  const { code, message, hint } = error as NonNullable<Served['error']>
  return new SwitchyardError(code, message, hint === undefined ? {} : { hint })
}

function openInBrowser(url: string): void {
  const [command, ...first] = process.platform === 'darwin' ? ['open'] : process.platform === 'win32' ? ['explorer.exe'] : ['xdg-open']
  // No browser is no fault: the address stands in the terminal.
  spawn(command as string, [...first, url], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref()
}
