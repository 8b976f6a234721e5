/** From this many bytes on, whole words pay for aligning them. */
const wordsFrom = 64

/**
 * Unmasks `length` bytes in place (RFC 6455 §5.3). `key` is big endian as on the wire; `phase`, how many bytes of the
 * frame's payload stand before the first.
 */
export function unmask(bytes: Uint8Array, start: number, length: number, key: number, phase: number): void {
  const end = start + length
  let at = start
  const shift = phase - start
  if (length >= wordsFrom) {
    for (; (bytes.byteOffset + at) % 4 !== 0; at++) bytes[at] = (bytes[at] as number) ^ keyByte(key, at + shift)
    const words = (end - at) >>> 2
    unmaskWords(new Uint32Array(bytes.buffer, bytes.byteOffset + at, words), keyWord(key, at + shift))
    at += words * 4
  }
  for (; at < end; at++) bytes[at] = (bytes[at] as number) ^ keyByte(key, at + shift)
}

const keyByte = (key: number, phase: number): number => (key >>> (24 - 8 * (phase & 3))) & 0xff

/** The key as a little endian word that begins at `phase`. */
function keyWord(key: number, phase: number): number {
  return (keyByte(key, phase) | (keyByte(key, phase + 1) << 8) | (keyByte(key, phase + 2) << 16) | (keyByte(key, phase + 3) << 24)) >>> 0
}

function unmaskWords(words: Uint32Array, key: number): void {
  for (let i = 0; i < words.length; i++) words[i] = (words[i] as number) ^ key
}
