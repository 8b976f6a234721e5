import type { Span, TraceLine } from '../../../../shared/trace.js'
import type { FieldRow } from './field-rows.js'

/** Why a field differs: a line of the config, or what a module does by itself. */
export interface Reason {
  readonly directive: string
  readonly span: Span | null
}
export interface RowGroup {
  readonly rows: readonly FieldRow[]
  /** Of all of these rows; null: none is known, or none is needed. */
  readonly reason: Reason | null
}

/** Rows put together where one reason stands for several in a row. */
export function groupRows(rows: readonly FieldRow[], towards: 'backend' | 'client', lines: readonly TraceLine[]): RowGroup[] {
  const groups: { rows: FieldRow[]; reason: Reason | null }[] = []
  for (const row of rows) {
    const reason = row.kind === 'same' ? null : reasonOf(row, towards, lines)
    const last = groups.at(-1)
    if (last !== undefined && sameReason(last.reason, reason)) last.rows.push(row)
    else groups.push({ rows: [row], reason })
  }
  return groups
}

/** The line of the trace that acts on a field; else what the proxy does without one. */
export function reasonOf({ name }: FieldRow, towards: 'backend' | 'client', lines: readonly TraceLine[]): Reason | null {
  const applied = lines.filter(({ verdict, span }) => verdict === 'applied' && span !== null)
  // The last line that names a field is the one that holds.
  const line = applied.findLast(({ directive }) => actsOn(directive, name.toLowerCase(), towards))
  return line === undefined ? byDefault(name.toLowerCase(), towards) : { directive: line.directive, span: line.span }
}

/** The directive that leads to the backend: it changes the path of a request. */
export function targetReason(lines: readonly TraceLine[]): Reason | null {
  const line = lines.findLast(
    ({ verdict, span, directive }) =>
      verdict === 'applied' && span !== null && /^(?:ProxyPass(?:Match)?|RewriteRule|proxy_pass|route)\b/i.test(directive)
  )
  return line === undefined ? null : { directive: line.directive, span: line.span }
}

function actsOn(directive: string, field: string, towards: 'backend' | 'client'): boolean {
  const words = directive.split(/\s+/).map((word) => word.replace(/^"|"$/g, '').toLowerCase())
  const key = words[0] ?? ''
  if (towards === 'backend' && key === 'requestheader') return words[2] === field
  if (towards === 'client' && key === 'header') return (words[1] === 'always' || words[1] === 'onsuccess' ? words[3] : words[2]) === field
  if (towards === 'client' && key === 'proxypassreverse') return field === 'location' || field === 'content-location'
  if (towards === 'client' && key.startsWith('proxypassreversecookie')) return field === 'set-cookie'
  if (towards === 'backend' && key === 'proxypreservehost') return field === 'host'
  return towards === 'backend' && key === 'proxyaddheaders' && field.startsWith('x-forwarded-')
}

const hopByHop = new Set([
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'proxy-connection',
  'proxy-authorization'
])

/** What mod_proxy and the server do where no line says otherwise. */
function byDefault(field: string, towards: 'backend' | 'client'): Reason | null {
  const say = (directive: string): Reason => ({ directive, span: null })
  if (hopByHop.has(field)) return say('of one connection only (RFC 9110 §7.6.1)')
  if (towards === 'client') return field === 'date' || field === 'server' ? say('default of the server') : null
  if (field === 'host') return say('ProxyPreserveHost Off, default of mod_proxy')
  if (/^x-forwarded-(?:for|host|server)$/.test(field)) return say('ProxyAddHeaders On, default of mod_proxy')
  return null
}

function sameReason(one: Reason | null, other: Reason | null): boolean {
  if (one === null || other === null) return one === other
  return one.directive === other.directive && one.span?.file === other.span?.file && one.span?.line === other.span?.line
}
