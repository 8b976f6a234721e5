import { isUtf8 } from 'node:buffer'
import type { ConfigText } from '../../../shared/contract.js'

/** How a file's bytes are its text: what a save keeps. */
export interface TextCoding {
  readonly encoding: ConfigText['encoding']
  readonly lineEnds: ConfigText['lineEnds']
  /** Begins with a byte order mark, which is no part of the text. */
  readonly bom: boolean
}
/** Of a file that is not there yet. */
export const newFile: TextCoding = { encoding: 'utf-8', lineEnds: 'lf', bom: false }

const mark = Buffer.from([0xef, 0xbb, 0xbf])

export function codingOf(bytes: Buffer): TextCoding {
  const bom = bytes.subarray(0, mark.length).equals(mark)
  const ends = bytes.toString('latin1').match(/\r?\n/g) ?? []
  const crlf = ends.filter((end) => end.length === 2).length
  return { encoding: isUtf8(bytes) ? 'utf-8' : 'latin1', lineEnds: crlf > ends.length / 2 ? 'crlf' : 'lf', bom }
}

/** The text as an editor has it: lines end with LF, no mark in front. */
export function decodeText(bytes: Buffer): string {
  const { encoding, bom } = codingOf(bytes)
  return bytes
    .subarray(bom ? mark.length : 0)
    .toString(encoding === 'utf-8' ? 'utf8' : 'latin1')
    .replace(/\r\n/g, '\n')
}

/**
 * The bytes of an edited text. A file of both line ends keeps them in the lines before and after what was changed.
 * @param before what the file holds now, if it is there
 */
export function encodeText(text: string, coding: TextCoding, before: Buffer | null = null): Buffer {
  const body = withLineEnds(text, coding, before)
  const bytes = Buffer.from(body, coding.encoding === 'utf-8' ? 'utf8' : 'latin1')
  return coding.bom ? Buffer.concat([mark, bytes]) : bytes
}

/** The first char that an encoding has no byte for, or null. */
export function cannotEncode(text: string, { encoding }: TextCoding): string | null {
  const found = encoding === 'latin1' ? /[^\0-\xff]/u.exec(text) : /\p{Surrogate}/u.exec(text)
  return found?.[0] ?? null
}

function withLineEnds(text: string, { lineEnds, bom, encoding }: TextCoding, before: Buffer | null): string {
  const end = lineEnds === 'crlf' ? '\r\n' : '\n'
  if (before === null) return text.replace(/\n/g, end)
  const was = before.subarray(bom ? mark.length : 0).toString(encoding === 'utf-8' ? 'utf8' : 'latin1')
  const old = was.split(/(?<=\n)/)
  if (new Set(was.match(/\r?\n/g)).size < 2) return text.replace(/\n/g, end)
  const lines = text.split(/(?<=\n)/)
  const same = (one: string | undefined, other: string | undefined): boolean => one?.replace(/\r\n$/, '\n') === other
  let head = 0
  while (head < lines.length && same(old[head], lines[head])) head++
  let tail = 0
  while (tail < Math.min(lines.length, old.length) - head && same(old[old.length - 1 - tail], lines[lines.length - 1 - tail])) tail++
  const changed = lines.slice(head, lines.length - tail).map((line) => line.replace(/\n$/, end))
  return [...old.slice(0, head), ...changed, ...(tail === 0 ? [] : old.slice(-tail))].join('')
}
