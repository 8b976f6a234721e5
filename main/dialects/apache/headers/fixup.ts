import { isName } from '../../../../shared/fields.js'
import { holdsFor } from '../expr/expression.js'
import { substitute } from '../http/regex.js'
import { add, get, merge, set, unset, type Table } from '../http/table.js'
import type { Request } from '../request/request.js'
import { formatted } from './format.js'
import type { HeaderRule } from './module.js'

/** mod_headers: runs the lines over a table, early ones when the request was read, the others at their own time. */
export function fixHeaders(r: Request, table: Table, rules: readonly HeaderRule[], early: boolean): void {
  for (const rule of rules) {
    if (rule.early !== early) continue
    if (rule.env !== null && r.has(rule.env.name) === rule.env.not) {
      r.missedBy(rule.id)
      continue
    }
    if (rule.condition !== null && !holdsFor(r, rule.condition)) {
      r.missedBy(rule.id)
      continue
    }
    r.tookPart(rule.id)
    act(r, table, rule)
  }
}

function act(r: Request, table: Table, rule: HeaderRule): void {
  switch (rule.action) {
    case 'set':
      return put(r, table, rule)
    case 'setifempty':
      return get(table, rule.lower) === undefined ? put(r, table, rule) : undefined
    case 'add':
      return add(table, rule.name, formatted(r, rule.value))
    case 'append':
      return merge(table, rule.name, formatted(r, rule.value))
    case 'merge':
      return mergeOnce(table, rule.name, rule.lower, formatted(r, rule.value))
    case 'unset':
      return unset(table, rule.lower)
    case 'echo':
      return echo(r, table, rule.pattern as RegExp)
    case 'edit':
    case 'edit*':
      return edit(r, table, rule)
    case 'note':
      return
  }
}

function put(r: Request, table: Table, rule: HeaderRule): void {
  const value = formatted(r, rule.value)
  // the type of an answer is kept apart until its head goes out
  if (rule.lower === 'content-type' && table !== r.headersIn) r.contentType = value
  set(table, rule.name, value)
}

/** Appends only what is not a member of the list yet (quoted commas do not end a member). */
function mergeOnce(table: Table, name: string, lower: string, value: string): void {
  const now = get(table, lower)
  if (now === undefined) return add(table, name, value)
  const members = now.match(/(?:"[^"]*"|[^,"])+/g) ?? []
  if (!members.some((member) => member.trimStart() === value)) merge(table, name, value)
}

function echo(r: Request, table: Table, pattern: RegExp): void {
  for (let i = 0; i < r.headersIn.length; i += 2) {
    if (pattern.test(r.headersIn[i] as string)) set(table, r.headersIn[i] as string, r.headersIn[i + 1] as string)
  }
}

function edit(r: Request, table: Table, rule: HeaderRule): void {
  const replace = (value: string): string => edited(value, rule.pattern as RegExp, rule.value.constant ?? '', rule.action === 'edit*')
  if (rule.lower === 'content-type' && table !== r.headersIn && r.contentType !== null) r.contentType = replace(r.contentType)
  const found: string[] = []
  for (let i = 0; i < table.length; i += 2) {
    if (isName(table[i] as string, rule.lower)) found.push(table[i] as string, replace(table[i + 1] as string))
  }
  if (found.length === 0) return
  // edited entries go to the end, as they are taken out and added again
  unset(table, rule.lower)
  table.push(...found)
}

function edited(value: string, pattern: RegExp, template: string, every: boolean): string {
  const match = pattern.exec(value)
  if (match === null) return value
  const end = match.index + match[0].length
  const rest = value.slice(end)
  const tail = every && match[0] !== '' && rest !== '' ? edited(rest, pattern, template, true) : rest
  return value.slice(0, match.index) + substitute(template, match) + tail
}
