import type { OnRead } from './handle.js'

/** What one read may bring. */
export const readBufferBytes = 65_536

/** Spare buffers that are kept: 16 MiB at most. */
const maxSpare = 256
const spare: Buffer[] = []

/** A buffer to read into. Its memory is touched only as far as reads fill it. */
export function takeReadBuffer(): Buffer {
  return spare.pop() ?? Buffer.allocUnsafeSlow(readBufferBytes)
}

/** Nobody points into it any more, the system included. */
export function giveReadBuffer(buffer: Buffer): void {
  if (spare.length < maxSpare) spare.push(buffer)
}

/** The reading side that a socket is made with, before the wire that it will belong to is there. */
export class Intake implements OnRead {
  /** Where the next read goes. */
  current = takeReadBuffer()
  /** False: read no more until told to. */
  onBytes: (buffer: Buffer, bytes: number) => boolean = () => false
  readonly buffer = (): Buffer => this.current
  readonly callback = (bytes: number, buffer: Uint8Array): boolean => this.onBytes(buffer as Buffer, bytes)
}
