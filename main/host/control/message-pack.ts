import { decode, encode } from '@msgpack/msgpack'

/**
 * A request is a few short strings and numbers. A header of MessagePack can claim 2³² elements in five bytes, for which
 * the decoder would make room before it misses them: so what is longer than any request is refused at its header.
 */
const limits = { maxArrayLength: 256, maxMapLength: 64, maxStrLength: 65_536, maxBinLength: 65_536, maxExtLength: 0 }

/** Reads a message that came from outside. Throws on what is no MessagePack, or larger than a request can be. */
export function readMessage(bytes: Uint8Array): unknown {
  return decode(bytes, limits)
}

/** What is undefined is left out, as a property that isn't there. */
export function writeMessage(message: object): Uint8Array {
  return encode(message, { ignoreUndefined: true })
}
