import type { Field } from './field-rows.js'

export interface Check {
  readonly tone: 'ok' | 'bad' | 'neutral'
  readonly text: string
}
type Fields = readonly Field[]

/** GUID of RFC 6455 §1.3. */
const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** What Sec-WebSocket-Accept must be for a key (RFC 6455 §4.2.2); null: this page may not compute it (no secure origin). */
export async function acceptOf(key: string): Promise<string | null> {
  if (globalThis.crypto?.subtle === undefined) return null
  const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(key.trim() + guid))
  return btoa(String.fromCharCode(...new Uint8Array(digest)))
}

/** All values of a field, joined as RFC 9110 §5.3 has it; null: it is not there. */
export function valueOf(fields: Fields, name: string): string | null {
  const values = fields.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value)
  return values.length === 0 ? null : values.join(', ')
}

/** What a handshake came to, from the request as the backend got it and its answer. `expected`: of {@link acceptOf}. */
export function handshakeChecks(request: Fields, response: Fields, status: number, expected: string | null): Check[] {
  if (status !== 101) return []
  return [acceptCheck(response, expected), protocolCheck(request, response), extensionCheck(request, response)].filter(
    (check) => check !== null
  )
}

function acceptCheck(response: Fields, expected: string | null): Check | null {
  const accept = valueOf(response, 'sec-websocket-accept')
  if (accept === null) return { tone: 'bad', text: 'Sec-WebSocket-Accept is missing' }
  if (expected === null) return null
  if (accept.trim() === expected) return { tone: 'ok', text: 'Sec-WebSocket-Accept matches the key' }
  return { tone: 'bad', text: `Sec-WebSocket-Accept does not match the key: ${expected} was due` }
}

function protocolCheck(request: Fields, response: Fields): Check | null {
  const offered = listOf(valueOf(request, 'sec-websocket-protocol'))
  const chosen = valueOf(response, 'sec-websocket-protocol')?.trim() ?? null
  if (chosen === null) return offered.length === 0 ? null : { tone: 'neutral', text: `no subprotocol chosen of ${offered.join(', ')}` }
  if (!offered.includes(chosen)) return { tone: 'bad', text: `subprotocol ${chosen} was not offered` }
  return { tone: 'ok', text: offered.length === 1 ? `subprotocol ${chosen}` : `subprotocol ${chosen}, of ${offered.length} offered` }
}

function extensionCheck(request: Fields, response: Fields): Check | null {
  const offered = namesOf(valueOf(request, 'sec-websocket-extensions'))
  const agreed = namesOf(valueOf(response, 'sec-websocket-extensions'))
  const alien = agreed.filter((name) => !offered.includes(name))
  if (alien.length > 0) return { tone: 'bad', text: `extension ${alien.join(', ')} was not offered` }
  if (agreed.length > 0) return { tone: 'ok', text: `speaks ${agreed.join(', ')}` }
  return offered.length === 0 ? null : { tone: 'neutral', text: `${offered.join(', ')} not accepted` }
}

function namesOf(value: string | null): string[] {
  return [...new Set(listOf(value).map((each) => (each.split(';')[0] ?? '').trim()))]
}
function listOf(value: string | null): string[] {
  return (value ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
}
