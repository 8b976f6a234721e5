/**
 * What a request's `X-Act` field tells the recorder to do: `flag;flag=value;h=Name:value`, values percent-encoded.
 * README.md lists the flags.
 */
export interface Act {
  readonly flags: Readonly<Record<string, string>>
  /** Further fields of the answer, `Name:value`. */
  readonly fields: readonly string[]
}

/** A flag without a value has the value ''. */
export function parseAct(text: string | undefined): Act {
  const parts = (text ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(keyAndValue)
  return {
    flags: Object.fromEntries(parts.filter(([key]) => key !== 'h')),
    fields: parts.filter(([key]) => key === 'h').map(([, value]) => value)
  }
}

function keyAndValue(part: string): [key: string, value: string] {
  const equals = part.indexOf('=')
  return equals < 0 ? [part, ''] : [part.slice(0, equals), decoded(part.slice(equals + 1))]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The number that a flag gives; `fallback` when it stands there without a value or not at all. */
export function flagNumber(act: Act, flag: string, fallback = 0): number {
  const value = act.flags[flag]
  return value === undefined || value === '' ? fallback : Number(value)
}
