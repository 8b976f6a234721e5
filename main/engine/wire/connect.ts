import { lookup } from 'node:dns/promises'
import net from 'node:net'
import type { Failure, FailureCause, Target } from '../../../shared/steps.js'
import { secureOrigin } from './origin-tls.js'
import { Intake, giveReadBuffer } from './read-buffers.js'
import { SocketWire, plainParts } from './socket-wire.js'
import type { Wire } from './wire.js'

export interface ConnectOptions {
  /** For each address, and for the TLS handshake behind it. 0: as long as the system tries. */
  readonly connectMs: number
  /** 4 or 6: names are resolved to that family alone. */
  readonly family?: 4 | 6
  readonly signal?: AbortSignal
}
export type Connected = { readonly wire: Wire } | { readonly failure: Failure }
export interface Connecting {
  /** Never rejects. The wire reads nothing before `resume`. */
  readonly result: Promise<Connected>
  /** Gives up: `result` is a failure, unless the wire was there already. */
  cancel(): void
}

/**
 * Connects to an origin server: the addresses of its name one after another, in the system's order, as servers do; then
 * TLS where the target asks for it.
 *
 * @param address where to connect (a `--map` may differ from what `target` names; what TLS checks stays).
 */
export function connectOrigin(
  target: Target,
  address: { readonly host: string; readonly port: number },
  options: ConnectOptions
): Connecting {
  const giveUp = new AbortController()
  const cancel = (): void => giveUp.abort()
  options.signal?.addEventListener('abort', cancel, { once: true })
  if (options.signal?.aborted === true) cancel()
  const result = connect(target, address, options, giveUp.signal)
    .catch((thrown: unknown): Connected => ({ failure: badTarget(target, thrown) }))
    .finally(() => options.signal?.removeEventListener('abort', cancel))
  return { result, cancel }
}

async function connect(
  target: Target,
  address: { readonly host: string; readonly port: number },
  options: ConnectOptions,
  signal: AbortSignal
): Promise<Connected> {
  if (target.path !== undefined) return connectOne(target, { path: target.path, name: target.path }, options, signal)
  const places = await placesOf(address, options)
  if ('failure' in places) return places
  let last: Connected = cancelled(address.host)
  for (const place of places) {
    if (signal.aborted) return cancelled(place.name)
    last = await connectOne(target, place, options, signal)
    // A wire that is there, or a peer that TLS failed with: another address would not better that.
    if ('wire' in last || last.failure.cause === 'tls') return last
  }
  return last
}

/** Where one attempt goes. `name`: as a message says it. */
type Place = { readonly name: string } & ({ readonly path: string } | { readonly host: string; readonly port: number })

async function placesOf(
  { host, port }: { readonly host: string; readonly port: number },
  options: ConnectOptions
): Promise<readonly Place[] | { readonly failure: Failure }> {
  if (net.isIP(host) !== 0) return [{ host, port, name: hostPort(host, port) }]
  try {
    const found = await lookup(host, { all: true, verbatim: true, ...(options.family === undefined ? {} : { family: options.family }) })
    return found.map(({ address }) => ({ host: address, port, name: `${hostPort(address, port)} (${host})` }))
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException
    const message = `The name ${host} cannot be resolved${code === undefined ? '' : ` (${code})`}.`
    return { failure: { cause: 'dns', message, ...(code === undefined ? {} : { systemCode: code }) } }
  }
}

async function connectOne(target: Target, place: Place, options: ConnectOptions, signal: AbortSignal): Promise<Connected> {
  const intake = target.tls === null ? new Intake() : null
  const opened = await open(place, intake, options, signal)
  if ('failure' in opened) {
    // The handle is gone by now, so nothing reads into it any more.
    if (intake !== null) giveReadBuffer(intake.current)
    return opened
  }
  if (target.tls === null) return { wire: new SocketWire(opened.socket, plainParts, intake) }
  return secureOrigin(opened.socket, target.tls, place.name, options.connectMs, signal)
}

function open(
  place: Place,
  intake: Intake | null,
  { connectMs }: ConnectOptions,
  signal: AbortSignal
): Promise<{ readonly socket: net.Socket } | { readonly failure: Failure }> {
  return new Promise((resolve) => {
    const where = 'path' in place ? { path: place.path } : { host: place.host, port: place.port, autoSelectFamily: false }
    const socket = net.connect({
      ...where,
      noDelay: true,
      allowHalfOpen: true,
      ...(intake === null ? {} : { onread: intake })
    } as net.NetConnectOpts)
    let failure: Failure | null = null
    const fail = (because: Failure): void => {
      failure ??= because
      socket.destroy()
    }
    const timer = connectMs > 0 ? setTimeout(() => fail(timedOut(place.name, connectMs)), connectMs) : undefined
    const abort = (): void => fail(cancelled(place.name).failure)
    const settle = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
    }
    const onError = (error: NodeJS.ErrnoException): void => fail(failureOf(error, place.name))
    const onClose = (): void => {
      settle()
      resolve({ failure: failure ?? { cause: 'unreachable', message: `${place.name} closed before it was connected.` } })
    }
    signal.addEventListener('abort', abort)
    socket.on('error', onError)
    socket.on('close', onClose)
    // Reading begins when the wire is told to.
    socket.pause()
    socket.once('connect', () => {
      settle()
      if (failure !== null) return
      socket.off('error', onError)
      socket.off('close', onClose)
      resolve({ socket })
    })
  })
}

/** What an error of the system means for a connect. */
export function failureOf(error: NodeJS.ErrnoException, name: string): Failure {
  const code = error.code ?? ''
  const known = connectErrors[code]
  const says = known?.says ?? `cannot be reached (${code || error.message})`
  return { cause: known?.cause ?? 'unreachable', message: `${name} ${says}.`, ...(code === '' ? {} : { systemCode: code }) }
}

const connectErrors: Readonly<Partial<Record<string, { readonly cause: FailureCause; readonly says: string }>>> = {
  ECONNREFUSED: { cause: 'refused', says: 'refused the connection: nothing listens there' },
  ENOENT: { cause: 'refused', says: 'does not exist' },
  ETIMEDOUT: { cause: 'connectTimedOut', says: 'did not answer in the time that the system allows' },
  EHOSTUNREACH: { cause: 'unreachable', says: 'cannot be reached: there is no way to that host' },
  ENETUNREACH: { cause: 'unreachable', says: 'cannot be reached: there is no way to that network' }
}

function timedOut(name: string, ms: number): Failure {
  return { cause: 'connectTimedOut', message: `${name} did not answer a connection within ${ms} ms.`, systemCode: 'ETIMEDOUT' }
}

function cancelled(name: string): { readonly failure: Failure } {
  return { failure: { cause: 'unreachable', message: `Connecting to ${name} was given up.`, systemCode: 'ECANCELED' } }
}

function badTarget(target: Target, thrown: unknown): Failure {
  const says = thrown instanceof Error ? thrown.message : String(thrown)
  return { cause: 'badTarget', message: `${target.path ?? hostPort(target.host, target.port)} is nothing to connect to: ${says}.` }
}

function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
