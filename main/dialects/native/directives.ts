import type { DirectiveText } from '../../../shared/site.js'
import type { Span } from '../../../shared/trace.js'
import type { JsonMember, JsonNode, JsonObject } from './json-positions.js'

/** A key of the config that can take part in a decision: its id is its place in {@link Directives}. */
export interface NativeDirective extends DirectiveText {
  readonly span: Span
  /** `route` for the object itself, else the key: `to`, `timeouts`, … */
  readonly key: string
}

/** Members that choose a route are its own line's matter; the others act, each for itself. */
const choosing: ReadonlySet<string> = new Set(['match', 'host'])

/** What of a config can take part in a decision, by id, in reading order. */
export class Directives {
  readonly all: NativeDirective[] = []

  /** Takes in one route. @returns its id, and what takes part in plain requests and in upgrades */
  route(node: JsonObject): {
    readonly id: number
    readonly took: { readonly plain: readonly number[]; readonly upgraded: readonly number[] }
  } {
    const id = this.#add(
      'route',
      `route ${node.members
        .filter(({ name }) => choosing.has(name))
        .map(memberText)
        .join(', ')}`,
      lineOf(node)
    )
    const acting = node.members.filter(({ name }) => !choosing.has(name))
    const ids = acting.map((member) =>
      this.#add(member.name, memberText(member), {
        ...member.nameSpan,
        endLine: member.value.span.endLine,
        endColumn: member.value.span.endColumn
      })
    )
    const plain = [id, ...ids.filter((_, i) => acting[i]?.name !== 'upgrade')]
    return { id, took: { plain: Object.freeze(plain), upgraded: Object.freeze([id, ...ids]) } }
  }

  #add(key: string, text: string, span: Span): number {
    return this.all.push({ key, text, span, file: span.file, line: span.line }) - 1
  }
}

function lineOf(node: JsonObject): Span {
  const match = node.members.find(({ name }) => name === 'match')
  return match === undefined ? node.span : { ...match.nameSpan, endLine: match.value.span.endLine, endColumn: match.value.span.endColumn }
}

function memberText(member: JsonMember): string {
  const text = `"${member.name}": ${jsonText(member.value)}`
  return text.length > 200 ? `${text.slice(0, 199)}…` : text
}

function jsonText(node: JsonNode): string {
  if (node.kind === 'object') return `{ ${node.members.map(memberText).join(', ')} }`
  if (node.kind === 'array') return `[${node.items.map(jsonText).join(', ')}]`
  return JSON.stringify(node.value)
}
