import { isName } from '../../../shared/fields.js'
import type { ReadFieldEdits } from './read-config.js'

/** Changes to the fields of a head, ready to be made: names to drop in lower case, then lines to set and to add. */
export interface FieldEdits {
  readonly drop: ReadonlySet<string>
  readonly set: readonly { readonly name: string; readonly lower: string; readonly value: string }[]
  readonly add: readonly string[]
}

/** null where nothing is to be changed, so that the path of most requests asks one question. */
export function fieldEdits(read: ReadFieldEdits | undefined): FieldEdits | null {
  if (read === undefined) return null
  const set = [...(read.set ?? [])].map(([name, value]) => ({ name, lower: name.toLowerCase(), value: value.trim() }))
  const add = [...(read.add ?? [])].flatMap(([name, value]) => [name, value.trim()])
  const drop = new Set((read.remove ?? []).map((name) => name.toLowerCase()))
  return drop.size + set.length + add.length === 0 ? null : { drop, set, add }
}

/** Removes, then sets, then adds. A field that is set keeps the place of the first of its name. */
export function editFields(fields: string[], edits: FieldEdits | null): string[] {
  if (edits === null) return fields
  const kept = edits.drop.size === 0 ? fields : withoutNames(fields, edits.drop)
  for (const { name, lower, value } of edits.set) setField(kept, name, lower, value)
  kept.push(...edits.add)
  return kept
}

function withoutNames(fields: readonly string[], drop: ReadonlySet<string>): string[] {
  const kept: string[] = []
  for (let i = 0; i < fields.length; i += 2) {
    if (!drop.has((fields[i] as string).toLowerCase())) kept.push(fields[i] as string, fields[i + 1] as string)
  }
  return kept
}

function setField(fields: string[], name: string, lower: string, value: string): void {
  let found = false
  for (let i = 0; i < fields.length; i += 2) {
    if (!isName(fields[i] as string, lower)) continue
    if (found) {
      fields.splice(i, 2)
      i -= 2
    } else fields.splice(i, 2, name, value)
    found = true
  }
  if (!found) fields.push(name, value)
}
