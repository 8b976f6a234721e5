import * as v from 'valibot'
import { settingsEntries } from '../../../shared/settings.js'
import type { Settings } from '../../../shared/settings.js'

type NumberKey = { [Key in keyof Settings]: Settings[Key] extends number ? Key : never }[keyof Settings]

/** What was typed as a setting's number, or what is wrong with it. */
export function readNumber(key: NumberKey, typed: string): { readonly value: number } | { readonly wrong: string } {
  const text = typed.trim().replaceAll(/[,_ ]/g, '')
  if (!/^\d+$/.test(text)) return { wrong: 'A whole number is needed.' }
  const parsed = v.safeParse(settingsEntries[key], Number(text))
  if (parsed.success) return { value: parsed.output }
  const issue = parsed.issues[0]
  const limit = typeof issue.requirement === 'number' ? issue.requirement.toLocaleString('en-US') : ''
  if (issue.type === 'min_value') return { wrong: `At least ${limit}.` }
  return { wrong: issue.type === 'max_value' ? `At most ${limit}.` : issue.message }
}
