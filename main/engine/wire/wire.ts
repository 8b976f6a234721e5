import type { TlsFacts } from '../../../shared/site.js'

/**
 * One end of a connection, plain or TLS, read into a reused buffer. The engine speaks to sockets through this alone.
 * Backpressure is `write` → false, then `drained`; a wire that is not read does not see FIN or RST.
 */
export interface Wire {
  /** Who is told. May be exchanged at any time outside of a call of its own. */
  owner: WireOwner
  readonly remote: Endpoint
  readonly local: Endpoint
  readonly tls: TlsFacts | null
  /** Bytes written but not yet taken by the system. */
  readonly pendingBytes: number
  readonly bytesRead: number
  readonly bytesWritten: number
  /**
   * Gives bytes away: the caller never touches them again. False: wait for `drained`. A plain wire says false when the
   * system did not take all of it; one that speaks TLS, whose writes never end at once, from 64 KiB of pending bytes on.
   * On a wire that is ended or gone it does nothing, and says true.
   */
  write(bytes: Buffer): boolean
  /** The same for a head. */
  writeLatin1(text: string): boolean
  /**
   * Writes bytes that still stand in `source`'s read buffer, without copying where that can be. Where the system has
   * not taken them at once, `source` lends that buffer and is paused until they are (its owner need do nothing). False:
   * as for `write`.
   */
  forward(source: Wire, bytes: Buffer, start: number, end: number): boolean
  /** Holds what is written until the matching uncork, so that it leaves in one call. */
  cork(): void
  uncork(): void
  /** The owner's own pause, apart from the one of lending. Both must be off for bytes to come. */
  pause(): void
  resume(): void
  /** FIN once everything is written; reading goes on. */
  end(): void
  /** RST now. */
  reset(): void
  /** Ends it now, without a care for what is pending. `closed` follows. */
  destroy(): void
  readonly closed: boolean
}

export interface WireOwner {
  /** Bytes [start, end): valid during this call only. */
  received(bytes: Buffer, start: number, end: number): void
  /** The peer's FIN. Writing goes on until `end`. */
  ended(): void
  /** What was pending has been taken, whether `write` said false or not. */
  drained(): void
  /** The wire is gone. Told once, last. `error`: null when it was orderly. */
  closed(error: NodeJS.ErrnoException | null): void
}

export interface Endpoint {
  readonly address: string
  readonly port: number
}
