import { constants, inflateRawSync } from 'node:zlib'

/** What came of a compressed message. */
export type Inflated =
  | { readonly was: 'inflated'; readonly bytes: Buffer; readonly cut: boolean }
  /** An earlier message, or a part of this one, is missing: back-references would point into nothing. */
  | { readonly was: 'contextLost' }
  | { readonly was: 'broken' }

/** The four bytes that a sender leaves off each message (RFC 7692 §7.2.2). */
const messageTail = Buffer.from([0, 0, 0xff, 0xff])
const largestWindowBytes = 32 * 1024
const nothing: Buffer = Buffer.alloc(0)

/**
 * Inflates the messages of one direction (RFC 7692 §7.2.2). The window that goes from one message to the next is kept as
 * what it is, the last bytes that came out, and given to zlib as a dictionary: that way each message is one synchronous
 * call, and nothing but 32 KiB stays behind.
 */
export class MessageInflater {
  readonly #noContextTakeover: boolean
  readonly #windowBytes: number
  readonly #limitBytes: number
  #window: Buffer = nothing
  #lost = false
  #parts: Buffer[] = []
  #partBytes = 0
  #messageLost = false

  /** @param limitBytes of a message, compressed or inflated; what inflates to more is cut, and its window is lost. */
  constructor(noContextTakeover: boolean, windowBits: number, limitBytes: number) {
    this.#noContextTakeover = noContextTakeover
    this.#windowBytes = Math.min(2 ** windowBits, largestWindowBytes)
    this.#limitBytes = limitBytes
  }

  /** One frame of the message, unmasked; copied. `whole` is false where some of its bytes are not there. */
  push(payload: Uint8Array, whole: boolean): void {
    this.#partBytes += payload.length
    if (!whole || this.#partBytes > this.#limitBytes) this.#messageLost = true
    if (this.#messageLost) this.#parts = []
    else if (payload.length > 0) this.#parts.push(Buffer.from(payload))
  }

  /** The message's last frame was pushed. */
  end(): Inflated {
    const compressed = Buffer.concat([...this.#parts, messageTail])
    const lost = this.#messageLost || this.#lost
    this.#parts = []
    this.#partBytes = 0
    this.#messageLost = false
    if (lost) return this.#forget('contextLost')
    return this.#inflate(compressed)
  }

  /** Bytes of this direction are missing. `inMessage`: they end inside a compressed message. */
  gap(inMessage: boolean): void {
    this.#parts = []
    this.#partBytes = 0
    this.#messageLost = inMessage
    this.#lost ||= !this.#noContextTakeover
  }

  #inflate(compressed: Buffer): Inflated {
    try {
      const bytes = inflateRawSync(compressed, {
        finishFlush: constants.Z_SYNC_FLUSH,
        maxOutputLength: this.#limitBytes,
        ...(this.#window.length > 0 ? { dictionary: this.#window } : {})
      })
      this.#remember(bytes)
      return { was: 'inflated', bytes, cut: false }
    } catch (thrown) {
      // One call gives all or nothing: of a message that is too long, nothing is shown but that it is.
      if ((thrown as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') return this.#forget('broken')
      this.#forget('broken')
      return { was: 'inflated', bytes: nothing, cut: true }
    }
  }

  #remember(bytes: Buffer): void {
    if (this.#noContextTakeover) return
    const joined = bytes.length >= this.#windowBytes ? bytes : Buffer.concat([this.#window, bytes])
    this.#window = joined.length > this.#windowBytes ? Buffer.from(joined.subarray(joined.length - this.#windowBytes)) : joined
  }

  #forget(was: 'contextLost' | 'broken'): Inflated {
    this.#window = nothing
    this.#lost ||= !this.#noContextTakeover
    return { was }
  }
}
