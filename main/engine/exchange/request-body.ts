import type { BodyFraming, WirePolicy } from '../../../shared/heads.js'
import { BodyReader } from '../http1/body-reader.js'
import type { BodySink } from '../http1/body-reader.js'
import type { Wire } from '../wire/wire.js'
import { type FramedOutput } from './framed-output.js'

type Mode = 'waiting' | 'spooling' | 'relaying' | 'discarding'

/**
 * The body of one request, on its way from the client: left on the wire, spooled in memory up to a bound, relayed to an
 * origin, or read to nowhere so that the next request can begin.
 */
export class RequestBody {
  readonly framing: BodyFraming
  /** Bytes unframed so far. */
  bytes = 0
  #mode: Mode = 'waiting'
  readonly #reader: BodyReader | null
  #spool: Buffer[] = []
  #spoolUpTo = 0
  #spooledBytes = 0
  #spoolReleased = false
  #relayed = false
  #output: FramedOutput | null = null
  #borrowed: Wire | null = null
  #onSpooled: ((fault: boolean) => void) | null = null
  #onRelayed: (() => void) | null = null
  #onDiscarded: (() => void) | null = null
  /** Told where the chunking is broken or the client left in the middle, in whatever mode. */
  onFault: (cause: 'bodyMalformed' | 'bodyCutShort') => void = () => {}
  onBytes: ((bytes: Buffer, start: number, end: number) => void) | null = null
  readonly #sink: BodySink = (bytes, start, end) => this.#take(bytes, start, end)

  constructor(framing: BodyFraming, policy: WirePolicy) {
    this.framing = framing
    this.#reader = framing.kind === 'none' ? null : new BodyReader(framing, policy)
  }

  get complete(): boolean {
    return this.#reader === null || this.#reader.done
  }
  get broken(): boolean {
    return this.#reader !== null && this.#reader.fault !== null
  }
  /** Whether bytes of the wire may be pushed now. */
  get wants(): boolean {
    return this.#mode !== 'waiting' && !this.complete && !this.broken
  }
  get spooled(): { bytes: number; complete: boolean } {
    return { bytes: this.#spooledBytes, complete: this.complete }
  }
  /** Whether it can be sent to another origin: spooled whole, or not a byte of it has gone. */
  get replayable(): boolean {
    return this.#reader === null || !this.#relayed || (this.complete && !this.#spoolReleased)
  }

  /** @param borrowed the wire whose read buffer the bytes stand in; null: they are the body's own. @returns up to where it read. */
  push(bytes: Buffer, start: number, end: number, borrowed: Wire | null): number {
    const reader = this.#reader as BodyReader
    this.#borrowed = borrowed
    const limit = this.#mode === 'spooling' ? Math.min(end, start + this.#spoolUpTo - this.#spooledBytes) : end
    const at = reader.push(bytes, start, limit, this.#sink)
    this.#borrowed = null
    if (reader.fault !== null) this.#fail('bodyMalformed')
    else if (reader.done) this.#completed()
    else if (this.#mode === 'spooling' && this.#spooledBytes >= this.#spoolUpTo) this.#spooledEnough()
    return at
  }

  /** Nothing more comes: told while somebody wants more. */
  cutShort(): void {
    if (this.wants) this.#fail('bodyCutShort')
  }

  spool(upToBytes: number, done: (fault: boolean) => void): void {
    if (this.complete || this.#spooledBytes >= upToBytes) return done(false)
    this.#mode = 'spooling'
    this.#spoolUpTo = upToBytes
    this.#onSpooled = done
  }

  /** Sends what is spooled, then the rest as it comes. */
  relayTo(output: FramedOutput, done: () => void): void {
    this.#relayed = true
    for (const piece of this.#spool) output.take(piece, 0, piece.length, null)
    if (this.complete) {
      output.end()
      return done()
    }
    this.#releaseSpool()
    this.#output = output
    this.#onRelayed = done
    this.#mode = 'relaying'
  }

  /** The origin is gone, or wants no more: what is left stays on the wire. */
  detach(): void {
    this.#output = null
    this.#onRelayed = null
    if (this.#mode === 'relaying') this.#mode = 'waiting'
  }

  discard(done: () => void): void {
    if (this.complete) return done()
    this.#mode = 'discarding'
    this.#onDiscarded = done
  }

  #take(bytes: Buffer, start: number, end: number): void {
    this.bytes += end - start
    this.onBytes?.(bytes, start, end)
    if (this.#mode === 'spooling') {
      this.#spool.push(Buffer.from(bytes.subarray(start, end)))
      this.#spooledBytes += end - start
    } else if (this.#mode === 'relaying') this.#output?.take(bytes, start, end, this.#borrowed)
  }

  #completed(): void {
    const mode = this.#mode
    this.#mode = 'waiting'
    if (mode === 'spooling') this.#spooledEnough()
    else if (mode === 'relaying') {
      this.#output?.end()
      this.#output = null
      this.#onRelayed?.()
    } else if (mode === 'discarding') this.#onDiscarded?.()
  }

  #spooledEnough(): void {
    this.#mode = 'waiting'
    const done = this.#onSpooled
    this.#onSpooled = null
    done?.(false)
  }

  #releaseSpool(): void {
    this.#spool = []
    this.#spoolReleased = true
  }

  #fail(cause: 'bodyMalformed' | 'bodyCutShort'): void {
    this.#mode = 'waiting'
    this.onFault(cause)
  }
}
