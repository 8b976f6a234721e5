import { RecordKind, fromClient } from '../../../shared/records.js'
import type { From, GapNote, Recorder, Stage } from '../../../shared/records.js'

/**
 * A recorder of a tunnel that has no room now and then: what it takes must be what was sent, from where the last piece
 * or the gap that it was told of ended.
 */
export class LeakyRecorder implements Recorder {
  /** Bytes taken, and bytes that gaps said were lost. */
  taken = 0
  lost = 0
  readonly #expected: Readonly<Record<'up' | 'down', Buffer>>
  readonly #at = { up: 0, down: 0 }
  readonly #chance: () => number
  #wrong: string | null = null

  constructor(expected: Readonly<Record<'up' | 'down', Buffer>>, chance: () => number) {
    this.#expected = expected
    this.#chance = chance
  }

  bytes(
    kind: RecordKind,
    _exchange: number,
    _connection: number,
    from: From,
    _stage: Stage,
    bytes: Uint8Array,
    start: number,
    end: number
  ): boolean {
    if (this.#isFull()) return false
    const way = wayOf(from)
    const at = this.#at[way]
    const sent = this.#expected[way].subarray(at, at + end - start)
    if (kind !== RecordKind.bytes) this.#wrong ??= `a record of kind ${kind}`
    else if (sent.compare(bytes, start, end) !== 0) this.#wrong ??= `${way}: recorded other bytes within ${end - start} at ${at}`
    this.#at[way] += end - start
    this.taken += end - start
    return true
  }

  note(kind: RecordKind, _exchange: number, _connection: number, from: From, note: object): boolean {
    if (this.#isFull()) return false
    if (kind !== RecordKind.gap) return true
    const { lostBytes } = note as GapNote
    this.#at[wayOf(from)] += lostBytes
    this.lost += lostBytes
    return true
  }

  /** What is wrong with what was recorded, now that the tunnel is over. What was lost last is not told where there was no room for that. */
  get wrong(): string | null {
    const { up, down } = this.#at
    const beyond = up > this.#expected.up.length || down > this.#expected.down.length
    return this.#wrong ?? (beyond ? `recorded ${up} and ${down} bytes` : null)
  }

  #isFull(): boolean {
    return this.#chance() < 0.05
  }
}

function wayOf(from: From): 'up' | 'down' {
  return from === fromClient ? 'up' : 'down'
}
