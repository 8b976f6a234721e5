import { filler, sha1 } from './http-text.js'

/** A fixed masking key, so that two runs send the same bytes. */
const maskingKey = Buffer.from([0x37, 0xfa, 0x21, 0x3d])
const opcodes: Record<number, string> = { 0: 'cont', 1: 'text', 2: 'bin', 8: 'close', 9: 'ping', 10: 'pong' }

/** What to send, with what a well-behaved client would not send. A string is a text message. */
export type FrameSpec =
  | string
  | {
      text?: string
      bin?: string
      size?: number
      close?: number | null
      reason?: string
      ping?: string
      pong?: string
      raw?: string
      rawText?: string
      op?: number
      fin?: boolean | number
      rsv?: number
      mask?: boolean
      /** Sent in two writes, cut after so many bytes, `splitMs` apart. */
      splitAt?: number
      splitMs?: number
    }

/** The bytes of a frame (RFC 6455 §5.2). */
export function buildFrame(given: FrameSpec, masked = true): Buffer {
  const spec = typeof given === 'string' ? { text: given } : given
  if (spec.raw !== undefined) return fromHex(spec.raw)
  if (spec.rawText !== undefined) return Buffer.from(spec.rawText, 'latin1')
  const [opcode, payload] = contentOf(spec)
  const first = (Number(spec.fin ?? true) << 7) | ((spec.rsv ?? 0) << 4) | (spec.op ?? opcode)
  const head = frameHead(first, payload.length)
  if (!(spec.mask ?? masked)) return Buffer.concat([head, payload])
  head[1] = (head[1] as number) | 0x80
  return Buffer.concat([head, maskingKey, unmask(payload, maskingKey)])
}

const fromHex = (text: string) => Buffer.from(text.replace(/\s+/g, ''), 'hex')

function contentOf(spec: Exclude<FrameSpec, string>): [opcode: number, payload: Buffer] {
  if (spec.text !== undefined) return [1, Buffer.from(spec.text, 'utf8')]
  if (spec.bin !== undefined) return [2, fromHex(spec.bin)]
  if (spec.size !== undefined) return [2, filler(spec.size)]
  if (spec.close !== undefined) return [8, closePayload(spec.close, spec.reason)]
  if (spec.ping !== undefined) return [9, Buffer.from(spec.ping)]
  return spec.pong === undefined ? [1, Buffer.alloc(0)] : [10, Buffer.from(spec.pong)]
}

function closePayload(code: number | null, reason = ''): Buffer {
  return code === null ? Buffer.alloc(0) : Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(reason)])
}

function frameHead(first: number, length: number): Buffer {
  if (length < 126) return Buffer.from([first, length])
  const head = Buffer.alloc(length < 65536 ? 4 : 10)
  head[0] = first
  head[1] = length < 65536 ? 126 : 127
  if (length < 65536) head.writeUInt16BE(length, 2)
  else head.writeBigUInt64BE(BigInt(length), 2)
  return head
}

/** Masking and unmasking are the same (RFC 6455 §5.3). */
function unmask(payload: Buffer, key: Buffer): Buffer {
  return Buffer.from(payload.map((byte, i) => byte ^ (key[i & 3] as number)))
}

export interface DecodedFrame {
  readonly opcode: number
  /** Opcode, flags and payload in one line, the form that observations hold. */
  readonly label: string
}

/** The well-formed frames at the beginning of a stream, and how many bytes after them are none. */
export function decodeFrames(bytes: Buffer): { frames: DecodedFrame[]; rest: number } {
  const frames: DecodedFrame[] = []
  let at = 0
  for (;;) {
    const next = decodeFrame(bytes.subarray(at))
    if (next === null) return { frames, rest: bytes.length - at }
    frames.push(next)
    at += next.bytes
  }
}

function decodeFrame(bytes: Buffer): (DecodedFrame & { bytes: number }) | null {
  const [first, second] = bytes
  if (first === undefined || second === undefined) return null
  const opcode = first & 15
  if (!(opcode in opcodes) || (first & 0x70) !== 0) return null
  const length = payloadLength(bytes)
  if (length === null) return null
  const masked = (second & 0x80) !== 0
  const payloadAt = length.end + (masked ? 4 : 0)
  if (bytes.length < payloadAt + length.value) return null
  const raw = bytes.subarray(payloadAt, payloadAt + length.value)
  const payload = masked ? unmask(raw, bytes.subarray(length.end, payloadAt)) : raw
  return { opcode, bytes: payloadAt + length.value, label: frameLabel(first, masked, payload) }
}

function payloadLength(bytes: Buffer): { value: number; end: number } | null {
  const short = (bytes[1] as number) & 0x7f
  if (short < 126) return { value: short, end: 2 }
  if (short === 126) return bytes.length < 4 ? null : { value: bytes.readUInt16BE(2), end: 4 }
  if (bytes.length < 10) return null
  const long = bytes.readBigUInt64BE(2)
  return long > 1n << 32n ? null : { value: Number(long), end: 10 }
}

function frameLabel(first: number, masked: boolean, payload: Buffer): string {
  const opcode = first & 15
  const text = payload.toString('latin1')
  const label = `${opcodes[opcode]}${first & 0x80 ? '' : '/nofin'}${masked ? '/masked' : ''}`
  if (opcode === 8) return payload.length < 2 ? label : `${label} ${payload.readUInt16BE(0)} ${text.slice(2)}`.trimEnd()
  if (payload.length <= 80 && !/[^\x20-\x7e]/.test(text)) return `${label} ${text}`
  return `${label} len=${payload.length} sha1=${sha1(payload)}`
}

export interface StreamNote {
  len: number
  sha1?: string
  frames?: string[]
  undecoded?: number
  hex?: string
}

/** A tunnel's bytes in one direction as they stand in an observation. */
export function noteStream(bytes: Buffer): StreamNote {
  if (bytes.length === 0) return { len: 0 }
  const { frames, rest } = decodeFrames(bytes)
  return {
    len: bytes.length,
    sha1: sha1(bytes),
    ...(frames.length > 0 && frames.length <= 40 ? { frames: frames.map((frame) => frame.label) } : {}),
    ...(rest > 0 ? { undecoded: rest } : {}),
    ...(rest > 0 && bytes.length <= 256 ? { hex: bytes.toString('hex') } : {})
  }
}
