import net from 'node:net'
import { SwitchyardError } from '../../../shared/errors.js'
import type { ErrorCode } from '../../../shared/errors.js'
import { SocketWire, plainParts } from '../wire/socket-wire.js'
import type { Wire } from '../wire/wire.js'
import { SecureFront } from './secure.js'
import type { SecureListening } from './secure.js'

export interface ListenOptions {
  readonly address: string
  /** 0: any free port. */
  readonly port: number
  /** The port that the config names, where another one is bound for it: ways out are told by it. Default: `port`. */
  readonly production?: number
  /** Whether this program listens on a port itself. Default: it does not. */
  readonly isOurs?: (port: number) => boolean
  readonly backlog?: number
  /** A connection without TLS. Its owner is set within the call; it reads from then on. */
  readonly onPlain: (wire: Wire) => void
  /** TLS on this port: how to meet each client. Then `onPlain` is not called. */
  readonly secure?: SecureListening
  readonly signal?: AbortSignal
}

export interface Listener {
  readonly address: string
  readonly port: number
  /** Stops accepting; handshakes that are under way end, wires stay. Idempotent. */
  close(): Promise<void>
}

const defaultBacklog = 511

/**
 * Listens on one address. IPv6 is IPv6 alone, so that `::` stands beside `0.0.0.0`.
 *
 * @throws SwitchyardError `port-in-use`, `port-denied`, `address-unknown`.
 */
export async function listen(options: ListenOptions): Promise<Listener> {
  const front = options.secure === undefined ? null : new SecureFront(options.secure)
  const server = net.createServer({ pauseOnConnect: true, noDelay: true, allowHalfOpen: true }, (socket) => {
    if (front === null) accept(socket, options.onPlain)
    else front.accept(socket)
  })
  await opened(server, options)
  const { address, port } = server.address() as net.AddressInfo
  let closing: Promise<void> | null = null
  const close = (): Promise<void> => {
    options.signal?.removeEventListener('abort', onAbort)
    return (closing ??= stopAccepting(server, front))
  }
  const onAbort = (): void => void close()
  options.signal?.addEventListener('abort', onAbort, { once: true })
  if (options.signal?.aborted === true) await close()
  return { address, port, close }
}

function accept(socket: net.Socket, onPlain: (wire: Wire) => void): void {
  const wire = SocketWire.over(socket, plainParts)
  // Emptied of its handle it must end, or its server counts it for ever.
  if (wire.way === 'onread') socket.destroy()
  onPlain(wire)
  wire.start()
}

function opened(server: net.Server, options: ListenOptions): Promise<void> {
  const { address, port, backlog } = options
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => reject(listenError(error, options))
    server.once('error', failed)
    server.listen({ host: address, port, ipv6Only: true, backlog: backlog ?? defaultBacklog }, () => {
      server.off('error', failed)
      // An accept that fails (no file descriptor left) is no reason to stop serving the others.
      server.on('error', () => {})
      resolve()
    })
  })
}

/** The port is free when this returns. Wires that read by 'data' are counted by the server still: they are not waited for. */
function stopAccepting(server: net.Server, front: SecureFront | null): Promise<void> {
  front?.close()
  return new Promise((resolve) => {
    server.close()
    setImmediate(resolve)
  })
}

function listenError(error: NodeJS.ErrnoException, { address, port, production = port, isOurs }: ListenOptions): SwitchyardError {
  const known = listenErrors[error.code ?? '']
  const on = net.isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`
  if (known === undefined) return new SwitchyardError('address-unknown', `Cannot listen on ${on}: ${error.message}.`, { cause: error })
  return new SwitchyardError(known.code, known.says(on, port, isOurs?.(port) === true), {
    hint: known.hint(`--port ${production}=${unprivileged(port)}`),
    cause: error
  })
}

interface ListenTrouble {
  readonly code: ErrorCode
  says(on: string, port: number, ours: boolean): string
  /** @param option maps the port that the config names to one that may be free. */
  hint(option: string): string
}
const listenErrors: Readonly<Partial<Record<string, ListenTrouble>>> = {
  EADDRINUSE: {
    code: 'port-in-use',
    says: (on, port, ours) =>
      ours
        ? `Port ${port} is in use by another listener of this config (${on}). Choose another port for one of them.`
        : `Port ${port} is in use by another program (${on}). Choose another port, or stop it.`,
    hint: (option) => `Serve it on another one: by Ports on the Config screen, ${option} on the command line.`
  },
  EACCES: {
    code: 'port-denied',
    says: (on, port) => `Port ${port} needs rights that this program does not have (${on}). Choose a port above 1023.`,
    hint: (option) => `Serve it on another one: by Ports on the Config screen, ${option} on the command line.`
  },
  EADDRNOTAVAIL: {
    code: 'address-unknown',
    says: (on) => `This machine has no such address: ${on}. Listen on one that it has.`,
    hint: (option) => `For example 127.0.0.1. If its port cannot be served either: ${option}`
  }
}

/** 443 → 8443, 80 → 8080, as people expect them; another port for one that is high already. */
function unprivileged(port: number): number {
  if (port === 80) return 8080
  if (port < 1024) return 8000 + port
  return port < 65_000 ? port + 1 : port - 1
}
