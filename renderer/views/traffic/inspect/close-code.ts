/** What close codes mean (RFC 6455 §7.4.1, IANA's WebSocket Close Code registry). */
const names: Readonly<Record<number, string>> = {
  1000: 'Normal closure',
  1001: 'Going away',
  1002: 'Protocol error',
  1003: 'Unsupported data',
  1004: 'Reserved',
  1005: 'No status received',
  1006: 'Abnormal closure',
  1007: 'Invalid payload data',
  1008: 'Policy violation',
  1009: 'Message too big',
  1010: 'Extension missing',
  1011: 'Internal error',
  1012: 'Service restart',
  1013: 'Try again later',
  1014: 'Bad gateway',
  1015: 'TLS handshake failed'
}
const neverSent = new Set([1004, 1005, 1006, 1015])

export interface ClosePayload {
  /** null: the frame is empty, which stands for 1005. */
  readonly code: number | null
  readonly name: string
  readonly reason: string
  /** What RFC 6455 §5.5.1 or §7.4 forbids about it; null: nothing. */
  readonly wrong: string | null
}

/** `Message too big`; for codes without a name the range that they stand in (RFC 6455 §7.4.2). */
export function closeCodeName(code: number): string {
  const name = names[code]
  if (name !== undefined) return name
  if (code < 1000) return 'Not a close code'
  if (code < 3000) return 'Reserved for the protocol'
  if (code < 4000) return 'Of a library or framework'
  return code < 5000 ? 'Of the application' : 'Not a close code'
}

/** Reads the payload of a Close frame: two bytes of code, then UTF-8 (RFC 6455 §5.5.1). */
export function readClose(bytes: Uint8Array): ClosePayload {
  if (bytes.length === 0) return { code: null, name: 'No code: the frame is empty', reason: '', wrong: null }
  if (bytes.length === 1)
    return { code: null, name: 'Half a code', reason: '', wrong: 'One byte is too short for a close code (RFC 6455 §5.5.1).' }
  const code = ((bytes[0] as number) << 8) | (bytes[1] as number)
  const reason = new TextDecoder().decode(bytes.subarray(2))
  return { code, name: closeCodeName(code), reason, wrong: wrongOf(code, bytes) }
}

function wrongOf(code: number, bytes: Uint8Array): string | null {
  if (neverSent.has(code)) return `${code} must never stand in a Close frame (RFC 6455 §7.4.1).`
  if (code < 1000 || code >= 5000) return `${code} is outside of 1000 to 4999 (RFC 6455 §7.4.2).`
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(2))
    return null
  } catch {
    return 'The reason is not valid UTF-8 (RFC 6455 §5.5.1).'
  }
}
