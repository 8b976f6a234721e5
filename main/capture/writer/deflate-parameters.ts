/** What a handshake agreed on for compression (RFC 7692 §7.1). */
export interface DeflateParameters {
  /** Whether each message of the client, or of the server, begins with an empty window. */
  readonly clientNoContextTakeover: boolean
  readonly serverNoContextTakeover: boolean
  /** Window sizes as powers of two, 8 to 15. */
  readonly clientMaxWindowBits: number
  readonly serverMaxWindowBits: number
}

/** Reads the `Sec-WebSocket-Extensions` of a 101. null: permessage-deflate was not agreed on. */
export function deflateParameters(extensions: string | null): DeflateParameters | null {
  const agreed = (extensions ?? '').split(',').find((extension) => /^\s*permessage-deflate\s*(;|$)/i.test(extension))
  if (agreed === undefined) return null
  const parameters = new Map<string, string>()
  for (const parameter of agreed.split(';').slice(1)) {
    const [name = '', value = ''] = parameter.split('=')
    parameters.set(name.trim().toLowerCase(), value.trim().replace(/^"(.*)"$/, '$1'))
  }
  return {
    clientNoContextTakeover: parameters.has('client_no_context_takeover'),
    serverNoContextTakeover: parameters.has('server_no_context_takeover'),
    clientMaxWindowBits: windowBits(parameters.get('client_max_window_bits')),
    serverMaxWindowBits: windowBits(parameters.get('server_max_window_bits'))
  }
}

function windowBits(value: string | undefined): number {
  const bits = Number(value)
  return Number.isInteger(bits) && bits >= 8 && bits <= 15 ? bits : 15
}
