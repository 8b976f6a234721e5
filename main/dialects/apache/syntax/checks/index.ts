import type { Check } from '../walking/call.js'

/** Rules of single directives, by lower-case name. */
export const checks: ReadonlyMap<string, Check> = new Map<string, Check>([])
