import { type From, fromClient, fromServer } from '../../../shared/records.js'
import type { Activity, ExchangeRow } from '../../../shared/rows.js'
import { indexEntryBytes, indexEntryWords, indexWords } from '../store/run-index.js'
import type { SqlDatabase, SqlStatement } from '../store/sqlite.js'
import { lowest } from './tunnel-index.js'

/** Up to so many frames a side all runs are looked at; beyond, only those that stand where a bin ends. */
const fewFrames = 2048
/** A run of more frames, in the middle of which a bin ends, is taken to be even: its packed index is 64 KiB, and takes 0.4 ms to come. */
const shortRun = 256

/** Of a frame's time in its entry of the packed index, from 1 as SQL counts. */
const timeOffset = 5

interface RunTimes {
  readonly id: number
  readonly first: number
  readonly count: number
  readonly beganAtUs: number
}
const runColumns = 'id, first, count, began_at'

/**
 * What passed in an exchange over its life, out of what its runs say of themselves: no payload is read, and of the
 * packed indexes those alone in which a bin ends and another begins.
 *
 * Of a long tunnel the run at each bin's end is searched for by halves: numbers of frames and times both grow from run to
 * run, so what passed in a bin is the difference of two numbers. That is a few thousand look-ups however long the tunnel
 * is. Frames that the capture lacks are counted there with those around them, and an end of a bin may be off by part of a
 * run, which is what passed in a few dozen ms where it is a long one.
 */
export class ActivityPictures {
  readonly #runs: SqlStatement
  readonly #runAt: SqlStatement
  readonly #frames: SqlStatement
  readonly #lastTime: SqlStatement
  readonly #bodies: SqlStatement
  /** Packed times of the run that was looked at last: a quiet tunnel has several bins in one. */
  #loaded: { readonly id: number; readonly count: number; readonly words: Uint32Array } | null = null

