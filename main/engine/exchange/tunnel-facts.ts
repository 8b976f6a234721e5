import { fieldValue, hasMember, listMembers } from '../../../shared/fields.js'
import type { ResponseHead } from '../../../shared/heads.js'
import type { TunnelNote } from '../../../shared/records.js'

/** What the capture needs to read the tunnel: RFC 6455 §4.2.2, RFC 7692 §7. */
export function tunnelFacts({ fields }: ResponseHead): TunnelNote {
  return {
    subprotocol: fieldValue(fields, 'sec-websocket-protocol') ?? null,
    extensions: listMembers(fields, 'sec-websocket-extensions').join(', ') || null,
    websocket: hasMember(fields, 'upgrade', 'websocket')
  }
}
