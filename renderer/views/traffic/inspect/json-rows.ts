import { count, counts } from '../../../state/sizes.js'
import type { ByteRange } from './byte-range.js'
import { textOf, type JsonNode } from './json-bytes.js'

/** A visible line of a JSON tree. */
export interface JsonRow {
  readonly node: JsonNode
  /** From 1, as `aria-level` counts. */
  readonly level: number
  /** Key, index, or empty for the root. */
  readonly label: string
  readonly branch: boolean
  readonly open: boolean
  /** Place among its siblings, from 1, and how many they are. */
  readonly place: number
  readonly of: number
  readonly parent: JsonNode | null
}

/** Which branches stand open: those that were toggled are not as {@link opensByItself} has them. */
export type Toggled = ReadonlySet<JsonNode>

/** The root, an only child of it, and small things below. */
export function opensByItself(node: JsonNode, level: number, siblings: number): boolean {
  return level === 1 || (level === 2 && siblings === 1) || (level <= 4 && node.children.length <= 12)
}

/** Lines of a tree in order, at most `limit` of them; `more`: there are others. */
export function jsonRows(root: JsonNode, toggled: Toggled, limit: number): { rows: readonly JsonRow[]; more: boolean } {
  const rows: JsonRow[] = []
  const add = (node: JsonNode, parent: JsonNode | null, index: number, level: number): boolean => {
    const siblings = parent?.children.length ?? 1
    if (rows.length >= limit) return false
    const branch = node.children.length > 0
    const open = branch && opensByItself(node, level, siblings) !== toggled.has(node)
    const label = node.key ?? (parent === null ? '' : String(index))
    rows.push({ node, level, label, branch, open, place: index + 1, of: siblings, parent })
    return !open || node.children.every((child, at) => add(child, node, at, level + 1))
  }
  return { more: !add(root, null, 0, 1), rows }
}

/** `{ 6 keys }`, `[ 2 items ]`, with a question mark for what was not read to its end. */
export function sizeWords({ kind, children, whole }: JsonNode): string {
  const more = whole ? '' : ' so far'
  if (kind === 'object') return children.length === 0 && whole ? '{ }' : `{ ${counts(children.length, 'key')}${more} }`
  return children.length === 0 && whole ? '[ ]' : `[ ${counts(children.length, 'item')}${more} ]`
}

/** The first leaves of a closed branch: `"mara", "tom"`. */
export function foreword(bytes: Uint8Array, { children }: JsonNode): string {
  const leaves = children.slice(0, 4).map((child) => glimpse(bytes, child))
  return leaves.join(', ') + (children.length > 4 ? ', …' : '')
}

function glimpse(bytes: Uint8Array, node: JsonNode): string {
  if (node.kind === 'object') return node.children.length === 0 ? '{}' : '{…}'
  if (node.kind === 'array') return node.children.length === 0 ? '[]' : '[…]'
  const text = new TextDecoder().decode(bytes.subarray(node.start, Math.min(node.end, node.start + 96)))
  return text.length <= 24 ? text : `${text.slice(0, 24)}…`
}

/** A value on one line, cut after `longest` characters. */
export function shortValue(bytes: Uint8Array, node: JsonNode, longest: number): string {
  if (node.kind === 'object' || node.kind === 'array') return sizeWords(node)
  // At most four bytes a character: no more of a long text is read than is shown.
  const cut = { ...node, end: Math.min(node.end, node.start + longest * 4 + 8) }
  const text = node.kind === 'string' ? new TextDecoder().decode(bytes.subarray(cut.start, cut.end)) : textOf(bytes, cut)
  if (text.length <= longest && cut.end === node.end) return text
  return `${text.slice(0, longest)}… ${count(node.end - node.start)} bytes`
}

/** How a program would reach a value: `$[1].thread["reply to"]`. */
export function pathOf(root: JsonNode, node: JsonNode): string {
  let path = '$'
  for (let at = root; at !== node;) {
    const index = at.children.findIndex(({ start, end }) => node.start >= start && node.end <= end)
    const next = at.children[index]
    if (next === undefined) return path
    path += step(next.key, index)
    at = next
  }
  return path
}
function step(key: string | null, index: number): string {
  if (key === null) return `[${index}]`
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}

/** The innermost value around the begin of a range. */
export function nodeAt(root: JsonNode, range: ByteRange): JsonNode | null {
  if (range.start < root.start || range.start >= root.end) return null
  for (let node = root; ;) {
    const inner = childAt(node.children, range)
    if (inner === undefined) return node
    node = inner
  }
}
/** Children stand in order: halves instead of all of them. */
function childAt(children: readonly JsonNode[], { start, end }: ByteRange): JsonNode | undefined {
  let low = 0
  let high = children.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((children[middle] as JsonNode).end <= start) low = middle + 1
    else high = middle
  }
  const found = children[low]
  return found !== undefined && found.start <= start && found.end >= end ? found : undefined
}
