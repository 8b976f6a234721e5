import { hasMember } from '../../../shared/fields.js'

/** A head as it stood on the wire, taken apart for showing: nothing is judged, nothing thrown. Strings are latin1. */
export interface HeadText {
  /** The request line or status line. */
  readonly startLine: string
  /** Names and values in order, in their own case, without whitespace around a value. */
  readonly fields: readonly (readonly [name: string, value: string])[]
}

export function headText(bytes: Uint8Array): HeadText {
  const lines = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1').split(/\r?\n/)
  const fields: [string, string][] = []
  for (const line of lines.slice(1)) {
    const last = fields.at(-1)
    const colon = line.indexOf(':')
    if (/^[ \t]/.test(line) && last !== undefined) last[1] = `${last[1]} ${line.trim()}`.trim()
    else if (colon >= 0) fields.push([line.slice(0, colon), line.slice(colon + 1).trim()])
    else if (line !== '') fields.push([line, ''])
  }
  return { startLine: lines[0] ?? '', fields }
}

/** Value of the first field with this name (lower case), or undefined. */
export function headField(head: HeadText, lower: string): string | undefined {
  return head.fields.find(([name]) => name.toLowerCase() === lower)?.[1]
}

/** Method and target of a request line, as far as it is one. */
export function requestLine(head: HeadText): { readonly method: string; readonly target: string } {
  const [method = '', target = ''] = head.startLine.split(' ')
  return { method, target }
}

/** Whether a request asks for a WebSocket: a list of protocols, in any case (RFC 6455 §4.2.1, RFC 9110 §7.8). */
export function asksForWebSocket({ fields }: HeadText): boolean {
  return hasMember(fields.flat(), 'upgrade', 'websocket')
}

/** Status of the status line that a head begins with, 0 where it is none. */
export function statusOf(head: Uint8Array): number {
  const line = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 16)).toString('latin1')
  return Number(/^HTTP\/\d+\.\d+ (\d{3})/.exec(line)?.[1] ?? 0)
}
