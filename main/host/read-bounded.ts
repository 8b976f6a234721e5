import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'

/** Configs and what they include are small; a device or a log named by mistake is not. */
export const maxConfigBytes = 16 * 1024 * 1024
const pieceBytes = 65_536

/** A descriptor that this process was started with: `<(command)` and standard input. */
const handedIn = /^\/(?:dev\/(?:fd\/\d+|stdin)|proc\/self\/fd\/\d+)$/

/** What a path is that is no config, in words that go behind `cannot be read:`. */
export class NoConfigError extends Error {}

/**
 * A whole file as latin1; read to its end and not by its size, which a pipe does not have. Of what is no file, only what
 * was handed in is read: a pipe that nobody writes to would hold its reader up for ever.
 * @throws NoConfigError, or what the file system says
 */
export function readBounded(path: string, maxBytes = maxConfigBytes): string {
  if (!statSync(path).isFile() && !handedIn.test(path)) refuseOther(path)
  const file = openSync(path, 'r')
  try {
    if (fstatSync(file).isDirectory()) throw new NoConfigError('it is a folder')
    const pieces: Buffer[] = []
    for (let length = 0; ;) {
      const piece = Buffer.allocUnsafe(pieceBytes)
      const read = readSync(file, piece, 0, pieceBytes, null)
      if (read === 0) return Buffer.concat(pieces).toString('latin1')
      length += read
      if (length > maxBytes) throw new NoConfigError(`it is larger than ${maxBytes / 1024 ** 2} MiB`)
      pieces.push(piece.subarray(0, read))
    }
  } finally {
    closeSync(file)
  }
}

function refuseOther(path: string): never {
  throw new NoConfigError(statSync(path).isDirectory() ? 'it is a folder' : 'it is no file')
}
