import { wordBefore } from './filter-words.js'

/** Something that can stand in the place of chars [from, to). */
export interface Completion {
  readonly text: string
  /** What it means, beside it. */
  readonly says: string
  readonly from: number
  readonly to: number
}
/** A field of the language, with what it looks at. */
export interface FilterFieldFacts {
  readonly name: string
  readonly says: string
  /** Values that are always possible. */
  readonly values?: readonly string[]
}

const most = 8

/** What may be meant by the word that is typed: fields by their beginning, then values that were seen. */
export function completionsAt(
  text: string,
  caret: number,
  fields: readonly FilterFieldFacts[],
  seen: (field: string) => readonly string[]
): readonly Completion[] {
  const word = wordBefore(text, caret)
  if (word === null) return []
  if (word.field === null) return fieldNames(text.slice(word.start + (word.negated ? 1 : 0), caret), caret, fields)
  const value = word.values.find(({ start, end }) => start <= caret && caret <= end)
  const facts = fields.find(({ name }) => name === word.field)
  if (value === undefined || facts === undefined || value.quoted) return []
  const typed = text.slice(value.start, caret).toLowerCase()
  const values = [...new Set([...(facts.values ?? []), ...seen(facts.name)])]
  return values
    .filter((one) => one.toLowerCase() !== typed && one.toLowerCase().includes(typed))
    .sort((a, b) => Number(b.toLowerCase().startsWith(typed)) - Number(a.toLowerCase().startsWith(typed)))
    .slice(0, most)
    .map((one) => ({ text: quotedIfNeeded(one), says: '', from: value.start, to: value.end }))
}

function fieldNames(typed: string, caret: number, fields: readonly FilterFieldFacts[]): readonly Completion[] {
  if (!/^[A-Za-z]+$/.test(typed)) return []
  return fields
    .filter(({ name }) => name.startsWith(typed.toLowerCase()))
    .map(({ name, says }) => ({ text: `${name}:`, says, from: caret - typed.length, to: caret }))
}

function quotedIfNeeded(value: string): string {
  return /[\s|"]/.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : value
}

/** Fields of exchanges. */
export const exchangeFields: readonly FilterFieldFacts[] = [
  { name: 'host', says: 'name that was asked for' },
  { name: 'path', says: 'path and query' },
  { name: 'method', says: 'GET, POST …', values: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] },
  { name: 'status', says: '101, 4xx, >=400', values: ['101', '2xx', '3xx', '4xx', '5xx'] },
  { name: 'state', says: 'open, closed, failed, lost', values: ['open', 'closed', 'failed', 'lost'] },
  { name: 'close', says: 'code of a tunnel’s end', values: ['1000', '1001', '1006', '1009', '1011', '>1001'] },
  { name: 'route', says: 'line of the config: 38' },
  { name: 'proto', says: 'ws, http, a subprotocol', values: ['ws', 'wss', 'http', 'https'] },
  { name: 'opcode', says: 'tunnels that had one', values: ['text', 'binary', 'continuation', 'close', 'ping', 'pong'] },
  { name: 'from', says: 'who sent something', values: ['client', 'server'] },
  { name: 'len', says: 'bytes: >64k' },
  { name: 'dur', says: 'how long: >250ms, <2s' },
  { name: 'since', says: 'not before: 5m, 14:02', values: ['1m', '5m', '1h'] },
  { name: 'text', says: 'inside payloads; also /re/' },
  { name: 'hex', says: 'bytes inside payloads: 0d0a' }
]

/** Fields of the frames of one tunnel. */
export const frameFields: readonly FilterFieldFacts[] = [
  { name: 'from', says: 'who sent it', values: ['client', 'server'] },
  { name: 'opcode', says: 'kind of frame', values: ['text', 'binary', 'continuation', 'close', 'ping', 'pong'] },
  { name: 'len', says: 'bytes on the wire: >1k', values: ['>1k', '>64k', '0'] },
  { name: 'text', says: 'inside the payload; also /re/' },
  { name: 'hex', says: 'bytes inside the payload: 0d0a' },
  { name: 'since', says: 'not before: 5m, 14:02', values: ['10s', '1m', '5m'] }
]
