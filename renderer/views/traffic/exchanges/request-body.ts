import type { ExchangeRow } from '../../../../shared/rows.js'
import type { Connection } from '../../../state/connection.svelte.js'

const pieceBytes = 65_536
/** More than that is for a file, not for a command line. */
const mostBytes = 128 * 1024

/** The body of a request as a word of a command line. null: it is not text, was not kept to its end, or is too long for one. */
export async function requestBody(
  connection: Pick<Connection, 'request'>,
  { id, handshake, state, bytesClient }: ExchangeRow,
  session: string | undefined
): Promise<{ readonly text: string | null; readonly empty: boolean }> {
  if (handshake === 1 || bytesClient === 0) return { text: null, empty: true }
  if (state === 'open' || bytesClient > mostBytes) return { text: null, empty: false }
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let read = ''
  for (let offset = 0; ;) {
    const of = { exchange: id, from: 'client' as const, offset, length: pieceBytes, ...(session === undefined ? {} : { session }) }
    const { bytes, kept, total } = await connection.request('http.body', of)
    offset += bytes.length
    if (kept < total || (bytes.length === 0 && offset < kept)) return { text: null, empty: false }
    const whole = offset >= kept
    const piece = textOf(text, bytes, !whole)
    // No argument of a program holds a NUL.
    if (piece === null || piece.includes('\0')) return { text: null, empty: false }
    read += piece
    if (whole) return { text: read, empty: false }
  }
}

function textOf(decoder: TextDecoder, bytes: Uint8Array, stream: boolean): string | null {
  try {
    return decoder.decode(bytes, { stream })
  } catch {
    return null
  }
}
