import { closeName } from './close-codes.js'

/** They stand for what came to pass without a code (RFC 6455 §7.4.1). */
const neverSent = new Set([1004, 1005, 1006, 1015])

export interface ClosePayload {
  /** null: the frame is empty, which stands for 1005. */
  readonly code: number | null
  readonly name: string
  readonly reason: string
  /** What RFC 6455 §5.5.1 or §7.4 forbids about it; null: nothing. */
  readonly wrong: string | null
}

/** Reads the payload of a Close frame: two bytes of code, then UTF-8 (RFC 6455 §5.5.1). */
export function readClose(bytes: Uint8Array): ClosePayload {
  if (bytes.length === 0) return { code: null, name: 'No code: the frame is empty', reason: '', wrong: null }
  if (bytes.length === 1)
    return { code: null, name: 'Half a code', reason: '', wrong: 'One byte is too short for a close code (RFC 6455 §5.5.1).' }
  const code = ((bytes[0] as number) << 8) | (bytes[1] as number)
  const reason = new TextDecoder().decode(bytes.subarray(2))
  return { code, name: closeName(code), reason, wrong: wrongOf(code, bytes) }
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
