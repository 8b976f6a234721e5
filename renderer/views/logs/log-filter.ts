/** The chips of the log: words of the filter, so that text and chips never disagree. */
export const logChips = [
  { field: 'level', value: 'error', label: 'Errors' },
  { field: 'level', value: 'warning', label: 'Warnings' },
  { field: 'source', value: 'server', label: 'server' },
  { field: 'source', value: 'access', label: 'access' },
  { field: 'source', value: 'switchyard', label: 'switchyard' }
] as const
export type LogChip = (typeof logChips)[number]

const words = /"[^"]*"?|\/(?:[^/\\]|\\.)*\/\w*|\S+/g

/** What a filter says of a field by a word of its own, `level:error|warning`. null: nothing, or something that no chip says. */
function valuesOf(filter: string, field: string): readonly string[] | null {
  const word = wordOf(filter, field)
  return word === null ? null : word.slice(field.length + 1).split('|')
}
function wordOf(filter: string, field: string): string | null {
  return splitWords(filter).find((word) => word.toLowerCase().startsWith(`${field}:`)) ?? null
}
function splitWords(filter: string): string[] {
  // A quoted text may follow a field and a colon: such words are put together again.
  const parts = [...filter.matchAll(words)]
  return parts.reduce<string[]>((all, { 0: text, index }) => {
    const joined = index > 0 && !/\s/.test(filter[index - 1] as string) && all.length > 0
    return joined ? [...all.slice(0, -1), `${all.at(-1) ?? ''}${text}`] : [...all, text]
  }, [])
}

export function isChipOn(filter: string, { field, value }: LogChip): boolean {
  return valuesOf(filter, field)?.includes(value) ?? false
}

/** The filter with a chip pressed: of chips of one field any may hold. */
export function withChip(filter: string, chip: LogChip): string {
  const { field, value } = chip
  const before = valuesOf(filter, field) ?? []
  const values = before.includes(value) ? before.filter((one) => one !== value) : [...before, value]
  const word = values.length === 0 ? '' : `${field}:${values.join('|')}`
  const old = wordOf(filter, field)
  const all = splitWords(filter)
  const next = old === null ? [...all, word] : all.map((one) => (one === old ? word : one))
  return next.filter((one) => one !== '').join(' ')
}
