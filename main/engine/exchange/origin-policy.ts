import { strictWire } from '../../../shared/heads.js'
import type { WirePolicy } from '../../../shared/heads.js'

/** What an origin's answers may look like: RFC 9112 asks a recipient to be lenient with line ends and folded fields, not with framing. */
export const originWire: WirePolicy = {
  ...strictWire,
  maxLineBytes: 65_536,
  maxFieldBytes: 65_536,
  maxFields: 1000,
  maxHeadBytes: 262_144,
  bareLf: 'accept',
  obsFold: 'unfold',
  lengthAndChunked: 'chunkedWins'
}
