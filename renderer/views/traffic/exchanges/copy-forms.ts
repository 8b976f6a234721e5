import type { ListenerFacts } from '../../../../shared/contract.js'
import type { ExchangeRow, HeadRecord } from '../../../../shared/rows.js'
import { isSecret, headText } from '../inspect/secrets.js'
import { quoted } from '../../../../shared/shell-words.js'
import { urlOf } from './address.js'

/** A request as it can be made again from a shell: where to connect to, what to say. */
export interface Repeatable {
  readonly row: ExchangeRow
  /** What the client sent. */
  readonly fields: readonly (readonly [name: string, value: string])[]
  readonly listener: ListenerFacts | null
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

/** `curl`, to the listener here under the name that was asked for. */
export function curlLine({ row, fields, listener }: Repeatable, { secrets }: Shown): string {
  const words = ['curl', '-i']
  if (row.method === 'HEAD') words.push('-I')
  else if (row.method !== 'GET') words.push('-X', quoted(row.method))
  words.push(...connectTo(row, listener))
  for (const [name, value] of repeated(fields, secrets)) words.push('-H', quoted(`${name}: ${value}`))
  return [...words, quoted(urlOf({ ...row, handshake: 0 }, { secrets }))].join(' ')
}

export function wscatLine({ row, fields, listener }: Repeatable, shown: Shown): string {
  const words = ['wscat', '-c', quoted(hereUrl(row, listener, shown)), ...hostField(row, listener, '-H')]
  for (const protocol of protocolsOf(fields)) words.push('-s', quoted(protocol))
  for (const [name, value] of repeated(fields, false).filter(([name]) => isOrigin(name))) words.push('-H', quoted(`${name}: ${value}`))
  return words.join(' ')
}

/** @param command the words that run `switchyard` */
export function connectLine(command: readonly string[], { row, fields, listener }: Repeatable, shown: Shown): string {
  const words = [...command.map((word) => quoted(word)), 'connect', quoted(hereUrl(row, listener, shown))]
  for (const protocol of protocolsOf(fields)) words.push('--protocol', quoted(protocol))
  words.push(...hostField(row, listener, '--header'))
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
function isHere({ host }: ExchangeRow, { port }: ListenerFacts): boolean {
  return host.endsWith(`:${port}`)
}
function listenerHost({ url }: ListenerFacts): string {
  return new URL(url).hostname
}
