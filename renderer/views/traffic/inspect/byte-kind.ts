export interface ByteKind {
  readonly name: string
  readonly type: string
  readonly image: boolean
}
const image = (name: string, type: string): ByteKind => ({ name, type, image: true })
const other = (name: string, type: string): ByteKind => ({ name, type, image: false })

const magics: readonly (readonly [hex: string, at: number, kind: ByteKind])[] = [
  ['89504e470d0a1a0a', 0, image('PNG image', 'image/png')],
  ['ffd8ff', 0, image('JPEG image', 'image/jpeg')],
  ['47494638', 0, image('GIF image', 'image/gif')],
  ['57454250', 8, image('WebP image', 'image/webp')],
  ['1f8b08', 0, other('gzip', 'application/gzip')],
  ['28b52ffd', 0, other('Zstandard', 'application/zstd')],
  ['504b0304', 0, other('ZIP archive', 'application/zip')],
  ['25504446', 0, other('PDF', 'application/pdf')],
  ['4f676753', 0, other('Ogg', 'application/ogg')],
  ['1a45dfa3', 0, other('Matroska or WebM', 'video/webm')],
  ['66747970', 4, other('MP4', 'video/mp4')],
  ['0061736d', 0, other('WebAssembly', 'application/wasm')]
]

/** What bytes are, by the mark that formats begin with; null: nothing that begins with one. */
export function kindOfBytes(bytes: Uint8Array): ByteKind | null {
  return magics.find(([hex, at]) => hexOf(bytes.subarray(at, at + hex.length / 2)) === hex)?.[2] ?? null
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
