import { constants, createInflateRaw, type InflateRaw } from 'node:zlib'

/** What comes out is taken in pieces of this size. */
const pieceBytes = 64 * 1024
/** A message that inflates to more than this is not followed any further: it would hold up all other tunnels for seconds. */
const longestBytes = 1024 * 1024 * 1024

interface NativeInflate {
  writeSync(flush: number, from: Uint8Array, at: number, bytes: number, to: Uint8Array, toAt: number, toBytes: number): void
}
interface Holder {
  readonly _handle?: Partial<NativeInflate> | null
  /** What is left of the room and of the bytes given, after a write. */
  readonly _writeState?: Uint32Array
}

/**
 * Inflates one message that is too long to be inflated in a call: piece by piece as it comes, of which the beginning is
 * kept, and the end, since the next message may point into it. Node's public calls give all of a message or nothing; this
 * is the one place that touches the `_handle` of zlib, and {@link LongInflate.begin} answers null where there is none such.
 */
export class LongInflate {
  readonly #stream: InflateRaw
  readonly #handle: NativeInflate
  readonly #left: Uint32Array
  readonly #limitBytes: number
  /** The last bytes that came out, or null where no later message may point at them. */
  readonly #window: Window | null
  readonly #piece = Buffer.allocUnsafeSlow(pieceBytes)
  readonly #kept: Buffer[] = []
  #keptBytes = 0
  #bytes = 0
  #broken = false

  /** @param dictionary what earlier messages left. @param windowBytes 0: nothing is left for later ones. */
  static begin(dictionary: Buffer, windowBytes: number, limitBytes: number): LongInflate | null {
    const stream = createInflateRaw(dictionary.length > 0 ? { dictionary } : {})
    stream.on('error', () => {})
    const { _handle: handle, _writeState: left } = stream as Holder
    if (typeof handle?.writeSync === 'function' && left !== undefined)
      return new LongInflate(stream, handle as NativeInflate, left, dictionary, windowBytes, limitBytes)
    stream.close()
    return null
  }

  private constructor(
    stream: InflateRaw,
    handle: NativeInflate,
    left: Uint32Array,
    dictionary: Buffer,
    windowBytes: number,
    limitBytes: number
  ) {
    this.#stream = stream
    this.#handle = handle
    this.#left = left
    this.#limitBytes = limitBytes
    this.#window = windowBytes === 0 ? null : new Window(windowBytes, dictionary)
  }

  push(compressed: Uint8Array): void {
    let at = 0
    while (!this.#over) {
      this.#handle.writeSync(constants.Z_SYNC_FLUSH, compressed, at, compressed.length - at, this.#piece, 0, pieceBytes)
      if (this.#stream.errored !== null) return void (this.#broken = true)
      const [roomLeft = 0, bytesLeft = 0] = this.#left
      this.#take(this.#piece.subarray(0, pieceBytes - roomLeft))
      at = compressed.length - bytesLeft
      if (roomLeft > 0) return
    }
  }

  /** null: what came is no DEFLATE. `window` is null where it could not be followed to its end. */
  end(): { readonly bytes: Buffer; readonly cut: boolean; readonly window: Buffer | null } | null {
    this.#stream.close()
    if (this.#broken) return null
    const window = this.#window === null || this.#over ? null : this.#window.bytes
    return { bytes: Buffer.concat(this.#kept), cut: this.#bytes > this.#keptBytes, window }
  }

  /** Nothing that still comes can be of use. */
  get #over(): boolean {
    return this.#broken || this.#bytes > (this.#window === null ? this.#limitBytes : longestBytes)
  }

  #take(piece: Buffer): void {
    const kept = Math.min(piece.length, this.#limitBytes - this.#keptBytes)
    if (kept > 0) this.#kept.push(Buffer.from(piece.subarray(0, kept)))
    this.#keptBytes += Math.max(kept, 0)
    this.#bytes += piece.length
    this.#window?.push(piece)
  }
}

/** The last bytes of what is pushed. */
class Window {
  readonly #size: number
  bytes: Buffer
  constructor(size: number, bytes: Buffer) {
    this.#size = size
    this.bytes = bytes
  }
  push(piece: Buffer): void {
    const joined = piece.length >= this.#size ? piece : Buffer.concat([this.bytes, piece])
    this.bytes = Buffer.from(joined.subarray(Math.max(0, joined.length - this.#size)))
  }
}
