import type { FrameRow } from '../../../../shared/rows.js'
import { count } from '../../../state/sizes.js'
import { hexByte } from './hex-layout.js'
import { opcodeName } from './opcodes.js'

/** What a frame's header is made of. */
export type HeaderFacts = Pick<FrameRow, 'fin' | 'rsv' | 'opcode' | 'maskKey' | 'length'>

export interface WireField {
  readonly name: string
  /** As bits or hex. */
  readonly value: string
  readonly meaning: string
  readonly bits: number
  readonly kind: 'flag' | 'plain' | 'key'
  /** A flag that is 1. */
  readonly set: boolean
}
/** A field, or a part of one, inside a line of 32 bits. */
export interface WireCell extends WireField {
  readonly firstBit: number
  readonly bitsHere: number
  /** A part behind the first. */
  readonly goesOn: boolean
}

const bits = (value: number | bigint, width: number): string => value.toString(2).padStart(width, '0')

/** Bytes of the header as RFC 6455 §5.2 writes them, with the shortest length, which it asks for. */
export function headerBytes(frame: HeaderFacts): Uint8Array {
  const { fin, rsv, opcode, maskKey, length } = frame
  const mask = maskKey === null ? 0 : 0x80
  const bytes = [(fin ? 0x80 : 0) | (rsv << 4) | opcode, mask | length7(length)]
  for (let left = extendedBits(length) - 8; left >= 0; left -= 8) bytes.push(Number((BigInt(length) >> BigInt(left)) & 0xffn))
  if (maskKey !== null) bytes.push(...keyBytes(maskKey))
  return Uint8Array.from(bytes)
}

/** The header's fields in order, each with its bits and what they mean. */
export function headerFields(frame: HeaderFacts): WireField[] {
  const { fin, rsv, opcode, maskKey, length } = frame
  const flag = (name: string, set: boolean, meaning: string): WireField => ({
    name,
    value: set ? '1' : '0',
    meaning,
    bits: 1,
    kind: 'flag',
    set
  })
  const plain = (name: string, value: string, meaning: string): WireField => ({
    name,
    value,
    meaning,
    bits: value.length,
    kind: 'plain',
    set: false
  })
  const extended = extendedBits(length)
  return [
    flag('F', fin, fin ? 'FIN: the last frame of its message' : 'FIN is 0: the message goes on'),
    flag(
      '1',
      (rsv & 4) !== 0,
      (rsv & 4) !== 0 ? 'RSV1: compressed (permessage-deflate)' : 'RSV1 is 0: not compressed, or a later frame of the message'
    ),
    flag('2', (rsv & 2) !== 0, `RSV2: ${(rsv & 2) !== 0 ? 'set by an extension' : 'not used'}`),
    flag('3', (rsv & 1) !== 0, `RSV3: ${(rsv & 1) !== 0 ? 'set by an extension' : 'not used'}`),
    plain('opcode', bits(opcode, 4), opcodeName(opcode)),
    flag(
      'M',
      maskKey !== null,
      maskKey === null ? 'MASK is 0: not masked, as from a server' : 'MASK: masked with the key, as from a client'
    ),
    plain('length', bits(length7(length), 7), lengthMeaning(length)),
    ...(extended === 0 ? [] : [plain('extended length', bits(BigInt(length), extended), count(length))]),
    ...(maskKey === null ? [] : keyFields(maskKey))
  ]
}

/** Fields laid out in lines of 32 bits, cut where a line ends. */
export function wireLines(fields: readonly WireField[]): WireCell[][] {
  const lines: WireCell[][] = [[]]
  let at = 0
  for (const field of fields) {
    for (let done = 0; done < field.bits;) {
      const bitsHere = Math.min(field.bits - done, 32 - (at % 32))
      if (at % 32 === 0 && at > 0) lines.push([])
      const value = field.value.length === field.bits ? field.value.slice(done, done + bitsHere) : field.value
      lines.at(-1)?.push({ ...field, value, firstBit: at % 32, bitsHere, goesOn: done > 0 })
      at += bitsHere
      done += bitsHere
    }
  }
  return lines
}

/** The four bytes of a masking key, in the order of the wire. */
export function keyBytes(maskKey: number): number[] {
  return [24, 16, 8, 0].map((shift) => (maskKey >>> shift) & 0xff)
}

function keyFields(maskKey: number): WireField[] {
  return keyBytes(maskKey).map((byte, at) => ({
    name: at === 0 ? 'masking key' : '',
    value: hexByte(byte),
    meaning: `byte ${at + 1} of the masking key`,
    bits: 8,
    kind: 'key',
    set: false
  }))
}
function length7(length: number): number {
  if (length < 126) return length
  return length < 65_536 ? 126 : 127
}
function extendedBits(length: number): number {
  if (length < 126) return 0
  return length < 65_536 ? 16 : 64
}
function lengthMeaning(length: number): string {
  if (length < 126) return count(length)
  return length < 65_536 ? '126: 16 bits follow' : '127: 64 bits follow'
}
