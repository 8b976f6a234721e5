import type { ClientRequestArgs } from 'node:http'
import { connect as connectPlain, isIP } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { ConnectionOptions } from 'node:tls'
import type { Place } from './arguments.js'

/**
 * How a client connects that goes to another place than its URL names, as curl's `--connect-to` does: nothing but the address changes
 * (Host, SNI and the names checked stay).
 */
export function connectingTo({ address, port }: Place, secure: boolean): NonNullable<ClientRequestArgs['createConnection']> {
  if (!secure) return () => connectPlain({ host: address, port })
  // `path` would be taken for that of a local socket; it is the request's.
  return ({ path: _, ...asked }) => {
    const name = asked.host ?? ''
    return connectTls({ ...(asked as ConnectionOptions), host: address, port, servername: isIP(name) === 0 ? name : '' })
  }
}
