import type { From, Stage } from '../../../shared/records.js'
import type { CaptureStore } from '../store/capture-store.js'
import { GrowingBytes } from './growing-bytes.js'
import type { PendingBudget } from './pending-budget.js'

export interface BodyLimits {
  readonly maxPayloadBytes: number
  readonly maxInlineBytes: number
}

/** Body of one side of an exchange, or the bytes of a tunnel that is not WebSocket: its beginning, in one piece a batch. */
export class BodyRecorder {
  /** Bytes that came, kept or not. */
  bytes = 0
  readonly #limits: BodyLimits
  readonly #pending: GrowingBytes
  #pendingStart = 0
  #pendingAtUs = 0
  #kept = 0
  #whole = true

  constructor(limits: BodyLimits, budget: PendingBudget) {
    this.#limits = limits
    this.#pending = new GrowingBytes(budget)
  }

  push(bytes: Uint8Array, start: number, end: number, atUs: number): void {
    const take = Math.min(end - start, this.#limits.maxPayloadBytes - this.#kept)
    if (this.#pending.length === 0) {
      this.#pendingStart = this.bytes
      this.#pendingAtUs = atUs
    }
    this.bytes += end - start
    if (take <= 0 || !this.#whole) return
    // After a hole the rest would stand in the wrong place: what is kept is a beginning.
    this.#whole = this.#pending.append(bytes, start, start + take)
    if (this.#whole) this.#kept += take
  }

  /** Bytes are missing here: nothing behind them is kept. */
  gap(lostBytes: number): void {
    this.bytes += lostBytes
    this.#whole = false
  }

  /** What was handed to the store is not in the file: nothing behind it is kept. */
  dropped(): void {
    this.#whole = false
    this.#pending.dropFirst(this.#pending.length)
  }

  flush(store: CaptureStore, exchange: number, side: From, stage: Stage): void {
    const { length } = this.#pending
    if (length === 0) return
    if (store.paused) return this.dropped()
    const data = this.#pending.view()
    const inline = length <= this.#limits.maxInlineBytes
    if (!inline && store.segments.full) store.segments.rollOver()
    const place = inline
      ? { segment: 0, position: 0, data }
      : { segment: store.segments.segment, position: store.segments.append(data), data: null }
    store.addBody(exchange, side, stage, this.#pendingStart, this.#pendingAtUs, length, place)
    this.#pending.dropFirst(length)
  }

  end(): void {
    this.#pending.release()
  }
}
