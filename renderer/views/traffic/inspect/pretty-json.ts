import type { JsonNode } from './json-bytes.js'

/** A JSON value on lines of its own, two spaces a level; strings and numbers stay exactly as they were sent. */
export function prettyJson(bytes: Uint8Array, node: JsonNode, indent = ''): string {
  const raw = (start: number, end: number): string => new TextDecoder().decode(bytes.subarray(start, end))
  if (node.children.length === 0) return raw(node.start, node.end)
  const inner = `${indent}  `
  const lines = node.children.map((child) => {
    const key = child.key === null ? '' : `${JSON.stringify(child.key)}: `
    return inner + key + prettyJson(bytes, child, inner)
  })
  const [open, shut] = node.kind === 'object' ? '{}' : '[]'
  return `${open}\n${lines.join(',\n')}\n${indent}${shut}`
}
