import type { ClientHello } from '../../../shared/site.js'

/** No more than this is read of a ClientHello. Browsers with post-quantum key shares send about 2 KiB. */
export const maxHelloBytes = 16_384

/** What the first bytes of a connection are. `more`: not enough of them yet. */
export type HelloLook =
  | { readonly look: 'more' }
  | { readonly look: 'notTls' }
  | { readonly look: 'broken'; readonly why: string }
  | { readonly look: 'hello'; readonly hello: ClientHello }

const more: HelloLook = { look: 'more' }
const handshakeRecord = 22
const clientHelloMessage = 1
const serverNameExtension = 0
const alpnExtension = 16

/**
 * Reads server name and application protocols of a ClientHello (RFC 8446 §4.1.2, RFC 6066 §3, RFC 7301 §3.1) out of all
 * the bytes that came so far; it may be spread over several records (RFC 8446 §5.1). Never throws.
 */
export function lookAtHello(bytes: Buffer): HelloLook {
  if (bytes.length === 0) return more
  if (bytes[0] !== handshakeRecord) return { look: 'notTls' }
  const message = helloMessage(bytes)
  if (!Buffer.isBuffer(message)) return message
  const hello = readHello(new Reader(message, 0, message.length))
  return hello === null ? broken('its ClientHello is malformed') : { look: 'hello', hello }
}

/** The handshake message, out of its records, without its own header. */
function helloMessage(bytes: Buffer): Buffer | HelloLook {
  const pieces: Buffer[] = []
  let at = 0
  let have = 0
  while (at + 5 <= bytes.length) {
    if (bytes[at] !== handshakeRecord || bytes[at + 1] !== 3) return broken('its first record is not of a TLS handshake')
    const length = bytes.readUInt16BE(at + 3)
    if (length === 0 || length > 16_384) return broken('a record of impossible length')
    const piece = bytes.subarray(at + 5, Math.min(at + 5 + length, bytes.length))
    pieces.push(piece)
    have += piece.length
    const whole = wholeMessage(pieces, have)
    if (whole !== null) return whole
    at += 5 + length
  }
  return bytes.length >= maxHelloBytes ? broken('its ClientHello is too long') : more
}

/** null: not all of it is there. */
function wholeMessage(pieces: readonly Buffer[], have: number): Buffer | HelloLook | null {
  if (have < 4) return null
  const all = pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces)
  if (all[0] !== clientHelloMessage) return broken('its first message is not a ClientHello')
  const length = all.readUIntBE(1, 3)
  if (length > maxHelloBytes) return broken('its ClientHello is too long')
  return have < 4 + length ? null : all.subarray(4, 4 + length)
}

function readHello(reader: Reader): ClientHello | null {
  reader.skip(2 + 32) // legacy_version, random
  reader.vector(1) // legacy_session_id
  reader.vector(2) // cipher_suites
  reader.vector(1) // legacy_compression_methods
  let serverName: string | null = null
  let alpn: readonly string[] = []
  // A ClientHello may end here, as that of TLS 1.0 does.
  if (!reader.failed && reader.left === 0) return { serverName, alpn }
  const extensions = reader.vector(2)
  while (extensions.left > 0 && !extensions.failed) {
    const type = extensions.number(2)
    const body = extensions.vector(2)
    if (type === serverNameExtension) serverName = readServerName(body)
    else if (type === alpnExtension) alpn = readAlpn(body)
    if (body.failed) return null
  }
  return reader.failed || extensions.failed ? null : { serverName, alpn }
}

function readServerName(body: Reader): string | null {
  const list = body.vector(2)
  let name: string | null = null
  while (list.left > 0 && !list.failed) {
    const type = list.number(1)
    const entry = list.vector(2)
    if (type === 0 && name === null) name = entry.text()
  }
  if (list.failed) body.fail()
  return name !== null && /^[\x21-\x7e]{1,255}$/.test(name) ? name : null
}

function readAlpn(body: Reader): string[] {
  const list = body.vector(2)
  const names: string[] = []
  while (list.left > 0 && !list.failed) names.push(list.vector(1).text())
  if (list.failed) body.fail()
  return names
}

/** Numbers and length-prefixed vectors (RFC 8446 §3.4) within [at, end). Past its end it fails, and reads nothing. */
class Reader {
  failed = false
  readonly #bytes: Buffer
  #at: number
  readonly #end: number
  constructor(bytes: Buffer, at: number, end: number) {
    this.#bytes = bytes
    this.#at = at
    this.#end = end
  }
  get left(): number {
    return this.#end - this.#at
  }
  fail(): void {
    this.failed = true
    this.#at = this.#end
  }
  skip(count: number): void {
    if (count > this.left) this.fail()
    else this.#at += count
  }
  number(width: number): number {
    const at = this.#at
    this.skip(width)
    return this.failed ? 0 : this.#bytes.readUIntBE(at, width)
  }
  vector(lengthWidth: number): Reader {
    const length = this.number(lengthWidth)
    const at = this.#at
    this.skip(length)
    const inner = new Reader(this.#bytes, at, this.failed ? at : at + length)
    inner.failed = this.failed
    return inner
  }
  text(): string {
    return this.#bytes.toString('latin1', this.#at, this.#end)
  }
}

function broken(why: string): HelloLook {
  return { look: 'broken', why }
}
