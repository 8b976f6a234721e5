import { hostname } from 'node:os'
import type { FieldLines } from './http-text.js'

/** What the recorder says its answers' Date is: the one date that is part of an observation. */
export const recorderDate = 'Thu, 01 Jan 2026 00:00:00 GMT'

const httpDate =
  /\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d[ -](Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[ -]\d{2,4} \d\d:\d\d:\d\d GMT\b/g
const product = /\bApache\/2[\d.]*( \([^)]*\))?( [A-Za-z_]+\/[\w.]+)*|\bnginx\/[\d.]+/g

/** What differs between two equal runs, and the words that stand for it. */
export interface Surroundings {
  readonly ports: Readonly<Record<string, number>>
  readonly folders: readonly (readonly [path: string, word: string])[]
  /** Whether any `Server` is the proxy's own, whatever it calls itself. */
  readonly anyServer: boolean
}

/** Makes the function that removes from an observation what may differ between two equal runs. */
export function makeNormaliser(surroundings: Surroundings): <T>(observed: T) => T {
  const text = makeTextNormaliser(surroundings)
  const deep = (value: unknown, key?: string): unknown => {
    if (typeof value === 'string') return text(value)
    if (Array.isArray(value))
      return key === 'headers' ? fieldLines(value as FieldLines, text, surroundings.anyServer) : value.map((one) => deep(one))
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, deep(one, name)]))
  }
  return <T>(observed: T) => deep(observed) as T
}

function makeTextNormaliser({ ports, folders }: Surroundings): (text: string) => string {
  const host = hostname()
  const hostWord = host && host !== 'localhost' ? new RegExp(`(?<![\\w.-])${quoted(host)}(?![\\w-])`, 'g') : null
  return (given) => {
    let text = given
    for (const [path, word] of folders) text = text.replaceAll(path, word)
    for (const [name, port] of Object.entries(ports)) {
      text = text.replaceAll(`127.0.0.1:${port}`, `<${name}>`)
      text = text.replace(new RegExp(`(?<!\\d)${port}(?!\\d)`, 'g'), `<${name}_PORT>`)
    }
    text = text.replace(httpDate, (date) => (date === recorderDate ? date : '<date>')).replace(product, '<server>')
    return hostWord ? text.replace(hostWord, '<hostname>') : text
  }
}

const quoted = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

function fieldLines(lines: FieldLines, text: (given: string) => string, anyServer: boolean): FieldLines {
  return lines.map(([name, value]) => {
    if (value === null) return [text(name), null]
    if (/^server$/i.test(name)) return [name, serverWord(value, text, anyServer)]
    // Apache's order follows a randomly seeded hash.
    if (/^allow$/i.test(name)) return [name, sortedList(value)]
    return [name, text(value)]
  })
}

function serverWord(value: string, text: (given: string) => string, anyServer: boolean): string {
  if (value.startsWith('recorder')) return value
  return anyServer || /^(apache|nginx|switchyard)/i.test(value) ? '<server>' : text(value)
}

const sortedList = (value: string) =>
  value
    .split(',')
    .map((member) => member.trim())
    .sort()
    .join(', ')
