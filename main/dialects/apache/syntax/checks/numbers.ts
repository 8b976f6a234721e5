/** C's atoi: leading blanks, a sign, digits; 0 where there are none. Held to 32 bits. */
export function atoi(text: string): number {
  const digits = /^[\t-\r ]*([+-]?\d+)/.exec(text)?.[1]
  return digits === undefined ? 0 : Number(BigInt.asIntN(32, BigInt.asIntN(64, BigInt(digits.replace('+', '')))))
}

const unitMs: Readonly<Record<string, number>> = { h: 3_600_000, s: 1000, mi: 60_000, ms: 1 }

/**
 * ap_timeout_parameter_parse: digits and a unit (`ms`, `s`, `mi`, `h`, of which just the first letters count), in
 * milliseconds. Null where it has another form or is below 0.
 */
export function duration(text: string, unit: 's' | 'ms'): number | null {
  const [, digits = '', written = ''] = /^[\t-\r ]*([+-]?\d*)(.*)$/s.exec(text) ?? []
  const named = written === '' ? unit : written
  const factor = unitMs[named.startsWith('m') ? named.slice(0, 2) : named.slice(0, 1)]
  const count = Number(digits === '' ? 0 : digits)
  return factor === undefined || Number.isNaN(count) || count < 0 ? null : count * factor
}
