import { isIP } from 'node:net'

/** A name that a certificate can carry: a DNS name (lower case, no final dot, perhaps `*.` in front) or an address. */
export type HostName =
  { readonly kind: 'dns'; readonly text: string } | { readonly kind: 'address'; readonly text: string; readonly bytes: Buffer }

/** RFC 1035 §2.3.4: a name is at most 253 characters as text. */
const maxNameChars = 253
const label = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/

/**
 * Reads a host name as a config or a ClientHello has it, or null where it is none. Names in Unicode must come in their
 * A-label form (`xn--…`), since that is what certificates and SNI carry (RFC 5280 §7.2). IPv6 may stand in brackets.
 */
export function hostName(text: string): HostName | null {
  if (text.length === 0 || text.length > maxNameChars + 1) return null
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text
  if (isIP(bare) !== 0) return address(bare)
  return dnsName(text)
}

/** An address as four or sixteen bytes (RFC 5280 §4.2.1.6). A zone (`fe80::1%eth0`) has no place in a certificate. */
function address(text: string): HostName | null {
  if (text.includes('%')) return null
  const bytes = isIP(text) === 4 ? ipv4Bytes(text) : ipv6Bytes(text)
  return { kind: 'address', text: addressText(bytes), bytes }
}

function dnsName(text: string): HostName | null {
  const name = (text.endsWith('.') ? text.slice(0, -1) : text).toLowerCase()
  if (name.length > maxNameChars) return null
  const labels = name.split('.')
  const afterWildcard = labels[0] === '*' ? labels.slice(1) : labels
  if (afterWildcard.length === 0 || !afterWildcard.every((each) => label.test(each))) return null
  // A last label of digits is a broken address, never a name (WHATWG URL, "ends in a number").
  if (/^[0-9]+$/.test(afterWildcard.at(-1) as string)) return null
  return { kind: 'dns', text: name }
}

/** Whether `pattern`, as it stands in a certificate, answers for `asked` (RFC 9525 §6.3: `*` is one whole leftmost label). */
export function answersFor(pattern: HostName, asked: HostName): boolean {
  if (pattern.text === asked.text && pattern.kind === asked.kind) return true
  if (pattern.kind !== 'dns' || asked.kind !== 'dns' || !pattern.text.startsWith('*.')) return false
  const dot = asked.text.indexOf('.')
  return dot > 0 && asked.text.slice(dot) === pattern.text.slice(1)
}

function ipv4Bytes(text: string): Buffer {
  return Buffer.from(text.split('.').map(Number))
}

function ipv6Bytes(text: string): Buffer {
  const [head = '', tail] = text.split('::')
  const front = groups(head)
  const back = tail === undefined ? [] : groups(tail)
  const zeros = tail === undefined ? [] : new Array<number>(8 - front.length - back.length).fill(0)
  const bytes = Buffer.alloc(16)
  for (const [i, group] of [...front, ...zeros, ...back].entries()) bytes.writeUInt16BE(group, i * 2)
  return bytes
}

/** Groups of 16 bits; a final dotted quad counts as two (RFC 4291 §2.2). */
function groups(text: string): number[] {
  if (text === '') return []
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [parseInt(group, 16)]
    const quad = ipv4Bytes(group)
    return [quad.readUInt16BE(0), quad.readUInt16BE(2)]
  })
}

/** One spelling for each address, so that equal ones compare equal (RFC 5952). */
export function addressText(bytes: Buffer): string {
  if (bytes.length === 4) return [...bytes].join('.')
  const words = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(i * 2).toString(16))
  const run = longestZeroRun(words)
  if (run.length < 2) return words.join(':')
  return `${words.slice(0, run.start).join(':')}::${words.slice(run.start + run.length).join(':')}`
}

function longestZeroRun(words: readonly string[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  for (let start = 0; start < words.length; start++) {
    let length = 0
    while (words[start + length] === '0') length++
    if (length > best.length) best = { start, length }
  }
  return best
}
