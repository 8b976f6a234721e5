import { createHash } from 'node:crypto'
import { buildFrame } from './frames.js'
import { chunk, fieldOf, filler, hasToken, type FieldLines } from './http-text.js'
import { recorderDate } from './normalise.js'
import { flagNumber, type Act } from './recorder-act.js'

const reasons: Record<number, string> = {
  200: 'OK',
  201: 'Created',
  204: 'No Content',
  206: 'Partial Content',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  426: 'Upgrade Required',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout'
}

/** What an answer depends on: the request, and who answers. */
export interface Asked {
  readonly backend: string
  readonly port: number
  readonly method: string
  readonly target: string
  readonly version: string
  readonly headers: FieldLines
  readonly act: Act
}

type Line = readonly [name: string, value: string]

/** Whether a handshake is accepted, and as which protocol; a refused one says by which status. */
export type Handshake = { readonly accepts: string } | { readonly refuses: { status: number; fields: readonly Line[] } } | null

/** Reads the opening handshake (RFC 6455 §4.2.1); null when the request is none, or when it shall be answered like any other. */
export function judgeHandshake({ act, headers, method, version }: Asked): Handshake {
  const forced = act.flags['101']
  if (forced !== undefined) return { accepts: forced || 'websocket' }
  const asksToUpgrade = hasToken(fieldOf(headers, 'upgrade'), 'websocket') && hasToken(fieldOf(headers, 'connection'), 'upgrade')
  if (!asksToUpgrade || act.flags['status'] !== undefined || act.flags['loc'] !== undefined) return null
  if (method !== 'GET' || version !== 'HTTP/1.1' || !fieldOf(headers, 'sec-websocket-key')) return { refuses: { status: 400, fields: [] } }
  if (fieldOf(headers, 'sec-websocket-version') !== '13') return { refuses: { status: 426, fields: [['Sec-WebSocket-Version', '13']] } }
  return { accepts: 'websocket' }
}

/** The head of a 101 (RFC 6455 §4.2.2), with the first subprotocol and extension of those offered. */
export function switchingHead(asked: Asked, protocol: string): Buffer {
  const { headers, act } = asked
  const lines: Line[] = [...identity, ['Upgrade', protocol], ['Connection', 'Upgrade']]
  const key = fieldOf(headers, 'sec-websocket-key')
  if (protocol.toLowerCase() === 'websocket' && key && act.flags['noaccept'] === undefined)
    lines.push(['Sec-WebSocket-Accept', acceptOf(key)])
  const subprotocol = fieldOf(headers, 'sec-websocket-protocol')
  if (subprotocol) lines.push(['Sec-WebSocket-Protocol', firstOf(subprotocol, ',')])
  const extension = fieldOf(headers, 'sec-websocket-extensions')
  if (extension) lines.push(['Sec-WebSocket-Extensions', firstOf(extension, /[;,]/)])
  lines.push(['X-Backend', asked.backend], ...furtherFields(asked))
  return headOf('HTTP/1.1 101 Switching Protocols', lines)
}

const identity: readonly Line[] = [
  ['Date', recorderDate],
  ['Server', 'recorder/1.0']
]

const acceptOf = (key: string) => createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
const firstOf = (list: string, separator: string | RegExp) => (list.split(separator)[0] ?? '').trim()

function furtherFields(asked: Asked): Line[] {
  return asked.act.fields.map((field) => {
    const colon = field.indexOf(':')
    return [field.slice(0, colon), expand(field.slice(colon + 1).trim(), asked)]
  })
}

/** `{self}`, `{host}`, `{port}` and `{path}` in a value name what the recorder saw. */
function expand(value: string, { port, headers, target }: Asked): string {
  return value
    .replaceAll('{self}', `127.0.0.1:${port}`)
    .replaceAll('{host}', fieldOf(headers, 'host') ?? '')
    .replaceAll('{port}', String(port))
    .replaceAll('{path}', target)
}

function headOf(start: string, lines: readonly Line[]): Buffer {
  return Buffer.from(`${start}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`, 'latin1')
}

/** An answer other than 101, cut where it is stalled or ends. */
export interface Answer {
  readonly before: Buffer
  /** What follows after a stall; empty when nothing is held back. */
  readonly after: Buffer
  readonly close: boolean
}

