import type { ExchangeRow, FrameRow, Lost } from '../../../../shared/rows.js'
import { count, counts, size } from '../../../state/sizes.js'
import { closeName } from '../inspect/close-codes.js'

/** RFC 6455 §5.2; the rest is reserved. */
const opcodes: Readonly<Record<number, string>> = { 0: 'cont', 1: 'text', 2: 'binary', 8: 'close', 9: 'ping', 10: 'pong' }
const opcodeBinary = 2
export const opcodeClose = 8

export function opcodeName(opcode: number): string {
  return opcodes[opcode] ?? `0x${opcode.toString(16)}`
}
/** `F 1 2 3`, a dot for each flag that is clear. */
export function flagsOf({ fin, rsv }: Pick<FrameRow, 'fin' | 'rsv'>): string {
  return `${fin ? 'F' : '·'}${rsv & 4 ? '1' : '·'}${rsv & 2 ? '2' : '·'}${rsv & 1 ? '3' : '·'}`
}
export function flagsSay({ fin, rsv, compressed }: Pick<FrameRow, 'fin' | 'rsv' | 'compressed'>): string {
  const words = [fin ? 'FIN: the last frame of its message' : 'More frames of this message follow']
  if (rsv & 4) words.push(compressed ? 'RSV1: compressed' : 'RSV1')
  if (rsv & 2) words.push('RSV2')
  if (rsv & 1) words.push('RSV3')
  return words.join(', ')
}

/** The number that a person counts by: the first frame is 1. */
export function frameNumber({ id }: Pick<FrameRow, 'id'>): number {
  return id + 1
}

/** Control characters as their pictures (U+2400 …), so that they are seen and move nothing. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f]/g, (char) => (char === '\u007f' ? '␡' : String.fromCharCode(0x2400 + char.charCodeAt(0))))
}

/** What a row shows of the payload. A Close frame: its code, the name of it, and its reason. */
export function payloadSays(row: FrameRow, exchange: Pick<ExchangeRow, 'closeClient' | 'closeServer'>): string {
  if (row.opcode === opcodeClose) return closeSays(row, exchange)
  if (row.opcode === opcodeBinary && row.preview !== '') return hexSays(row)
  if (row.preview !== '') return printable(row.preview)
  if (row.length === 0) return ''
  if (row.inflate === 'contextLost') return 'compressed, and what it refers to was not captured'
  if (row.inflate === 'broken') return 'compressed, and cannot be inflated'
  if (row.stored === 0) return 'not kept'
  if (row.compressed && !row.fin) return 'compressed, goes on in the next frame'
  return row.inflated > 0 ? `${inflatedSays(row, size)} inflated` : counts(row.stored, 'byte')
}
/** The first bytes, `0a 1f …` where there are more; how many of an inflated message, since its length is another. */
function hexSays(row: FrameRow): string {
  const whole = row.compressed ? row.inflated : row.length
  const bytes = row.preview.replace(/..(?=.)/g, '$& ') + (whole * 2 > row.preview.length || row.inflate === 'cut' ? ' …' : '')
  return row.compressed ? `${bytes} ${inflatedSays(row, size)} inflated` : bytes
}
/** How much it inflated to: what is kept, and that there is more where it was cut, since how much more nobody counts. */
export function inflatedSays({ inflated, inflate }: Pick<FrameRow, 'inflated' | 'inflate'>, inWords: (bytes: number) => string): string {
  return `${inflate === 'cut' ? 'more than ' : ''}${inWords(inflated)}`
}

/** What is wrong with a frame, and who sent it so. null where nothing is, or where what the row shows of its payload says it. */
export function troubleSays({ trouble, from, rsv, opcode, length }: FrameRow): string | null {
  const who = `the ${from}`
  switch (trouble) {
    case null:
    case 'closeCode':
    case 'inflate':
      return null
    case 'reservedBits':
      return `${who} set ${bitsSay(rsv)}, which no extension of this tunnel gives a meaning`
    case 'reservedOpcode':
      return `${who} sent opcode ${opcodeName(opcode)}, which is reserved`
    case 'unmasked':
      return `${who} did not mask it, as it must`
    case 'masked':
      return `${who} masked it, as it must not`
    case 'fragmentedControl':
      return `${who} sent a control frame in fragments`
    case 'longControl':
      return `${who} sent a control frame of ${counts(length, 'byte')}, 125 are the most`
    case 'unfinished':
      return `from ${who}, and the rest of it never came`
  }
}
function bitsSay(rsv: number): string {
  return ['RSV1', 'RSV2', 'RSV3'].filter((_, at) => rsv & (4 >> at)).join(', ')
}

/** A Close frame's payload is its code in two bytes, then text (RFC 6455 §5.5.1). */
function closeSays(
  { from, length, preview }: FrameRow,
  { closeClient, closeServer }: Pick<ExchangeRow, 'closeClient' | 'closeServer'>
): string {
  const code = codeIn(preview) ?? (from === 'client' ? closeClient : closeServer)
  if (length < 2 || code === 0) return 'no code'
  const reason = length > 2 ? printable(preview.slice(2)) : ''
  return `${code} ${closeName(code)}${reason === '' ? '' : `: ${reason}`}`
}
/** Where the two bytes are ASCII as they stand; others come as U+FFFD, and the exchange knows the code. */
function codeIn(preview: string): number | null {
  const [high = NaN, low = NaN] = [preview.charCodeAt(0), preview.charCodeAt(1)]
  return high < 0x80 && low < 0x80 ? high * 256 + low : null
}

/** What is missing before a frame, and who sent it. */
export function gapSays({ gapBefore }: Pick<FrameRow, 'gapBefore'>): string | null {
  if (gapBefore === null) return null
  const { lostFrames, lostBytes, fromClient } = gapBefore
  const ofServer = { lostFrames: lostFrames - fromClient.lostFrames, lostBytes: lostBytes - fromClient.lostBytes }
  const [client, server] = [lostSays(fromClient, lostFrames > 0), lostSays(ofServer, lostFrames > 0)]
  const sides = [client === null ? null : `${client} from the client`, server === null ? null : `${server} from the server`]
  return `${sides.filter((side) => side !== null).join(' and ')} not captured; traffic was not affected`
}
/** In frames, where any frame is missing; else a part of one is, in bytes. */
function lostSays({ lostFrames, lostBytes }: Lost, inFrames: boolean): string | null {
  if (inFrames) return lostFrames === 0 ? null : counts(lostFrames, 'frame')
  return lostBytes === 0 ? null : size(lostBytes)
}

/** A row as a reader says it: no bytes, one by one. */
export function frameLabel(row: FrameRow, exchange: ExchangeRow): string {
  const says = row.opcode === opcodeBinary ? payloadSays({ ...row, preview: '' }, exchange) : payloadSays(row, exchange).slice(0, 120)
  return `Frame ${count(frameNumber(row))}, from ${row.from}, ${opcodeName(row.opcode)}, ${counts(row.length, 'byte')}, ${[troubleSays(row), says].filter((words) => words !== null).join(', ')}`
}
