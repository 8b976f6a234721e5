import type { Wire, WireOwner } from '../../../main/engine/wire/wire.js'

/** Keeps what a wire tells, and lets a test await it. */
export class Collect implements WireOwner {
  readonly pieces: Buffer[] = []
  bytes = 0
  drains = 0
  error: NodeJS.ErrnoException | null = null
  isEnded = false
  isClosed = false
  readonly #waiting: { readonly met: () => boolean; readonly resolve: () => void }[] = []
  readonly wire: Wire

  constructor(wire: Wire) {
    this.wire = wire
    wire.owner = this
  }

  get text(): string {
    return Buffer.concat(this.pieces).toString('latin1')
  }

  until(met: () => boolean): Promise<void> {
    if (met()) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push({ met, resolve }))
  }
  untilBytes(count: number): Promise<void> {
    return this.until(() => this.bytes >= count)
  }

  received(bytes: Buffer, start: number, end: number): void {
    this.pieces.push(Buffer.from(bytes.subarray(start, end)))
    this.bytes += end - start
    this.#look()
  }
  ended(): void {
    this.isEnded = true
    this.#look()
  }
  drained(): void {
    this.drains++
    this.#look()
  }
  closed(error: NodeJS.ErrnoException | null): void {
    this.isClosed = true
    this.error = error
    this.#look()
  }
  #look(): void {
    for (const waiting of [...this.#waiting]) {
      if (!waiting.met()) continue
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
      waiting.resolve()
    }
  }
}
