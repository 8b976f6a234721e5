/** Names of close codes (RFC 6455 §7.4.1 and IANA's registry). */
const names: Readonly<Record<number, string>> = {
  1000: 'Normal closure',
  1001: 'Going away',
  1002: 'Protocol error',
  1003: 'Unsupported data',
  1005: 'No code given',
  1006: 'no Close frame',
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

/** `1009 Message too big`; codes without a name say whose they are. */
export function closeName(code: number): string {
  if (names[code] !== undefined) return names[code]
  if (code >= 3000 && code < 4000) return 'of a library'
  if (code >= 4000 && code < 5000) return 'of the application'
  return 'not a known code'
}

/** Nothing went wrong: done, or somebody left. */
export function isGoodClose(code: number): boolean {
  return code === 1000 || code === 1001 || code === 1005
}
