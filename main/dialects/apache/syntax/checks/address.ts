import { allWords } from '../words.js'

/** What httpd says of the addresses of a `<VirtualHost>`, null where it takes them. */
export function virtualHostAddressError(text: string): string | null {
  for (const word of allWords(text)) {
    const address = word === '*' || word.endsWith(':*') ? word.replace(/:?\*$/, '') || '*' : word
    const parsed = parseAddress(address)
    if (parsed === null) return 'The address or port is invalid'
    if (parsed.host === null) return 'Missing address for VirtualHost'
  }
  return null
}

/** `apr_parse_addr_port`: host, port or both; null where it is neither. */
export function parseAddress(text: string): { host: string | null; port: number | null } | null {
  const bracketed = /^\[([0-9a-fA-F:.]+)(%[^\]]*)?\](?::(\d+))?$/.exec(text)
  if (bracketed !== null) return ported(bracketed[1] ?? '', bracketed[3])
  if (/^\d+$/.test(text)) return ported(null, text)
  const colon = text.lastIndexOf(':')
  if (colon === -1) return { host: text, port: null }
  const digits = text.slice(colon + 1)
  return /^\d+$/.test(digits) ? ported(text.slice(0, colon), digits) : null
}
function ported(host: string | null, digits: string | undefined): { host: string | null; port: number | null } | null {
  if (digits === undefined) return { host, port: null }
  const port = Number(digits)
  return port >= 1 && port <= 65535 ? { host, port } : null
}
