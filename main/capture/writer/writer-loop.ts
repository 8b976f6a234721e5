import { SwitchyardError } from '../../../shared/errors.js'
import type { CaptureLimits } from '../limits.js'
import type { Opened, WriterCounts, WriterData, WriterEvent } from '../protocol.js'
import { missedOf, ringFilledBytes } from '../ring/ring.js'
import { RingReader, type RingRecord } from '../ring/ring-reader.js'
import { signalCommit, signalTurn } from '../signals.js'
import { CaptureStore } from '../store/capture-store.js'
import { CaptureWriter } from './capture-writer.js'

/** Between two looks at the ring: while there is traffic, and after a second without. Nobody has to wake this thread. */
const busyPollMs = 8
const quietPollMs = 20
const quietAfterMs = 1000
/** Read in one go, before messages are looked at and a batch may end. */
const drainBytes = 4 * 1024 * 1024
/** After a failure writing is tried again this often. */
const retryMs = 2000

/** Drains the ring into a capture file, batch by batch, until it is closed. */
export class WriterLoop {
  readonly #data: WriterData
  readonly #limits: CaptureLimits
  readonly #reader: RingReader
  readonly #tell: (event: WriterEvent) => void
  readonly #writer: CaptureWriter
  readonly #take = (record: RingRecord): void => this.#writer.take(record)
  #store: CaptureStore
  #file: string
  #timer: NodeJS.Timeout | NodeJS.Immediate | null = null
  #dirtySinceMs = 0
  #lastTrafficMs = 0
  #failedAtMs = 0
  #pausedByUser = false

