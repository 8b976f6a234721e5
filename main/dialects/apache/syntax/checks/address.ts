import { allWords } from '../words.js'

/** What httpd says of the addresses of a `<VirtualHost>`, null where it takes them. */
export function virtualHostAddressError(text: string): string | null {
  for (const word of allWords(text)) {
    if (word === '') continue
    const wild = word === '*' || word.endsWith(':*')
    const parsed = parseAddress(wild && word !== '*' ? word.slice(0, -2) : word)
    if (parsed === null) return 'The address or port is invalid'
    if (parsed.host === null) return 'Missing address for VirtualHost'
  }
  return null
}

export interface Address {
  readonly host: string | null
  readonly port: number | null
}

/** `apr_parse_addr_port`: a host, a port, or both; null where it is neither. */
export function parseAddress(text: string): Address | null {
  const [, head = text, digits] = /^(.*?):?(\d*)$/s.exec(text) ?? []
  if (digits !== undefined && digits !== '' && head === '' && !text.startsWith(':')) return withPort(null, digits)
  if (digits !== undefined && digits !== '' && text.at(-digits.length - 1) === ':') return withPort(head, digits)
  return host(text, null)
}
function withPort(head: string | null, digits: string): Address | null {
  const port = Number(digits)
  if (port < 1 || port > 65535) return null
  return head === null || head === '' ? { host: null, port } : host(head, port)
}

/** In brackets an IPv6 address, with a zone where it has one. Plain, anything. */
function host(text: string, port: number | null): Address | null {
  if (text === '') return null
  if (!text.startsWith('[')) return { host: text, port }
  const inside = /^\[([0-9a-fA-F:.]+)(%[^\]]+)?\]$/.exec(text)?.[1]
  return inside === undefined || !isIpv6(inside) ? null : { host: inside, port }
}
function isIpv6(text: string): boolean {
  const groups = text.split(':')
  const short = text.includes('::')
  return (
    groups.length >= 3 &&
    groups.length <= 9 &&
    (short || groups.length === 8 || text.includes('.')) &&
    groups.every((g) => /^[0-9a-fA-F]{0,4}$/.test(g) || isIpv4(g))
  )
}
function isIpv4(text: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(text) && text.split('.').every((part) => Number(part) <= 255)
}

/** APR's words. */
export const subnetSays = {
  'bad mask': 'The specified network mask is invalid.',
  'bad address': 'The specified IP address is invalid.'
} as const

/** What apr_ipsubnet_create says of `10.0.0.0/8`, `10.1`, `2001:db8::/32`: null where it takes it. */
export function subnetError(text: string): 'no address' | 'bad address' | 'bad mask' | null {
  const [address = '', ...behind] = text.split('/')
  const mask = behind.length === 0 ? null : behind.join('/')
  if (address.includes(':')) return isIpv6(address) ? maskError(mask, 128) : 'bad address'
  if (!/^[\d.]+$/.test(address)) return 'no address'
  if (isIpv4(address)) return maskError(mask, 32)
  const partial = /^(\d{1,3}\.){0,3}\d{0,3}$/.test(address) && address.split('.').every((part) => Number(part) <= 255)
  return partial && mask === null ? null : 'bad address'
}
function maskError(mask: string | null, bits: number): 'bad mask' | null {
  if (mask === null || (bits === 32 && isIpv4(mask))) return null
  return /^\d+$/.test(mask) && Number(mask) >= 1 && Number(mask) <= bits ? null : 'bad mask'
}
