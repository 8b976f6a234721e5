import { Buffer } from 'node:buffer'
import type { BodyFraming } from '../../../shared/heads.js'
import { BodyWriter } from '../http1/body-writer.js'
import type { Wire } from '../wire/wire.js'

/** Up to this many bytes, a head and the beginning of its body are copied together so that they leave in one call. */
const maxJoinedBytes = 16_384
/** Up to this many as one string, which is cheaper than a buffer of its own. */
const maxTextBytes = 2048

/**
 * A message on its way out over one wire: its head, then a body framed as the head says. The head waits for the first
 * stretch of the body, or for `flush`.
 */
export class FramedOutput {
  readonly #wire: Wire
  readonly #body: BodyWriter
  #head: string | null
  /** Told when the wire holds bytes back; who gives the bytes pauses until the wire is drained. */
  readonly #onPending: () => void
  ended = false
  #pending = false

  constructor(wire: Wire, head: string | null, framing: BodyFraming, onPending: () => void) {
    this.#wire = wire
    this.#head = head
    this.#body = new BodyWriter(framing)
    this.#onPending = onPending
  }

  /** Whether the body is as long as its head says (RFC 9112 §8). */
  get whole(): boolean {
    return this.#body.whole
  }
  /** Bytes of the body so far, without framing. */
  get bytes(): number {
    return this.#body.bytes
  }

  /** What the head does not promise is left out. @param borrowed the wire whose read buffer the bytes stand in; null: they are given away. */
  take(bytes: Buffer, start: number, end: number, borrowed: Wire | null): void {
    const size = this.#body.fits(end - start)
    if (size <= 0) return
    const before = this.#body.before(size)
    if (before !== '' || this.#head !== null) this.#join((this.#head ?? '') + before, bytes, start, start + size, borrowed)
    else this.#write(bytes, start, start + size, borrowed)
  }

  /** Whether the wire holds bytes back, until `drained`. */
  get pending(): boolean {
    return this.#pending && !this.#wire.closed
  }
  drained(): void {
    this.#pending = false
  }

  /** What waits goes now. */
  flush(): void {
    if (this.#head === null) return
    const head = this.#head
    this.#head = null
    if (!this.#wire.writeLatin1(head)) this.#wait()
  }

  end(): void {
    if (this.ended) return
    this.ended = true
    const last = this.#body.end()
    if (last !== '') this.#head = (this.#head ?? '') + last
    this.flush()
  }

  #join(before: string, bytes: Buffer, start: number, end: number, borrowed: Wire | null): void {
    const { after } = this.#body
    const size = before.length + end - start + after.length
    this.#head = before
    if (size > maxJoinedBytes) {
      this.flush()
      this.#write(bytes, start, end, borrowed)
      if (after !== '' && !this.#wire.writeLatin1(after)) this.#wait()
      return
    }
    this.#head = null
    if (size <= maxTextBytes) {
      if (!this.#wire.writeLatin1(before + bytes.toString('latin1', start, end) + after)) this.#wait()
      return
    }
    const joined = Buffer.allocUnsafe(size)
    joined.write(before, 0, 'latin1')
    bytes.copy(joined, before.length, start, end)
    if (after !== '') joined.write(after, size - after.length, 'latin1')
    if (!this.#wire.write(joined)) this.#wait()
  }

  #write(bytes: Buffer, start: number, end: number, borrowed: Wire | null): void {
    const taken = borrowed === null ? this.#wire.write(bytes.subarray(start, end)) : this.#wire.forward(borrowed, bytes, start, end)
    if (!taken) this.#wait()
  }

  #wait(): void {
    this.#pending = true
    this.#onPending()
  }
}
