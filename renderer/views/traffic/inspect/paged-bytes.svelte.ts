import type { BodyPiece } from '../../../../shared/rows.js'
import { isQuiet } from '../../../state/connection.svelte.js'

/** Bytes that one request brings (contract: `frame.body`, `http.body`). */
export const pieceBytes = 65_536

/** Asks for a piece. */
export type FetchPiece = (offset: number, length: number, signal: AbortSignal) => Promise<BodyPiece>

/**
 * A payload or body that is read in pieces, and only those that somebody looks at. The first piece says how much there is.
 * `close()` gives up on what is still asked for.
 */
export class PagedBytes {
  #total = $state(0)
  #kept = $state(0)
  #known = $state(false)
  #error = $state.raw<unknown>(null)
  /** Grows with every piece: what draws bytes reads it. */
  #revision = $state(0)
  #loadedTo = $state(0)
  #bytes = new Uint8Array(0)
  readonly #have = new Set<number>()
  readonly #asked = new Map<number, Promise<void>>()
  readonly #abort = new AbortController()
  readonly #fetch: FetchPiece

  constructor(fetch: FetchPiece) {
    this.#fetch = fetch
  }

  /** Bytes there were. */
  get total(): number {
    return this.#total
  }
  /** Bytes that the capture has. */
  get kept(): number {
    return this.#kept
  }
  /** Whether total and kept are known. */
  get known(): boolean {
    return this.#known
  }
  get error(): unknown {
    return this.#error
  }
  /** All bytes before this one are here. */
  get loadedTo(): number {
    return this.#loadedTo
  }
  get whole(): boolean {
    return this.#known && this.#loadedTo >= this.#kept
  }

  /** Bytes of a range as far as they are here; what is missing reads as 0 and `has` says so. Reactive; a view, not a copy. */
  slice(start: number, end: number): Uint8Array {
    void this.#revision
    return this.#bytes.subarray(start, Math.min(end, this.#kept))
  }
  has(start: number, end: number): boolean {
    void this.#revision
    return piecesOf(start, Math.min(end, this.#kept)).every((piece) => this.#have.has(piece))
  }

  /** Asks for what is missing of a range. Never throws: `error` says what failed. */
  async need(start: number, end: number): Promise<void> {
    const last = this.#known ? Math.min(end, this.#kept) : end
    await Promise.all(piecesOf(start, Math.max(last, start + 1)).map((piece) => this.#load(piece)))
  }
  /** Everything that is kept, one piece after the other. */
  async all(): Promise<void> {
    await this.need(0, 1)
    while (!this.whole && this.#error === null && !this.#abort.signal.aborted) await this.need(this.#loadedTo, this.#loadedTo + 1)
  }
  close(): void {
    this.#abort.abort()
  }

  #load(piece: number): Promise<void> {
    if (this.#have.has(piece) || (this.#known && piece * pieceBytes >= this.#kept)) return Promise.resolve()
    const asked = this.#asked.get(piece)
    if (asked !== undefined) return asked
    const loading = this.#ask(piece).finally(() => this.#asked.delete(piece))
    this.#asked.set(piece, loading)
    return loading
  }

  async #ask(piece: number): Promise<void> {
    try {
      this.#take(piece, await this.#fetch(piece * pieceBytes, pieceBytes, this.#abort.signal))
    } catch (thrown) {
      if (!this.#abort.signal.aborted && !isQuiet(thrown)) this.#error = thrown
    }
  }

  #take(piece: number, { total, kept, bytes, offset }: BodyPiece): void {
    if (this.#bytes.length < kept) {
      const grown = new Uint8Array(kept)
      grown.set(this.#bytes)
      this.#bytes = grown
    }
    this.#bytes.set(bytes, offset)
    this.#have.add(piece)
    this.#error = null
    this.#total = total
    this.#kept = kept
    this.#known = true
    this.#loadedTo = this.#prefix()
    this.#revision++
  }

  #prefix(): number {
    let piece = 0
    while (this.#have.has(piece)) piece++
    return Math.min(piece * pieceBytes, this.#kept)
  }
}

function piecesOf(start: number, end: number): number[] {
  const first = Math.floor(start / pieceBytes)
  const count = Math.max(0, Math.ceil(end / pieceBytes) - first)
  return Array.from({ length: count }, (_, at) => first + at)
}
