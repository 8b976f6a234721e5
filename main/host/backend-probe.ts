import { connect, isIP } from 'node:net'
import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Replies } from '../../shared/contract.js'

const withinMs = 3000

/** Whether somebody listens there: one connection, and a handshake where TLS is asked for. Nothing is sent but that. */
export function probe(host: string, port: number, tls: boolean, signal: AbortSignal): Promise<Replies['backend.probe']> {
  const startedAt = performance.now()
  return new Promise((resolve) => {
    const socket = open(host, port, tls)
    const done = (why: string | null): void => {
      clearTimeout(late)
      signal.removeEventListener('abort', giveUp)
      socket.destroy()
      resolve({ reachable: why === null, ms: Math.round(performance.now() - startedAt), why })
    }
    const giveUp = (): void => done('it was not waited for')
    const late = setTimeout(() => done(`it did not answer within ${withinMs / 1000} s`), withinMs)
    signal.addEventListener('abort', giveUp, { once: true })
    socket.once(tls ? 'secureConnect' : 'connect', () => done(null))
    socket.on('error', (error: NodeJS.ErrnoException) => done(plainly(error, tls)))
    socket.once('close', () => done('it closed the connection'))
  })
}

/** Any certificate will do: whether it is trusted is the route's matter. */
function open(host: string, port: number, tls: boolean): Socket {
  if (!tls) return connect({ host, port })
  return connectTls({ host, port, rejectUnauthorized: false, ...(isIP(host) === 0 ? { servername: host } : {}) })
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'its name could not be looked up',
  ETIMEDOUT: 'it did not answer',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that network',
  ECONNRESET: 'it closed the connection',
  EACCES: 'this machine does not allow it',
  EPERM: 'this machine does not allow it'
}
function plainly({ code = '', message }: NodeJS.ErrnoException, tls: boolean): string {
  const known = reasons[code]
  if (known !== undefined) return tls && code === 'ECONNRESET' ? 'it closed the connection in the handshake' : known
  return tls ? `TLS failed: ${message.split('\n')[0] ?? ''}` : message
}
