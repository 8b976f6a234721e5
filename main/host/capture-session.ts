import { basename, resolve } from 'node:path'
import { missedOf } from '../capture/ring/ring.js'
import type { MissedCounters } from '../capture/ring/ring.js'
import type { ReaderEvent } from '../capture/protocol.js'
import { lockFile } from '../capture/sessions/lock-file.js'
import { defaultRetention, retain } from '../capture/sessions/retention.js'
import { Sessions } from '../capture/sessions/sessions.js'
import type { HeldSession } from '../capture/sessions/sessions.js'
import { createSignals } from '../capture/signals.js'
import { startReader, startWriter } from '../capture/threads.js'
import type { ReaderThread, WriterThread } from '../capture/threads.js'
import type { SessionFacts } from '../../shared/contract.js'
import { SwitchyardError } from '../../shared/errors.js'
import { heapMb } from './threads.js'

/** Longest that a stop waits for the last batch. */
const closeWithinMs = 2000

export interface CaptureSessionOptions {
  readonly dataDir: string
  readonly ring: SharedArrayBuffer
  /** `session`: a new file in the data folder, under a name of its own. */
  readonly into: 'session' | { readonly file: string }
  readonly onFailed: (error: SwitchyardError) => void
}

/** What is stored of one run: the file, its lock, and the two threads that write and read it. */
export class CaptureSession {
  readonly ring: SharedArrayBuffer
  readonly #sessions: Sessions
  readonly #writer: WriterThread
  readonly reader: ReaderThread
  #held: HeldSession
  #closing = false
  onTick: (tick: ReaderEvent) => void = () => {}

  /** @throws SwitchyardError `capture-unwritable` | `capture-locked` */
  static async start(options: CaptureSessionOptions): Promise<CaptureSession> {
    const sessions = new Sessions(options.dataDir)
    const held = options.into === 'session' ? sessions.begin(Date.now()) : hold(options.into.file)
    retain(sessions.folder, defaultRetention, Date.now())
    const signals = createSignals()
    try {
      const writer = await startWriter({ url: threadUrl('writer'), ring: options.ring, signals, file: held.file, maxHeapMb: heapMb.writer })
      const reader = startReader({ url: threadUrl('reader'), file: held.file, signals, maxHeapMb: heapMb.reader })
      return new CaptureSession(options, sessions, held, writer, reader)
    } catch (thrown) {
      held.lock.release()
      throw thrown
    }
  }

  private constructor(options: CaptureSessionOptions, sessions: Sessions, held: HeldSession, writer: WriterThread, reader: ReaderThread) {
    this.ring = options.ring
    this.#sessions = sessions
    this.#held = held
    this.#writer = writer
    this.reader = reader
    reader.onEvent((event) => this.onTick(event))
    for (const { ended } of [writer, reader]) void ended.then((error) => this.#threadEnded(error, options.onFailed))
  }

  get name(): string {
    return this.#held.name
  }
  get file(): string {
    return this.#held.file
  }
  /** Where the engine's numbers begin: behind those of an earlier run on the same file. */
  get first(): { exchange: number; connection: number } {
    const { nextExchange, nextConnection } = this.#writer.opened
    return { exchange: nextExchange, connection: nextConnection }
  }
  get missed(): MissedCounters {
    return missedOf(this.ring)
  }

  /** Begins a new file; the old one stays until retention takes it. @returns its name. */
  async clear(): Promise<string> {
    const next = this.#sessions.begin(Date.now())
    const { file } = await this.#writer.ask('changeFile', { file: next.file })
    await this.reader.ask('openFile', { file })
    this.#held.lock.release()
    this.#held = next
    return next.name
  }

  list(): readonly SessionFacts[] {
    return this.#sessions.list()
  }

  /** What the ring holds is committed, the file closed and unlocked. */
  async close(): Promise<void> {
    this.#closing = true
    const late = new Promise<void>((resolve) => setTimeout(resolve, closeWithinMs).unref())
    await Promise.race([this.#writer.ask('close', {}).catch(() => null), late])
    await Promise.all([this.#writer.terminate(), this.reader.terminate()])
    this.#held.lock.release()
  }

  #threadEnded(error: SwitchyardError | null, onFailed: (error: SwitchyardError) => void): void {
    if (!this.#closing) onFailed(error ?? new SwitchyardError('thread-failed', 'A capture thread ended by itself.'))
  }
}

function hold(file: string): HeldSession {
  const path = resolve(file)
  return { name: basename(path), file: path, lock: lockFile(path) }
}

function threadUrl(name: 'writer' | 'reader'): URL {
  return new URL(`../threads/${name}.js`, import.meta.url)
}