/** Builds the answer that the act asks for; without one, 200 with the backend's name, method and target. */
export function buildAnswer(asked: Asked, refused?: { status: number; fields: readonly Line[] }): Answer {
  const { act } = asked
  const status = refused?.status ?? (flagNumber(act, 'status') || (act.flags['loc'] === undefined ? 200 : 302))
  const close = closesAfter(asked)
  const content = contentOf(asked)
  const chunked = isChunked(asked)
  const head = answerHead(asked, status, content, { close, chunked, further: refused?.fields ?? [] })
  const half = content.length >> 1
  if (act.flags['half'] !== undefined)
    return { before: Buffer.concat([head, content.subarray(0, flagNumber(act, 'half', half))]), after: none, close: true }
  if (status === 204 || status === 304 || asked.method === 'HEAD') return { before: head, after: none, close }
  if (chunked) return inChunks(head, content, half, act, close)
  if (act.flags['stall'] === undefined) return { before: Buffer.concat([head, content]), after: none, close }
  return { before: Buffer.concat([head, content.subarray(0, half)]), after: content.subarray(half), close }
}

const none = Buffer.alloc(0)

function inChunks(head: Buffer, content: Buffer, half: number, act: Act, close: boolean): Answer {
  const trailers = act.flags['trailers'] === undefined ? '' : 'X-Trailer: t1\r\n'
  const first = half > 0 ? chunk(content.subarray(0, half)) : none
  const last = Buffer.concat([chunk(content.subarray(half)), Buffer.from(`0\r\n${trailers}\r\n`)])
  return { before: Buffer.concat([head, first]), after: last, close }
}

function contentOf({ act, backend, port, method, target }: Asked): Buffer {
  const size = flagNumber(act, 'size')
  if (size > 0) return filler(size)
  if (act.flags['nobody'] !== undefined) return none
  if (act.flags['html'] === undefined) return Buffer.from(`recorder ${backend} ${method} ${target}\n`)
  return Buffer.from(`<html><body><a href="/x">recorder ${backend}</a> <a href="http://127.0.0.1:${port}/y">y</a></body></html>\n`)
}

function isChunked({ act, version }: Asked): boolean {
  return (act.flags['chunked'] !== undefined || act.flags['trailers'] !== undefined) && version !== 'HTTP/1.0'
}

function closesAfter({ act, version, headers }: Asked): boolean {
  const asked = ['close', 'nocl', 'http10'].some((flag) => act.flags[flag] !== undefined)
  return asked || version === 'HTTP/1.0' || hasToken(fieldOf(headers, 'connection'), 'close')
}

interface Framing {
  readonly close: boolean
  readonly chunked: boolean
  readonly further: readonly Line[]
}

function answerHead(asked: Asked, status: number, content: Buffer, { close, chunked, further }: Framing): Buffer {
  const { flags } = asked.act
  const isSet = (flag: string) => flags[flag] !== undefined
  const hasContent = status !== 204 && status !== 304
  const lines: Line[] = identity.filter(([name]) => !isSet(`no${name.toLowerCase()}`))
  if (flags['loc'] !== undefined) lines.push(['Location', expand(flags['loc'], asked)])
  if (!isSet('nobody') && hasContent) lines.push(['Content-Type', isSet('html') ? 'text/html' : flags['ctype'] || 'text/plain'])
  lines.push(['X-Backend', asked.backend], ...furtherFields(asked), ...further)
  if (chunked) lines.push(['Transfer-Encoding', 'chunked'])
  else if (!isSet('nocl') && !isSet('chunked') && hasContent) lines.push(['Content-Length', flags['badcl'] || String(content.length)])
  if (close && !isSet('noclosehdr')) lines.push(['Connection', 'close'])
  return headOf(`${isSet('http10') ? 'HTTP/1.0' : 'HTTP/1.1'} ${status} ${flags['reason'] ?? reasons[status] ?? 'Status'}`, lines)
}

/** A 1xx ahead of the answer (RFC 9110 §15.2). */
export function interimHead(status: string): Buffer {
  return status === '103'
    ? headOf('HTTP/1.1 103 Early Hints', [['Link', '</style.css>; rel=preload']])
    : headOf(`HTTP/1.1 ${status} Continue`, [])
}

/** The frames that the recorder pushes by itself once a tunnel stands. */
export function pushedFrames(act: Act): Buffer[] {
  const texts = Array.from({ length: flagNumber(act, 'push') }, (_, i) => buildFrame({ text: `push ${i + 1}` }, false))
  const size = flagNumber(act, 'pushsize')
  return size > 0 ? [...texts, buildFrame({ size }, false)] : texts
}
