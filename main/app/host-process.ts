import type { MessagePortMain, ParentPort } from 'electron'
import { pathToFileURL } from 'node:url'
import { sep } from 'node:path'
import { asSwitchyardError } from '../../shared/errors.js'
import { MessagePortTransport } from '../host/control/message-port-transport.js'
import { Host } from '../host/host.js'
import type { FromHost, HostStart, ToHost } from './host-messages.js'

/** Longest that the end waits for the main process to have heard the cause. */
const heardWithinMs = 1000

/**
 * The engine's process in the app: a host and its threads, joined by one port a window. It ends with the cause when a
 * thread dies or anything was not caught, and is started again by the main process (engine-process.ts).
 */
class HostProcess {
  readonly #parent: ParentPort
  #host: Host | null = null
  /** Screens that came before there was a host. */
  #early: MessagePortMain[] = []
  #ending = false

  constructor(parent: ParentPort) {
    this.#parent = parent
    parent.on('message', ({ data, ports }) => this.#heard(data as ToHost, ports))
    // A terminal's Ctrl-C reaches every process of the app: the main one says when to stop.
    for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {})
    process.on('uncaughtException', (thrown) => this.#fail(thrown))
    process.on('unhandledRejection', (thrown) => this.#fail(thrown))
  }

  #heard(message: ToHost, ports: readonly MessagePortMain[]): void {
    if ('start' in message) void this.#start(message.start).catch((thrown: unknown) => this.#fail(thrown))
    else if ('join' in message) ports.forEach((port) => this.#join(port))
    else if ('stop' in message) void this.#stop()
    else process.exit(70)
  }

  async #start({ dataDir, capture, serve, threads, command }: HostStart): Promise<void> {
    const host = await Host.start({
      dataDir,
      capture,
      onFailed: (error) => this.#fail(error),
      onWarning: (warning) => this.#tell({ warning }),
      ...(command === null ? {} : { command }),
      ...(threads === null ? {} : { threads: pathToFileURL(threads.endsWith(sep) ? threads : threads + sep) })
    })
    this.#host = host
    this.#tell({ capturing: host.capture?.file ?? null })
    this.#early.splice(0).forEach((port) => join(host, port))
    await this.#serve(host, serve).catch((thrown: unknown) => this.#tell({ warning: asSwitchyardError(thrown).message }))
  }

  /** A config that is refused stands in the status, where the screens and the tray find it. */
  async #serve(host: Host, serve: HostStart['serve']): Promise<void> {
    const { configs } = host
    const served =
      serve === 'last' ? ((await host.resume()) ?? (await configs.openRoutes({ routes: [] }))) : await configs.open({ files: [...serve] })
    if (serve !== 'last') await host.keepRecent(served.opened)
    this.#tell({ serving: true })
  }

  #join(port: MessagePortMain): void {
    if (this.#host === null) this.#early.push(port)
    else join(this.#host, port)
  }

  async #stop(): Promise<void> {
    if (this.#ending) return
    this.#ending = true
    try {
      await this.#host?.close()
    } finally {
      process.exit(0)
    }
  }

  /** Ends when the main process has heard why; what fails on the way to the end has nothing to add. */
  #fail(thrown: unknown): void {
    if (this.#ending) return
    this.#ending = true
    const error = asSwitchyardError(thrown)
    if (error.code === 'internal') console.error(error.cause)
    this.#tell({ failed: error.toPlain() })
    setTimeout(() => process.exit(70), heardWithinMs)
  }

  #tell(message: FromHost): void {
    this.#parent.postMessage(message)
  }
}

function join(host: Host, port: MessagePortMain): void {
  host.join(
    new MessagePortTransport(port, (onMessage, onClose) => {
      port.on('message', ({ data }) => onMessage(data))
      port.on('close', onClose)
      port.start()
    })
  )
}

new HostProcess(process.parentPort)
