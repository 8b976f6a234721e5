import type { RecordKind, Recorder } from '../../../shared/records.js'

export interface Noted {
  readonly kind: RecordKind
  readonly exchange: number
  readonly connection: number
  readonly from: number
  readonly stage: number
  /** A note, or the latin1 text of bytes. */
  readonly what: object | string
}

/** A capture that keeps everything in order, so that a script can await what the engine came to. */
export class Notes implements Recorder {
  readonly all: Noted[] = []
  readonly #waiting = new Set<() => void>()

  bytes(
    kind: RecordKind,
    exchange: number,
    connection: number,
    from: number,
    stage: number,
    bytes: Uint8Array,
    start: number,
    end: number
  ): boolean {
    this.#add({ kind, exchange, connection, from, stage, what: Buffer.from(bytes.subarray(start, end)).toString('latin1') })
    return true
  }
  note(kind: RecordKind, exchange: number, connection: number, from: number, note: object): boolean {
    this.#add({ kind, exchange, connection, from, stage: 0, what: note })
    return true
  }

  of(kind: RecordKind): Noted[] {
    return this.all.filter((each) => each.kind === kind)
  }
  /** That many of a kind were noted. */
  async count(kind: RecordKind, count: number): Promise<Noted[]> {
    await this.until(() => this.of(kind).length >= count)
    return this.of(kind)
  }
  until(met: () => boolean): Promise<void> {
    if (met()) return Promise.resolve()
    return new Promise((resolve) => {
      const look = (): void => {
        if (!met()) return
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
    })
  }

  #add(noted: Noted): void {
    this.all.push(noted)
    for (const look of [...this.#waiting]) look()
  }
}
