import { constants, inflateRawSync } from 'node:zlib'
import { LongInflate } from './long-inflate.js'

/** What came of a compressed message. */
export type Inflated =
  /** `cut`: `bytes` are the beginning of it. */
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
 * call, and nothing but 32 KiB stays behind. A message that is too long for that goes through a stream of its own.
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
  /** The message that is coming, from where it was too long to be held. */
  #long: LongInflate | null = null

  /** @param limitBytes held of a message, compressed and inflated; what inflates to more is cut. */
  constructor(noContextTakeover: boolean, windowBits: number, limitBytes: number) {
    this.#noContextTakeover = noContextTakeover
    this.#windowBytes = Math.min(2 ** windowBits, largestWindowBytes)
    this.#limitBytes = limitBytes
  }

  /** What came of the message, unmasked and in order; copied. */
  push(payload: Uint8Array): void {
    if (this.#messageLost || this.#lost || payload.length === 0) return
    this.#partBytes += payload.length
    if (this.#long === null && this.#partBytes > this.#limitBytes) this.#goLong()
    if (this.#long !== null) this.#long.push(payload)
    else if (!this.#messageLost) this.#parts.push(Buffer.from(payload))
  }

  /** Some of the message is not there. */
  lose(): void {
    this.#messageLost = true
    this.#drop()
  }

  /** The message's last frame was pushed. */
  end(): Inflated {
    const compressed = Buffer.concat([...this.#parts, messageTail])
    const lost = this.#messageLost || this.#lost
    const long = this.#long
    this.#long = null
    this.#drop()
    this.#messageLost = false
    if (lost) return this.#forget('contextLost')
    return long === null ? this.#inflate(compressed) : this.#endLong(long)
  }

  /** Bytes of this direction are missing. `inMessage`: they end inside a compressed message. */
  gap(inMessage: boolean): void {
    this.#drop()
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
      // One call gives all or nothing: what is too long for it is done again, in pieces.
      if ((thrown as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') return this.#forget('broken')
      const long = this.#beginLong()
      if (long === null) return this.#forget('contextLost')
      long.push(compressed.subarray(0, -messageTail.length))
      return this.#endLong(long)
    }
  }

  #beginLong(): LongInflate | null {
    return LongInflate.begin(this.#window, this.#noContextTakeover ? 0 : this.#windowBytes, this.#limitBytes)
  }

  #goLong(): void {
    this.#long = this.#beginLong()
    for (const part of this.#parts) this.#long?.push(part)
    this.#parts = []
    if (this.#long === null) this.#messageLost = true
  }

  #endLong(long: LongInflate): Inflated {
    long.push(messageTail)
    const inflated = long.end()
    if (inflated === null) return this.#forget('broken')
    if (inflated.window !== null) this.#window = inflated.window
    else this.#forget('contextLost')
    return { was: 'inflated', bytes: inflated.bytes, cut: inflated.cut }
  }

  #drop(): void {
    this.#parts = []
    this.#partBytes = 0
    this.#long?.end()
    this.#long = null
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
