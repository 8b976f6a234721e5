import { closeSync, openSync, readSync } from 'node:fs'

/** Configs and what they include are small; a device or a log named by mistake is not. */
export const maxConfigBytes = 16 * 1024 * 1024
const pieceBytes = 65_536

export class TooLargeError extends Error {}

/**
 * A whole file as latin1. Read to its end and not by its size, which a pipe (`<(command)`) or a device does not have.
 * @throws TooLargeError, or what the file system says
 */
export function readBounded(path: string, maxBytes = maxConfigBytes): string {
  const file = openSync(path, 'r')
  try {
    const pieces: Buffer[] = []
    for (let length = 0; ;) {
      const piece = Buffer.allocUnsafe(pieceBytes)
      const read = readSync(file, piece, 0, pieceBytes, null)
      if (read === 0) return Buffer.concat(pieces).toString('latin1')
      length += read
      if (length > maxBytes) throw new TooLargeError(`it is larger than ${maxBytes / 1024 ** 2} MiB`)
      pieces.push(piece.subarray(0, read))
    }
  } finally {
    closeSync(file)
  }
}