  /** Opens the file (throws as CaptureStore does) and begins. `tell` is called with `opened` at once. */
  constructor(data: WriterData, tell: (event: WriterEvent) => void) {
    this.#data = data
    this.#limits = { ...data.limits }
    this.#tell = tell
    this.#reader = new RingReader(data.ring)
    this.#file = data.file
    this.#store = new CaptureStore(data.file)
    this.#writer = new CaptureWriter(this.#store, this.#limits)
    this.#logGoingOn()
    tell({ event: 'opened', ...this.#opened() })
    this.#turn()
  }

  /** A file that another start left in the middle of its work says so itself: whoever wrote it could not. */
  #logGoingOn(): void {
    const { after } = this.#data
    const { lost } = this.#store.start
    if (after === null && lost === 0) return
    const why = after === null ? '' : ` (${after.replace(/\.$/, '')})`
    const message = `The engine was started again after it ended${why}; ${sayLost(lost)}.`
    this.#store.addLog(0, 0, Date.now() * 1000, { level: 'warning', source: 'switchyard', code: 'engine-restarted', message })
    this.#store.commit()
  }

  flush(): WriterCounts {
    while (this.#drain() >= drainBytes);
    this.#commit(true)
    return this.counts()
  }

  changeFile(file: string): Opened {
    const store = new CaptureStore(file)
    const { paused } = this.counts()
    this.#resume()
    this.flush()
    this.#writer.moveTo(store, Date.now() * 1000)
    this.#store.close()
    this.#store = store
    this.#file = file
    if (paused) this.pause(this.#pausedByUser)
    return this.#opened()
  }

  pause(paused: boolean): WriterCounts {
    this.#pausedByUser = paused
    if (!paused && this.#failedAtMs === 0) this.#resume()
    if (paused && !this.#store.paused) {
      this.flush()
      this.#writer.stopWriting()
      this.#store.paused = true
    }
    return this.counts()
  }

  /** The limits are one object for all who keep to them. */
  keepPayload(maxPayloadBytes: number): void {
    Object.assign(this.#limits, { maxPayloadBytes })
  }

  counts(): WriterCounts {
    return { file: this.#file, openExchanges: this.#writer.open, missed: missedOf(this.#data.ring), paused: this.#store.paused }
  }

  close(): WriterCounts {
    if (this.#timer !== null) clearTimeout(this.#timer as NodeJS.Timeout)
    if (this.#timer !== null) clearImmediate(this.#timer as NodeJS.Immediate)
    this.#resume()
    this.flush()
    this.#writer.release(Date.now() * 1000)
    this.#commit(true)
    const counts = this.counts()
    this.#store.close()
    return counts
  }

  #turn(): void {
    const drained = this.#drain()
    const nowMs = performance.now()
    if (drained > 0) this.#lastTrafficMs = nowMs
    if (this.#failedAtMs > 0 && nowMs - this.#failedAtMs > retryMs) this.#retry()
    if (this.#batchIsDue(nowMs)) this.#commit(false)
    if (drained < drainBytes) signalTurn(this.#data.signals, performance.timeOrigin + nowMs)
    if (drained >= drainBytes) this.#timer = setImmediate(() => this.#turn())
    else this.#timer = setTimeout(() => this.#turn(), nowMs - this.#lastTrafficMs > quietAfterMs ? quietPollMs : busyPollMs)
  }

  #batchIsDue(nowMs: number): boolean {
    if (!this.#writer.dirty) {
      this.#dirtySinceMs = 0
      return false
    }
    if (this.#dirtySinceMs === 0) this.#dirtySinceMs = nowMs
    return nowMs - this.#dirtySinceMs >= this.#limits.commitMs
  }

  #drain(): number {
    const before = ringFilledBytes(this.#data.ring)
    try {
      return this.#reader.drain(this.#take, drainBytes)
    } catch (thrown) {
      this.#failed(thrown)
      return before
    }
  }

  #commit(last: boolean): void {
    this.#dirtySinceMs = 0
    try {
      this.#writer.commit(performance.now(), last)
      if (this.#failedAtMs > 0 && !this.#store.paused) this.#recovered()
      signalCommit(this.#data.signals)
    } catch (thrown) {
      this.#failed(thrown)
    }
  }

  /** The store cannot be written: traffic goes on, and is counted as missed. Anything else is a fault of ours and ends the thread. */
  #failed(thrown: unknown): void {
    const code = (thrown as NodeJS.ErrnoException).code
    const byDisk = thrown instanceof SwitchyardError || (typeof code === 'string' && /^E[A-Z]+$/.test(code))
    if (!byDisk) throw thrown
    this.#store.giveUp()
    this.#writer.batchLost()
    this.#store.paused = true
    const first = this.#failedAtMs === 0
    this.#failedAtMs = performance.now()
    if (first) this.#tell({ event: 'failed', error: unwritable(this.#file, thrown).toPlain() })
  }

  #retry(): void {
    this.#failedAtMs = performance.now()
    if (!this.#pausedByUser) this.#resume()
  }

  /** What passed until now, the ring's rest among it, is not kept; what comes is. Nothing, where writing goes on. */
  #resume(): void {
    if (!this.#store.paused) return
    while (this.#drain() >= drainBytes);
    this.#commit(true)
    this.#store.paused = false
    try {
      this.#writer.resumeWriting(Date.now() * 1000)
    } catch (thrown) {
      return this.#failed(thrown)
    }
    this.#commit(true)
  }

  #recovered(): void {
    this.#failedAtMs = 0
    this.#tell({ event: 'recovered' })
  }

  #opened(): Opened {
    return { file: this.#file, ...this.#store.start }
  }
}

function unwritable(file: string, thrown: unknown): SwitchyardError {
  if (thrown instanceof SwitchyardError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new SwitchyardError('capture-unwritable', `The capture ${file} could not be written: ${message}.`, {
    hint: 'Free space on its disk; capture goes on by itself. Traffic was not affected.',
    cause: thrown
  })
}

function sayLost(exchanges: number): string {
  if (exchanges === 0) return 'no exchange was open'
  return exchanges === 1 ? 'the exchange that was open is lost' : `${exchanges} exchanges that were open are lost`
}
