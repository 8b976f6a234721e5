import type { Account, LogEntry } from '../../../../shared/steps.js'
import type { Request } from './request.js'

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The `combined` format of a distribution's config: client, time, request line, status, bytes, Referer and User-Agent. */
export function accessLine(r: Request, account: Account): LogEntry {
  const bytes = account.responseBodyBytes ?? account.responseBytes
  const line = `${r.method} ${r.unparsedUri}${r.protocol < 1000 ? '' : ` ${r.protocolText}`}`
  const words = [
    r.arrival.client.address,
    '- -',
    `[${time(r.startedAtUs)}]`,
    `"${line.replace(/["\\]/g, '\\$&')}"`,
    String(account.status),
    String(bytes),
    quoted(r.header('referer')),
    quoted(r.header('user-agent'))
  ]
  return { level: 'info', source: 'access', code: 'access', message: words.join(' ') }
}

function quoted(value: string | undefined): string {
  return value === undefined ? '"-"' : `"${value.replace(/["\\]/g, '\\$&')}"`
}

function time(us: number): string {
  const at = new Date(us / 1000)
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${two(at.getUTCDate())}/${months[at.getUTCMonth()] as string}/${at.getUTCFullYear()}`
  return `${day}:${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0000`
}