  constructor(database: SqlDatabase) {
    const of = 'FROM runs WHERE exchange = ? AND stage = 0 AND side = ?'
    this.#runs = database.prepare(`SELECT ${runColumns} ${of} ORDER BY first`)
    this.#runAt = database.prepare(`SELECT ${runColumns} ${of} AND first <= ? ORDER BY first DESC LIMIT 1`)
    this.#frames = database.prepare('SELECT frames FROM runs WHERE id = ?')
    this.#lastTime = database.prepare('SELECT substr(frames, ?, 4) FROM runs WHERE id = ?')
    this.#bodies = database.prepare(
      `SELECT side, CAST(min(max((at - ?) * ? / ?, 0), ?) AS INTEGER) AS bin, sum(length)
       FROM bodies WHERE exchange = ? AND stage = 0 GROUP BY side, bin`
    )
  }

  /** @param nowUs where the picture of one that is open ends; null: nobody writes the file, it ends with its last frame. */
  of(row: ExchangeRow, bins: number, nowUs: number | null): Activity {
    this.#loaded = null
    const fromUs = row.openedAtUs
    const endUs = row.endedAtUs > 0 ? row.endedAtUs : (nowUs ?? Math.max(row.tunnelAtUs, this.#lastFrameUs(row.id)))
    const toUs = Math.max(endUs, fromUs + 1)
    const [client, server] =
      row.websocket === 1
        ? [this.#side(row.id, fromClient, bins, fromUs, toUs), this.#side(row.id, fromServer, bins, fromUs, toUs)]
        : this.#bytes(row.id, bins, fromUs, toUs)
    return { exchange: row.id, fromUs, toUs, client, server }
  }

  #bytes(exchange: number, bins: number, fromUs: number, toUs: number): [number[], number[]] {
    const sides: [number[], number[]] = [empty(bins), empty(bins)]
    for (const [side, bin, bytes] of this.#bodies.all(fromUs, bins, toUs - fromUs, bins - 1, exchange)) {
      sides[side as From][bin as number] = bytes as number
    }
    return sides
  }

  #side(exchange: number, side: From, bins: number, fromUs: number, toUs: number): number[] {
    const last = this.#run(exchange, side, Number.MAX_SAFE_INTEGER)
    if (last === null) return empty(bins)
    // What was lost may be more than what is there: it is the numbers that are searched.
    if (last.first + last.count > fewFrames) return this.#searched(exchange, side, last, bins, fromUs, toUs)
    return this.#counted(this.#runs.all(exchange, side).map(runTimes), bins, fromUs, toUs)
  }

  /** Each run goes into its bin; one that reaches over an end of a bin is looked into. */
  #counted(runs: readonly RunTimes[], bins: number, fromUs: number, toUs: number): number[] {
    const picture = empty(bins)
    const binOf = (atUs: number): number => Math.min(Math.max(Math.floor(((atUs - fromUs) * bins) / (toUs - fromUs)), 0), bins - 1)
    for (const [at, run] of runs.entries()) {
      const bin = binOf(run.beganAtUs)
      const next = runs[at + 1]
      if (bin === bins - 1 || (next !== undefined && binOf(next.beganAtUs) === bin)) add(picture, bin, run.count)
      else {
        const words = this.#words(run)
        for (let i = 0; i < run.count; i++) add(picture, binOf(run.beganAtUs + (words[i * indexEntryWords + 1] as number)), 1)
      }
    }
    return picture
  }

  #searched(exchange: number, side: From, last: RunTimes, bins: number, fromUs: number, toUs: number): number[] {
    const begin = this.#runs.first(exchange, side)
    let before = begin === undefined ? 0 : runTimes(begin).first
    const end = last.first + last.count
    const picture: number[] = []
    for (let bin = 1; bin <= bins; bin++) {
      const upTo = bin === bins ? end : this.#before(exchange, side, fromUs + ((toUs - fromUs) * bin) / bins, before, end)
      picture.push(upTo - before)
      before = upTo
    }
    return picture
  }

  /** The number of the first frame at `atUs` or later, which lies in low…high. Of all runs on the way just the last that began before is looked into. */
  #before(exchange: number, side: From, atUs: number, least: number, most: number): number {
    let last: RunTimes | null = null
    for (let low = least, high = most; low < high;) {
      const run = this.#run(exchange, side, Math.floor((low + high) / 2))
      if (run === null) break
      if (run.beganAtUs >= atUs) high = run.first
      else {
        last = run
        low = Math.max(run.first + run.count, low + 1)
      }
    }
    return last === null ? least : Math.max(least, last.first + this.#inside(last, atUs))
  }

  /** How many of its frames came before. */
  #inside(run: RunTimes, atUs: number): number {
    const intoUs = atUs - run.beganAtUs
    const lastUs = this.#lastIntoUs(run)
    if (intoUs > lastUs) return run.count
    if (run.count > shortRun) return Math.floor((run.count * intoUs) / (lastUs + 1))
    const words = this.#words(run)
    return lowest(run.count, (i) => (words[i * indexEntryWords + 1] as number) >= intoUs)
  }

  /** When its last frame came, µs since it began. */
  #lastIntoUs(run: RunTimes): number {
    const time = this.#lastTime.first((run.count - 1) * indexEntryBytes + timeOffset, run.id)?.[0] as Buffer | undefined
    return time?.length === 4 ? time.readUInt32LE() : 0
  }

  #lastFrameUs(exchange: number): number {
    const last = [fromClient, fromServer].map((side) => this.#run(exchange, side as From, Number.MAX_SAFE_INTEGER))
    return Math.max(...last.map((run) => (run === null ? 0 : run.beganAtUs + this.#lastIntoUs(run))))
  }

  #run(exchange: number, side: From, number: number): RunTimes | null {
    const row = this.#runAt.first(exchange, side, number)
    return row === undefined ? null : runTimes(row)
  }

  #words(run: RunTimes): Uint32Array {
    if (this.#loaded?.id === run.id && this.#loaded.count >= run.count) return this.#loaded.words
    const words = indexWords((this.#frames.first(run.id)?.[0] ?? Buffer.alloc(0)) as Buffer)
    this.#loaded = { id: run.id, count: words.length / indexEntryWords, words }
    return words
  }
}

const empty = (bins: number): number[] => Array.from({ length: bins }, () => 0)
const add = (picture: number[], bin: number, count: number): void => void (picture[bin] = (picture[bin] as number) + count)
function runTimes(row: readonly unknown[]): RunTimes {
  const [id, first, count, beganAtUs] = row as [number, number, number, number]
  return { id, first, count, beganAtUs }
}
