import type { Finding, Span } from '../../../shared/trace.js'
import { didYouMean } from './did-you-mean.js'
import type { JsonMember, JsonNode, JsonObject } from './json-positions.js'

/**
 * Readers of JSON values: each turns a node into a value, or says what is wrong with it where it stands and gives null.
 * Reading goes on after an error, so that one look shows all of them.
 */
export type Read<T> = (node: JsonNode, says: Says) => T | null

/** Where readers say what is wrong. */
export class Says {
  readonly findings: Finding[] = []

  error(code: string, message: string, span: Span, hint?: string): null {
    this.findings.push({ code, severity: 'error', message, span, routing: false, ...(hint === undefined ? {} : { hint }) })
    return null
  }
  warning(code: string, message: string, span: Span, hint?: string): void {
    this.findings.push({ code, severity: 'warning', message, span, routing: false, ...(hint === undefined ? {} : { hint }) })
  }
}

/** What a shape made of an object: its values by name, and the object itself for places. */
export type Shaped<S extends Readonly<Record<string, Read<unknown>>>> = {
  readonly [K in keyof S]?: S[K] extends Read<infer T> ? T : never
} & { readonly node: JsonObject }

/** An object with just these names; `required` ones must be there. An unknown name is an error, so that a slip of the pen is seen. */
export function shape<S extends Readonly<Record<string, Read<unknown>>>>(
  what: string,
  of: S,
  required: readonly (keyof S & string)[] = []
): Read<Shaped<S>> {
  const names = Object.keys(of)
  return (node, says) => {
    if (node.kind !== 'object') return wrong(node, `${what} is an object`, says)
    const values: Record<string, unknown> = { node }
    let whole = true
    for (const member of node.members) {
      const read = Object.hasOwn(of, member.name) ? of[member.name] : undefined
      const value = read === undefined ? unknownName(what, member, names, says) : read(member.value, says)
      if (value === null) whole = false
      else values[member.name] = value
    }
    for (const name of required) {
      if (node.members.some((member) => member.name === name)) continue
      says.error('missing-key', `${what} needs "${name}".`, openingOf(node))
      whole = false
    }
    return whole ? (values as Shaped<S>) : null
  }
}

/** An object whose names are free as far as `name` takes them. */
export function record<T>(what: string, name: (member: JsonMember, says: Says) => boolean, read: Read<T>): Read<ReadonlyMap<string, T>> {
  return (node, says) => {
    if (node.kind !== 'object') return wrong(node, `${what} is an object`, says)
    const values = new Map<string, T>()
    let whole = true
    for (const member of node.members) {
      const fits = name(member, says)
      const value = read(member.value, says)
      if (fits && value !== null) values.set(member.name, value)
      else whole = false
    }
    return whole ? values : null
  }
}

export function listOf<T>(what: string, read: Read<T>, least = 0): Read<readonly T[]> {
  return (node, says) => {
    if (node.kind !== 'array') return wrong(node, `${what} is a list`, says)
    if (node.items.length < least) return says.error('too-few', `${what} needs at least ${least}.`, node.span)
    const values = node.items.map((item) => read(item, says))
    return values.includes(null) ? null : (values as T[])
  }
}

/** A string that fits a pattern; `what` says in words what it has to be. */
export function text(what: string, pattern?: RegExp, hint?: string): Read<string> {
  return (node, says) => {
    if (node.kind !== 'string') return wrong(node, what, says, hint)
    const value = node.value as string
    return pattern === undefined || pattern.test(value) ? value : wrong(node, what, says, hint)
  }
}

export function whole(what: string, least: number, most: number): Read<number> {
  return (node, says) => {
    const value = node.kind === 'number' ? (node.value as number) : NaN
    return Number.isInteger(value) && value >= least && value <= most
      ? value
      : wrong(node, `${what} is a whole number from ${least} to ${most}`, says)
  }
}

export function flag(what: string): Read<boolean> {
  return (node, says) => (node.kind === 'boolean' ? (node.value as boolean) : wrong(node, `${what} is true or false`, says))
}

export function oneOf<T extends string | number>(what: string, values: readonly T[]): Read<T> {
  return (node, says) => {
    const found = 'value' in node ? values.find((value) => value === node.value) : undefined
    if (found !== undefined) return found
    const meant = node.kind === 'string' ? didYouMean(node.value as string, values.map(String)) : null
    const choices = values.map((value) => JSON.stringify(value)).join(', ')
    return wrong(node, `${what} is one of ${choices}`, says, meant === null ? undefined : `Did you mean ${JSON.stringify(meant)}?`)
  }
}

/** Where an object begins: its bracket alone, since it may be a hundred lines long. */
export function openingOf(node: JsonObject): Span {
  const { file, line, column } = node.span
  return { file, line, column, endLine: line, endColumn: column + 1 }
}

function unknownName(what: string, member: JsonMember, names: readonly string[], says: Says): null {
  const meant = didYouMean(member.name, names)
  const hint = meant === null ? `Known here: ${names.join(', ')}.` : `Did you mean "${meant}"?`
  return says.error('unknown-key', `${what} has no "${member.name}".`, member.nameSpan, hint)
}

function wrong(node: JsonNode, what: string, says: Says, hint?: string): null {
  return says.error('wrong-value', `${what}; here stands ${shown(node)}.`, node.span, hint)
}

/** A value as a person reads it, short. */
function shown(node: JsonNode): string {
  if (node.kind === 'object') return 'an object'
  if (node.kind === 'array') return 'a list'
  // The text is bytes; strings are UTF-8 (RFC 8259 §8.1).
  const value = node.kind === 'string' ? Buffer.from(node.value as string, 'latin1').toString() : node.value
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}
