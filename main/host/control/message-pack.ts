import { decode, encode } from '@msgpack/msgpack'
import { maxDraftChars } from '../../../shared/requests.js'
import { fitsShape } from './message-shape.js'

/** A char of JavaScript is three bytes of UTF-8 at most. The longest text is a draft's; all else of a request is short. */
export const maxMessageBytes = 3 * maxDraftChars + 65_536
const limits = { maxArrayLength: 10_000, maxMapLength: 64, maxStrLength: 3 * maxDraftChars, maxBinLength: 65_536, maxExtLength: 0 }
/** The longest list is that of exchanges to export; no request is deeper than a list of pairs in its parameters. */
const shape = { maxElements: 12_000, maxDepth: 8 }

/**
 * Reads a message that came from outside. Throws on what is no MessagePack, or larger than a request can be: a header can
 * claim 2³² elements in five bytes, for which the decoder would make room before it misses them.
 */
export function readMessage(bytes: Uint8Array): unknown {
  if (!fitsShape(bytes, shape)) throw new RangeError('this is larger or deeper than a request can be, or no MessagePack')
  return decode(bytes, limits)
}

/** What is undefined is left out, as a property that isn't there. */
export function writeMessage(message: object): Uint8Array {
  return encode(message, { ignoreUndefined: true })
}
