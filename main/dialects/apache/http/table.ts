/**
 * Header fields as httpd keeps them while it works (apr_tables.h): an ordered list of name, value, name, value, …;
 * names match in any case, a `set` keeps the place and the name of the first entry. `lower` is the name in lower case.
 */
import { indexOfField, isName, type Fields } from '../../../../shared/fields.js'

export type Table = string[]

export function get(table: Fields, lower: string): string | undefined {
  const i = indexOfField(table, lower)
  return i < 0 ? undefined : table[i + 1]
}

export function set(table: Table, name: string, value: string): void {
  const lower = name.toLowerCase()
  const i = indexOfField(table, lower)
  if (i < 0) {
    table.push(name, value)
    return
  }
  table[i + 1] = value
  removeFrom(table, lower, i + 2)
}

export function add(table: Table, name: string, value: string): void {
  table.push(name, value)
}

/** `, value` onto the first entry of that name, else a new entry. */
export function merge(table: Table, name: string, value: string, lower: string = name.toLowerCase()): void {
  const i = indexOfField(table, lower)
  if (i < 0) table.push(name, value)
  else table[i + 1] = `${table[i + 1] as string}, ${value}`
}

export function unset(table: Table, lower: string): void {
  const i = indexOfField(table, lower)
  if (i >= 0) removeFrom(table, lower, i)
}

function removeFrom(table: Table, lower: string, from: number): void {
  let kept = from
  for (let i = from; i < table.length; i += 2) {
    const name = table[i] as string
    if (isName(name, lower)) continue
    table[kept++] = name
    table[kept++] = table[i + 1] as string
  }
  table.length = kept
}

/** Fields as httpd reads a request: entries of one name become one at the first's place, `, ` between them. */
export function compressed(fields: Fields): Table {
  const table: Table = []
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] as string
    const first = firstOf(table, name)
    if (first < 0) table.push(name, fields[i + 1] as string)
    else table[first + 1] = `${table[first + 1] as string}, ${fields[i + 1] as string}`
  }
  return table
}

function firstOf(table: Table, name: string): number {
  let lower: string | null = null
  for (let i = 0; i < table.length; i += 2) {
    const other = table[i] as string
    if (other.length !== name.length) continue
    if (other === name) return i
    lower ??= name.toLowerCase()
    if (other.toLowerCase() === lower) return i
  }
  return -1
}

/**
 * Whether `token` begins one of the words of a list, as httpd's own search has it: the word's length alone is compared,
 * so that a word `websocket` is found in the token `websocket, foo`.
 */
export function findToken(list: string | undefined, token: string): boolean {
  if (list === undefined) return false
  const wanted = token.toLowerCase()
  let at = 0
  while (at < list.length) {
    while (at < list.length && isTokenStop(list.charCodeAt(at))) at++
    const start = at
    while (at < list.length && !isTokenStop(list.charCodeAt(at))) at++
    if (at > start && wanted.startsWith(list.slice(start, at).toLowerCase())) return true
  }
  return false
}

/** Separators of RFC 2616 §2.2 and control characters end a token. */
function isTokenStop(code: number): boolean {
  return code <= 0x20 || code === 0x7f || separators.includes(code)
}
const separators = [...'()<>@,;:\\"/[]?={}'].map((c) => c.charCodeAt(0))
