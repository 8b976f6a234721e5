/** Names of close codes: RFC 6455 §7.4.1 and IANA's WebSocket Close Code Number registry, its short words written out. */
const names: Readonly<Record<number, string>> = {
  1000: 'Normal closure',
  1001: 'Going away',
  1002: 'Protocol error',
  1003: 'Unsupported data',
  1004: 'Reserved',
  1005: 'No status received',
  1006: 'Abnormal closure',
  1007: 'Invalid frame payload data',
  1008: 'Policy violation',
  1009: 'Message too big',
  1010: 'Mandatory extension',
  1011: 'Internal error',
  1012: 'Service restart',
  1013: 'Try again later',
  1014: 'Bad gateway',
  1015: 'TLS handshake',
  3000: 'Unauthorized',
  3003: 'Forbidden',
  3008: 'Timeout'
}
/** Ranges by the code below which each ends (RFC 6455 §7.4.2). */
const ranges = [
  [1000, 'Not used'],
  [3000, 'Reserved for the protocol'],
  [4000, 'Of a library or framework'],
  [5000, 'For private use']
] as const

/** `Message too big`; for a code without a name the range that it stands in. */
export function closeName(code: number): string {
  return names[code] ?? ranges.find(([end]) => code < end)?.[1] ?? 'Not a close code'
}
