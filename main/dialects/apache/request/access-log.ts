import type { Account, LogEntry } from '../../../../shared/steps.js'
import type { Request } from './request.js'

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The `combined` format of a distribution's config: client, time, request line, status, bytes, Referer and User-Agent. */
export function accessLine(r: Request, account: Account): LogEntry {
  const bytes = account.responseBodyBytes ?? account.responseBytes
  const line = `${r.method} ${r.unparsedUri}${r.protocol < 1000 ? '' : ` ${r.protocolText}`}`
  const who = `${r.arrival.client.address} - - [${timeOf(r.startedAtUs)}]`
  const message = `${who} ${quoted(line)} ${account.status} ${bytes} ${quoted(r.header('referer'))} ${quoted(r.header('user-agent'))}`
  return { level: 'info', source: 'access', code: 'access', message }
}

function quoted(value: string | undefined): string {
  return value === undefined ? '"-"' : `"${escaped(value)}"`
}

/** As httpd escapes what a client chose (ap_escape_logitem): no line and no terminal is led astray by it. */
function escaped(value: string): string {
  return /[^ -~]|["\\]/.test(value) ? value.replace(/[^ -~]|["\\]/g, escapedChar) : value
}

function escapedChar(char: string): string {
  return shortEscapes[char] ?? `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`
}
const shortEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v'
}

let lastSecond = -1
let lastTime = ''

/** Made once a second. */
function timeOf(us: number): string {
  const second = Math.floor(us / 1e6)
  if (second !== lastSecond) {
    lastSecond = second
    lastTime = time(us)
  }
  return lastTime
}

function time(us: number): string {
  const at = new Date(us / 1000)
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${two(at.getUTCDate())}/${months[at.getUTCMonth()] as string}/${at.getUTCFullYear()}`
  return `${day}:${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0000`
}
