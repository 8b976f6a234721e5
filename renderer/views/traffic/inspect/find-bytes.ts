import type { ByteRange } from './byte-range.js'

/** More hits than these are not counted. */
export const mostHits = 9999

/** Where a text stands in bytes, without regard to case for ASCII letters. */
export function findBytes(bytes: Uint8Array, text: string): ByteRange[] {
  const wanted = new TextEncoder().encode(text).map(lower)
  const hits: ByteRange[] = []
  if (wanted.length === 0) return hits
  const last = bytes.length - wanted.length
  for (let at = 0; at <= last && hits.length < mostHits; at++) {
    if (standsAt(bytes, wanted, at)) {
      hits.push({ start: at, end: at + wanted.length })
      at += wanted.length - 1
    }
  }
  return hits
}
function standsAt(bytes: Uint8Array, wanted: Uint8Array, at: number): boolean {
  for (let next = 0; next < wanted.length; next++) if (lower(bytes[at + next] as number) !== wanted[next]) return false
  return true
}
function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte
}
