/**
 * Header fields as they stand on the wire: name, value, name, value, … in their own order and case
 * (the shape Node calls `rawHeaders`). Strings are latin1: one char is one byte, so nothing is lost.
 * A value has no leading or trailing whitespace (RFC 9110 §5.5).
 */
export type Fields = readonly string[]

/** Whether a field name is `lower` in any case. `lower` must be lower case. */
export function isName(name: string, lower: string): boolean {
  return name.length === lower.length && (name === lower || name.toLowerCase() === lower)
}

/** Index of the first field with this name (its value is at +1), or -1. `lower` must be lower case. */
export function indexOfField(fields: Fields, lower: string, from = 0): number {
  for (let i = from; i < fields.length; i += 2) if (isName(fields[i] as string, lower)) return i
  return -1
}

/** Value of the first field with this name, or undefined. `lower` must be lower case. */
export function fieldValue(fields: Fields, lower: string): string | undefined {
  const i = indexOfField(fields, lower)
  return i < 0 ? undefined : fields[i + 1]
}

/** All values of a name, in order. `lower` must be lower case. */
export function fieldValues(fields: Fields, lower: string): string[] {
  const values: string[] = []
  for (let i = indexOfField(fields, lower); i >= 0; i = indexOfField(fields, lower, i + 2)) values.push(fields[i + 1] as string)
  return values
}

/** The members of a comma-separated list over all lines of a name, trimmed, empty ones left out (RFC 9110 §5.6.1). */
export function listMembers(fields: Fields, lower: string): string[] {
  return fieldValues(fields, lower)
    .flatMap((value) => value.split(','))
    .map((member) => member.trim())
    .filter((member) => member !== '')
}

/** Whether a comma-separated list has this member, in any case. `lower` and `member` must be lower case. */
export function hasMember(fields: Fields, lower: string, member: string): boolean {
  for (let i = indexOfField(fields, lower); i >= 0; i = indexOfField(fields, lower, i + 2)) {
    const value = fields[i + 1] as string
    if (isName(value, member)) return true
    if (value.includes(',') && value.split(',').some((one) => isName(one.trim(), member))) return true
  }
  return false
}
