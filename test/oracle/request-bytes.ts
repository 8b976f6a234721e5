import { chunk, filler } from './http-text.js'
import type { BodySpec, RequestSpec, UpgradeSpec } from './probe.js'

/** The key of RFC 6455 §1.3, always the same, so that the accept value is, too. */
const handshakeKey = 'dGhlIHNhbXBsZSBub25jZQ=='
type Line = [name: string, value: string]

export interface RequestBytes {
  readonly method: string
  readonly head: Buffer
  readonly body: Buffer | null
}

export function bodyBytes(spec: BodySpec): Buffer {
  if (typeof spec === 'string') return Buffer.from(spec, 'utf8')
  return 'size' in spec ? filler(spec.size) : Buffer.from(spec.hex, 'hex')
}

export function requestBytes(spec: RequestSpec): RequestBytes {
  if (spec.raw !== undefined) return { head: Buffer.from(spec.raw, 'latin1'), body: null, method: spec.raw.split(' ')[0] ?? '' }
  const method = spec.method ?? 'GET'
  const { body, framing } = bodyAndFraming(spec)
  const lines = [...fieldsOf(spec), ...framing]
  const fields = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const head = `${method} ${spec.path ?? '/'} HTTP/${spec.version ?? '1.1'}\r\n${fields}\r\n`
  return { method, head: Buffer.from(head, 'latin1'), body }
}

function fieldsOf(spec: RequestSpec): Line[] {
  const lines: Line[] = []
  if (spec.host !== null) lines.push(['Host', spec.host ?? 'www.example.test'])
  if (spec.upgrade) lines.push(...handshakeFields(spec.upgrade === true ? {} : spec.upgrade))
  if (spec.act) lines.push(['X-Act', spec.act])
  for (const [name, value, times = 1] of spec.headers ?? []) lines.push([name, value.repeat(times)])
  return lines
}

function handshakeFields(spec: UpgradeSpec): Line[] {
  const lines: Line[] = []
  if (spec.token !== null) for (const token of [spec.token ?? 'websocket'].flat()) lines.push(['Upgrade', token])
  if (spec.connection !== null) lines.push(['Connection', spec.connection ?? 'Upgrade'])
  if (spec.key !== null) lines.push(['Sec-WebSocket-Key', spec.key ?? handshakeKey])
  if (spec.version !== null) lines.push(['Sec-WebSocket-Version', spec.version ?? '13'])
  if (spec.origin) lines.push(['Origin', spec.origin])
  if (spec.protocol) lines.push(['Sec-WebSocket-Protocol', spec.protocol])
  if (spec.extensions) lines.push(['Sec-WebSocket-Extensions', spec.extensions])
  return lines
}

function bodyAndFraming(spec: RequestSpec): { body: Buffer | null; framing: Line[] } {
  if (spec.chunks) {
    const body = Buffer.concat([...spec.chunks.map((one) => chunk(bodyBytes(one))), Buffer.from('0\r\n\r\n')])
    return { body, framing: [['Transfer-Encoding', 'chunked']] }
  }
  const body = spec.body === undefined ? null : bodyBytes(spec.body)
  return { body, framing: body && !spec.noLength ? [['Content-Length', String(body.length)]] : [] }
}
