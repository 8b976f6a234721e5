/** Sections that a directive's own function refuses, by lower-case name: bits of walking/context.ts. */
export const forbidden: ReadonlyMap<string, number> = new Map()
