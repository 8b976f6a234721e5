import { addressText, hostName, type HostName } from './host-name.js'

/**
 * What an authority may issue for: the subtrees of its nameConstraints (RFC 5280 §4.2.1.10). A DNS name stands for itself
 * and everything below it (`localhost` permits `app.localhost`); an address, for the range under its mask.
 */
export interface Permitted {
  readonly names: readonly string[]
  readonly ranges: readonly AddressRange[]
}
/** `bytes` has 4 or 16 bytes; the first `bits` of them count. */
export interface AddressRange {
  readonly bytes: Buffer
  readonly bits: number
}

/** The first authority's: names that never leave a machine (RFC 6761 §6.2, §6.3), loopback, link-local and private addresses. */
export const localPermitted: Permitted = {
  names: ['localhost', 'test'],
  ranges: [
    range([127, 0, 0, 0], 8),
    range([10, 0, 0, 0], 8),
    range([172, 16, 0, 0], 12),
    range([192, 168, 0, 0], 16),
    range([169, 254, 0, 0], 16),
    range([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 128),
    range([0xfc, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 7),
    range([0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 10)
  ]
}

/** Exactly these hosts (and, as constraints have it, what is below the DNS names among them), sorted, each once. */
export function permittedFor(names: readonly HostName[]): Permitted {
  const dns = new Set(names.filter((name) => name.kind === 'dns').map((name) => subtreeOf(name.text)))
  const addresses = new Map(names.flatMap((name) => (name.kind === 'address' ? [[name.text, name.bytes] as const] : [])))
  const smallest = [...dns].filter((name) => ![...dns].some((other) => other !== name && isBelow(name, other)))
  return {
    names: smallest.sort(),
    ranges: [...addresses].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, bytes]) => ({ bytes, bits: bytes.length * 8 }))
  }
}

/** Whether the constraints let a certificate carry this name. */
export function permits(permitted: Permitted, name: HostName): boolean {
  if (name.kind === 'address') return permitted.ranges.some((each) => isInRange(name.bytes, each))
  return permitted.names.some((subtree) => isBelow(subtreeOf(name.text), subtree))
}

/** `10.0.0.0/8`, `fe80::/10`; a single address without its mask. */
export function rangeText({ bytes, bits }: AddressRange): string {
  return bits === bytes.length * 8 ? addressText(bytes) : `${addressText(bytes)}/${bits}`
}

/** The inverse of {@link rangeText}; null where it is no address or its mask no number that fits. */
export function readRange(text: string): AddressRange | null {
  const [base = '', bitsText, ...rest] = text.split('/')
  const name = hostName(base)
  if (name?.kind !== 'address' || rest.length > 0) return null
  const bits = bitsText === undefined ? name.bytes.length * 8 : /^[0-9]{1,3}$/.test(bitsText) ? Number(bitsText) : -1
  return bits < 0 || bits > name.bytes.length * 8 ? null : { bytes: name.bytes, bits }
}

/** The mask as bytes, as nameConstraints has it behind the address (RFC 4632 style). */
export function maskBytes({ bytes, bits }: AddressRange): Buffer {
  return Buffer.from(bytes.map((_, i) => (0xff00 >> Math.min(8, Math.max(0, bits - i * 8))) & 0xff))
}

/**
 * Why no authority should be made for a name, or null. Permitting `*.com` would let a stolen key impersonate the internet,
 * so whole registries are refused: a lone label that could be a top-level domain (letters alone or `xn--`; none has a digit,
 * a hyphen or an underscore), and the usual second level under a country's.
 */
export function tooBroad(name: HostName): string | null {
  if (name.kind === 'address') return null
  const subtree = subtreeOf(name.text)
  const labels = subtree.split('.')
  if (labels.length === 1 && !neverDelegated.has(subtree) && topLevel.test(subtree))
    return `'${name.text}' could be a whole top-level domain`
  if (labels.length === 2 && secondLevel.test(subtree)) return `'${name.text}' covers every site of a registry`
  return null
}

/** RFC 2606, RFC 6761, RFC 6762 and ICANN's reservation of `internal`: no one else on the internet can own these. */
const neverDelegated = new Set(['localhost', 'test', 'example', 'invalid', 'local', 'internal'])
const topLevel = /^(?:[a-z]+|xn--.*)$/
const secondLevel = /^(?:co|com|net|org|edu|gov|ac|or|ne|go|gob|mil)\.[a-z]{2}$/

function range(bytes: readonly number[], bits: number): AddressRange {
  return { bytes: Buffer.from(bytes), bits }
}

/** `*.example.com` needs `example.com`: constraints have no wildcard. */
function subtreeOf(name: string): string {
  return name.startsWith('*.') ? name.slice(2) : name
}

function isBelow(name: string, subtree: string): boolean {
  return name === subtree || name.endsWith(`.${subtree}`)
}

function isInRange(bytes: Buffer, within: AddressRange): boolean {
  if (bytes.length !== within.bytes.length) return false
  const mask = maskBytes(within)
  return bytes.every((byte, i) => (byte & (mask[i] as number)) === ((within.bytes[i] as number) & (mask[i] as number)))
}
