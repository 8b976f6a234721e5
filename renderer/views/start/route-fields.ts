export const exampleMatch = '/ws/'
export const exampleTarget = 'ws://localhost:3000/ws/'

/** Of each field: both together are one word of a request. */
const maxChars = 2000
const tooLong = `It is longer than ${maxChars.toLocaleString('en')} characters.`

/** What is wrong with the path of a route, `/ws/` or `app.test/ws/`; null: nothing, or nothing typed yet. */
export function wrongMatch(match: string): string | null {
  if (match === '') return null
  if (!match.includes('/')) return 'A path begins with “/”.'
  if (match.length > maxChars) return tooLong
  if (/[?#\s]/.test(match)) return 'A path has no “?”, “#” or space in it.'
  return /[^!-~]/.test(match) ? 'A path is sent in ASCII: é is %C3%A9 there.' : null
}

export interface Target {
  readonly host: string
  readonly port: number
  readonly tls: boolean
}
/** Where a route leads, or what is wrong with it. */
export function readTarget(target: string): Target | { readonly wrong: string } {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(target)?.[1]?.toLowerCase()
  if (scheme === undefined) return { wrong: 'An address begins with ws://, wss://, http:// or https://.' }
  if (!['ws', 'wss', 'http', 'https'].includes(scheme)) return { wrong: `${scheme}:// is not known: ws, wss, http and https are.` }
  if (target.length > maxChars) return { wrong: tooLong }
  const port = /^[^/]*\/\/(?:\[[^\]]*\]|[^:/[]*):([^/]*)/.exec(target)?.[1]
  if (/^[^/]*\/\/[^/]*@/.test(target)) return { wrong: 'Leave the user name out: a switchyard.json can set an Authorization field.' }
  if (port !== undefined && !(Number(port) >= 1 && Number(port) <= 65_535)) return { wrong: 'A port goes from 1 to 65535.' }
  if (/[^!-~]/.test(target)) return { wrong: 'An address is ASCII, without a space: xn--… for other names.' }
  const url = URL.parse(target)
  if (url === null || url.hostname === '') return { wrong: 'No host can be read in it.' }
  if (url.search !== '' || url.hash !== '') return { wrong: 'The query of the request goes on by itself: leave “?” and “#” out.' }
  const tls = scheme === 'wss' || scheme === 'https'
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port === '' ? (tls ? 443 : 80) : Number(url.port), tls }
}
