/** Content codings that a browser can undo (RFC 9110 §8.4.1). */
const formats = { gzip: 'gzip', 'x-gzip': 'gzip', deflate: 'deflate' } as const

/** No more than this comes out of a small body that grows. */
export const mostDecodedBytes = 8 * 1024 * 1024

export interface DecodedBody {
  readonly bytes: Uint8Array
  /** `cut`: at the bound; `short`: what was kept ended before it did; `broken`: it is not what the field says. */
  readonly state: 'whole' | 'cut' | 'short' | 'broken'
}

/** Whether it can be undone here; several codings, `br` and `zstd` can't. */
export function canDecode(coding: string): coding is keyof typeof formats {
  return coding.trim().toLowerCase() in formats
}

/** Undoes a content coding, up to {@link mostDecodedBytes}. `whole`: these are all bytes of the body. */
export async function decodeContent(
  bytes: Uint8Array<ArrayBuffer>,
  coding: string,
  whole: boolean,
  most = mostDecodedBytes
): Promise<DecodedBody> {
  const name = coding.trim().toLowerCase()
  if (!canDecode(name)) throw new Error(`${coding} is no coding of this page`)
  const first = await inflate(bytes, formats[name], whole, most)
  // RFC 9110 §8.4.1.2: some senders leave zlib's header out.
  return name === 'deflate' && first.state === 'broken' && first.bytes.length === 0
    ? await inflate(bytes, 'deflate-raw', whole, most)
    : first
}

async function inflate(bytes: Uint8Array<ArrayBuffer>, format: CompressionFormat, whole: boolean, most: number): Promise<DecodedBody> {
  const parts: Uint8Array[] = []
  let length = 0
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream(format)).getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return { bytes: joined(parts, length), state: whole ? 'whole' : 'short' }
      parts.push(value)
      length += value.length
      if (length > most) {
        await reader.cancel()
        return { bytes: joined(parts, length).subarray(0, most), state: 'cut' }
      }
    }
  } catch {
    return { bytes: joined(parts, length), state: whole ? 'broken' : 'short' }
  }
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
