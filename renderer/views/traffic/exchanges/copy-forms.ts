import type { ListenerFacts } from '../../../../shared/contract.js'
import type { ExchangeRow, HeadRecord } from '../../../../shared/rows.js'
import type { Connection } from '../../../state/connection.svelte.js'
import { isSecret, headText } from '../inspect/secrets.js'
import { quoted } from '../../../../shared/shell-words.js'
import { urlOf } from './address.js'

/** A request as it can be made again from a shell: where to connect to, what to say. */
export interface Repeatable {
  readonly row: ExchangeRow
  /** What the client sent. */
  readonly fields: readonly (readonly [name: string, value: string])[]
  readonly listener: ListenerFacts | null
  /** Its body, where all of it was kept and it is text. */
  readonly body?: string | null
}

/** Made anew by every client, or about one connection only. */
const own =
  /^(?:host|connection|upgrade|content-length|transfer-encoding|accept-encoding|sec-websocket-(?:key|version|extensions|protocol))$/i

/** Whether secrets are copied, too: those that are not shown are masked in addresses, and fields of them are left out. */
export interface Shown {
  readonly secrets: boolean
}

export function headLines({ startLine, fields }: HeadRecord, { secrets }: Shown): string {
  return headText(startLine, fields, secrets).trimEnd().replaceAll('\r\n', '\n')
}

/** Every head of an exchange, each under whose it is. */
export function allHeads(heads: readonly HeadRecord[], shown: Shown): string {
  return heads.map((head) => `# ${headTitles[head.from][head.stage]}\n${headLines(head, shown)}`).join('\n\n')
}
const headTitles = {
  client: { in: 'Client sent', out: 'Backend received' },
  server: { in: 'Backend answered', out: 'Client received' }
} as const

/** `curl`, to the listener here under the name that was asked for. */
export function curlLine({ row, fields, listener, body = null }: Repeatable, { secrets }: Shown): string {
  const words = ['curl', '-i']
  if (row.method === 'HEAD') words.push('-I')
  else if (row.method !== 'GET') words.push('-X', quoted(row.method))
  // A tunnel is HTTP/1.1 (RFC 6455 §4.1), and what comes through it is shown at once.
  if (row.handshake === 1) words.push('--http1.1', '-N')
  words.push(...connectTo(row, listener))
  for (const [name, value] of repeated(fields, secrets)) words.push('-H', quoted(`${name}: ${value}`))
  if (row.handshake === 1) for (const [name, value] of upgradeOf(fields)) words.push('-H', quoted(`${name}: ${value}`))
  // Not --data-binary: a body that begins with @ would be the name of a file.
  else if (body !== null) words.push('--data-raw', quoted(body))
  return [...words, quoted(urlOf({ ...row, handshake: 0 }, { secrets }))].join(' ')
}

/** What asks for the tunnel, its key as it was: `curl` makes none. Compression is not asked for, since it could not be undone. */
function upgradeOf(fields: Repeatable['fields']): Repeatable['fields'] {
  const asked = fields.filter(([name]) => /^sec-websocket-(?:key|version|protocol)$/i.test(name))
  return [['Connection', 'Upgrade'], ['Upgrade', 'websocket'], ...asked]
}

export function wscatLine({ row, fields, listener }: Repeatable, shown: Shown): string {
  const words = ['wscat', '-c', quoted(hereUrl(row, listener, shown)), ...hostField(row, listener, '-H')]
  for (const protocol of protocolsOf(fields)) words.push('-s', quoted(protocol))
  for (const [name, value] of repeated(fields, false).filter(([name]) => isOrigin(name))) words.push('-H', quoted(`${name}: ${value}`))
  return words.join(' ')
}

/** To the listener here under the name that was asked for, as {@link curlLine}. @param own the words that run `switchyard`, and name its data folder */
export function connectLine(own: Pick<Connection, 'command' | 'data'>, { row, fields, listener }: Repeatable, shown: Shown): string {
  const url = urlOf({ ...row, handshake: 1 }, shown)
  const words = [...own.command, 'connect', url].map((word) => quoted(word))
  // Where the authority is that a client has to trust.
  if (url.startsWith('wss:')) words.push(...own.data.map((word) => quoted(word)))
  if (listener !== null && !isHere(row, listener)) words.push('--to', `${listenerHost(listener)}:${listener.port}`)
  for (const protocol of protocolsOf(fields)) words.push('--protocol', quoted(protocol))
  for (const [name, value] of repeated(fields, false).filter(([name]) => isOrigin(name)))
    words.push('--header', quoted(`${name}: ${value}`))
  return words.join(' ')
}

export function webSocketExpression({ row, fields }: Pick<Repeatable, 'row' | 'fields'>, shown: Shown): string {
  const protocols = protocolsOf(fields)
  const url = JSON.stringify(urlOf({ ...row, handshake: 1 }, shown))
  return protocols.length === 0 ? `new WebSocket(${url})` : `new WebSocket(${url}, ${JSON.stringify(protocols)})`
}

function repeated(fields: Repeatable['fields'], secrets: boolean): Repeatable['fields'] {
  return fields.filter(([name]) => !own.test(name) && (secrets || !isSecret(name)))
}
function protocolsOf(fields: Repeatable['fields']): string[] {
  const offered = fields.filter(([name]) => /^sec-websocket-protocol$/i.test(name)).map(([, value]) => value)
  return offered
    .flatMap((value) => value.split(','))
    .map((one) => one.trim())
    .filter((one) => one !== '')
}
const isOrigin = (name: string): boolean => /^origin$/i.test(name)

/** Without it, a copied line would go to the production server that has this name. */
function connectTo(row: ExchangeRow, listener: ListenerFacts | null): string[] {
  if (listener === null || isHere(row, listener)) return []
  return ['--connect-to', quoted(`::${listenerHost(listener)}:${listener.port}`)]
}
function hereUrl(row: ExchangeRow, listener: ListenerFacts | null, shown: Shown): string {
  const url = urlOf({ ...row, handshake: 1 }, shown)
  if (listener === null || isHere(row, listener)) return url
  return url.replace(`://${row.host}`, `://${listenerHost(listener)}:${listener.port}`)
}
function hostField(row: ExchangeRow, listener: ListenerFacts | null, flag: string): string[] {
  return listener === null || isHere(row, listener) ? [] : [flag, quoted(`Host: ${row.host}`)]
}
/** Whether an address leads to the listener by itself: a name that only the config knows does not, whatever its port. */
function isHere({ host }: ExchangeRow, { port }: ListenerFacts): boolean {
  return host.endsWith(`:${port}`) && /^(?:(?:.*\.)?localhost|[\d.]+|\[[\da-f:.]+\]):\d+$/i.test(host)
}
function listenerHost({ url }: ListenerFacts): string {
  return new URL(url).hostname
}
