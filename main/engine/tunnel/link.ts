import { Buffer } from 'node:buffer'
import type { Wire, WireOwner } from '../wire/wire.js'
import type { Direction } from './direction.js'

/** Where a stage puts what it lets pass. The bytes stay the stage's own: they are copied where they must wait. */
export type StageSink = (bytes: Buffer, start: number, end: number) => void

/**
 * A change on one direction: a fault, an edit. Bytes belong to the link until `push` returns; a stage that keeps them
 * copies them, and is bounded.
 */
export interface Stage {
  push(bytes: Buffer, start: number, end: number, sink: StageSink): void
}

/** Who hears what becomes of a link. */
export interface LinkOwner {
  /** Bytes came. @returns µs since the epoch; 0 where nobody asks for the time. */
  tick(link: Link): number
  /** FIN of the source; all its bytes have been passed on. */
  sourceEnded(link: Link): void
  sourceClosed(link: Link, error: NodeJS.ErrnoException | null): void
}

/** One direction of a tunnel: source → stages → sink, and the tap beside it. Without a stage bytes pass as they were read. */
export class Link implements WireOwner {
  readonly source: Wire
  readonly sink: Wire
  readonly direction: Direction
  /** The other way of the same tunnel: its sink is our source. */
  opposite!: Link
  readonly #owner: LinkOwner
  #stages: readonly Stage[] = []
  #joining: Stage[] = []

  constructor(source: Wire, sink: Wire, direction: Direction, owner: LinkOwner) {
    this.source = source
    this.sink = sink
    this.direction = direction
    this.#owner = owner
  }

  /** Bytes that came before the tunnel was there: they go first. */
  early(bytes: Buffer): void {
    const atUs = this.#owner.tick(this)
    this.direction.passed(bytes, 0, bytes.length, atUs)
    this.sink.write(bytes)
  }

  /** From the next boundary of frames on; at once where there are no frames. @returns takes it away again. */
  addStage(stage: Stage): () => void {
    this.#joining = [...this.#joining, stage]
    if (this.direction.framer?.atBoundary !== false) this.#join()
    return () => {
      this.#joining = this.#joining.filter((other) => other !== stage)
      this.#stages = this.#stages.filter((other) => other !== stage)
    }
  }

  received(bytes: Buffer, start: number, end: number): void {
    const atUs = this.#owner.tick(this)
    if (this.#stages.length > 0 || this.#joining.length > 0) return this.#staged(bytes, start, end, atUs)
    // The bytes stay where they are during this call: the tap may look when they are on their way already.
    this.sink.forward(this.source, bytes, start, end)
    this.direction.passed(bytes, start, end, atUs)
  }

  ended(): void {
    this.#owner.sourceEnded(this)
  }

  /** Our source, which is the sink of the opposite link, has room again. */
  drained(): void {
    this.opposite.source.resume()
  }

  closed(error: NodeJS.ErrnoException | null): void {
    this.#owner.sourceClosed(this, error)
  }

  #join(): void {
    this.#stages = [...this.#stages, ...this.#joining]
    this.#joining = []
  }

  #staged(bytes: Buffer, start: number, end: number, atUs: number): void {
    let at = start
    if (this.#joining.length > 0) {
      at = this.#boundary(bytes, start, end)
      if (at > start) this.#through(bytes, start, at, atUs)
      if (this.direction.framer?.atBoundary !== false) this.#join()
    }
    if (at < end) this.#through(bytes, at, end, atUs)
  }

  /** Where the frame that `start` stands in ends, or `end`. The framer that counts is not moved. */
  #boundary(bytes: Buffer, start: number, end: number): number {
    return this.direction.framer === null ? start : this.direction.framer.boundaryIn(bytes, start, end)
  }

  #through(bytes: Buffer, start: number, end: number, atUs: number): void {
    this.#pass(0, bytes, start, end)
    this.direction.passed(bytes, start, end, atUs)
  }

  #pass(index: number, bytes: Buffer, start: number, end: number): void {
    const stage = this.#stages[index]
    if (stage !== undefined) return stage.push(bytes, start, end, (out, from, to) => this.#pass(index + 1, out, from, to))
    // Not lent: what a stage puts out is its own again when this returns.
    if (!this.sink.write(Buffer.from(bytes.subarray(start, end)))) this.source.pause()
  }
}
