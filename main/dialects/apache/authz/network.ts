import { isIP } from 'node:net'

/** A range of addresses: `127`, `10.1`, `10.0.0.0/8`, `10.0.0.0/255.0.0.0`, `::1`, `fe80::/10` (apr_ipsubnet_create). */
export interface Network {
  readonly bytes: readonly number[]
  readonly bits: number
}

export function network(text: string): Network | null {
  const [base = '', mask] = text.split('/')
  const partial = /^\d{1,3}(\.\d{1,3}){0,2}\.?$/.test(base) && mask === undefined
  if (partial) {
    const parts = base.replace(/\.$/, '').split('.').map(Number)
    return { bytes: [...parts, 0, 0, 0].slice(0, 4), bits: parts.length * 8 }
  }
  const bytes = addressBytes(base)
  if (bytes === null) return null
  const bits = mask === undefined ? bytes.length * 8 : maskBits(mask)
  return bits === null || bits > bytes.length * 8 ? null : { bytes, bits }
}

function maskBits(mask: string): number | null {
  if (/^\d+$/.test(mask)) return Number(mask)
  const bytes = isIP(mask) === 4 ? addressBytes(mask) : null
  return bytes === null ? null : bytes.reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0)
}

/** The bytes of an address; an IPv4 address in IPv6's clothes is an IPv4 one. */
export function addressBytes(address: string): readonly number[] | null {
  if (isIP(address) === 4) return address.split('.').map(Number)
  if (isIP(address) !== 6) return null
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  if (mapped !== null) return addressBytes(mapped[1] as string)
  const [head = '', tail] = address.split('::')
  const left = groups(head)
  const right = tail === undefined ? [] : groups(tail)
  const gap = tail === undefined ? [] : new Array<number>(16 - left.length - right.length).fill(0)
  return [...left, ...gap, ...right]
}

function groups(text: string): number[] {
  if (text === '') return []
  return text.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number)
    const value = Number.parseInt(group, 16)
    return [value >> 8, value & 255]
  })
}

export function holds(range: Network, address: readonly number[] | null): boolean {
  if (address === null || address.length !== range.bytes.length) return false
  for (let bit = 0; bit < range.bits; bit += 8) {
    const shift = Math.max(0, 8 - (range.bits - bit))
    const i = bit >> 3
    if ((address[i] as number) >> shift !== (range.bytes[i] as number) >> shift) return false
  }
  return true
}
