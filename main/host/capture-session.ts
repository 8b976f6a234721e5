import { basename, resolve } from 'node:path'
import { missedOf } from '../capture/ring/ring.js'
import type { MissedCounters } from '../capture/ring/ring.js'
import type { Opened, ReaderEvent } from '../capture/protocol.js'
import { lockFile } from '../capture/sessions/lock-file.js'
import { defaultRetention, retain } from '../capture/sessions/retention.js'
import { Sessions } from '../capture/sessions/sessions.js'
import type { HeldSession } from '../capture/sessions/sessions.js'
import { createSignals } from '../capture/signals.js'
import { startReader, startWriter } from '../capture/threads.js'
import type { ReaderThread, WriterThread } from '../capture/threads.js'
import type { SessionFacts } from '../../shared/contract.js'
import { SwitchyardError } from '../../shared/errors.js'
import type { PlainError } from '../../shared/errors.js'
import { heapMb } from './threads.js'

/** Longest that a stop waits for the reader to let go of the file, and for the last batch. */
const readerWithinMs = 500
const writerWithinMs = 2000
/** A program that runs for weeks keeps to the bounds, too. */
const retainEveryMs = 3_600_000

export interface CaptureSessionOptions {
  readonly dataDir: string
  readonly ring: SharedArrayBuffer
  /** Folder of the bundled threads, with its slash. */
  readonly threads: URL
  /** `session`: a new file in the data folder, under a name of its own. */
  readonly into: 'session' | { readonly file: string }
  readonly onFailed: (error: SwitchyardError) => void
  readonly onWarning: (message: string) => void
}

/** What is stored of one run: the file, its lock, and the two threads that write and read it. */
export class CaptureSession {
  readonly ring: SharedArrayBuffer
  readonly #sessions: Sessions
  readonly #onWarning: (message: string) => void
  readonly #writer: WriterThread
  readonly reader: ReaderThread
  #held: HeldSession
  #opened: Opened
  #closing = false
  #clearing: Promise<unknown> = Promise.resolve()
  readonly #retaining: NodeJS.Timeout
  onTick: (tick: ReaderEvent) => void = () => {}

  /** @throws SwitchyardError `capture-unwritable` | `capture-locked` | `capture-unknown` | `version-mismatch` */
  static async start(options: CaptureSessionOptions): Promise<CaptureSession> {
    const sessions = new Sessions(options.dataDir)
    const held = options.into === 'session' ? writable(sessions.folder, () => sessions.begin(Date.now())) : hold(options.into.file)
    const signals = createSignals()
    try {
      const writer = await startWriter({
        url: new URL('writer.js', options.threads),
        ring: options.ring,
        signals,
        file: held.file,
        maxHeapMb: heapMb.writer
      })
      const reader = startReader({ url: new URL('reader.js', options.threads), file: held.file, signals, maxHeapMb: heapMb.reader })
      const session = new CaptureSession(options, sessions, held, writer, reader)
      session.#retain()
      return session
    } catch (thrown) {
      held.lock.release()
      throw thrown
    }
  }

  private constructor(options: CaptureSessionOptions, sessions: Sessions, held: HeldSession, writer: WriterThread, reader: ReaderThread) {
    this.ring = options.ring
    this.#onWarning = options.onWarning
    this.#sessions = sessions
    this.#held = held
    this.#writer = writer
    this.#opened = writer.opened
    this.reader = reader
    reader.onEvent((event) => this.onTick(event))
    writer.onEvent((event) => {
      if (event.event === 'failed') options.onWarning(sayTrouble(event.error))
      if (event.event === 'recovered') options.onWarning('The capture is written again.')
    })
    this.#retaining = setInterval(() => this.#retain(), retainEveryMs).unref()
    for (const { ended } of [writer, reader]) void ended.then((error) => this.#threadEnded(error, options.onFailed))
  }

  get name(): string {
    return this.#held.name
  }
  get file(): string {
    return this.#held.file
  }
  /** Which start within the file this is: an exchange of another was decided by configs that are gone. */
  get run(): number {
    return this.#opened.run
  }
  /** Where the engine's numbers begin: behind those of an earlier run on the same file. */
  get first(): { exchange: number; connection: number } {
    const { nextExchange, nextConnection } = this.#opened
    return { exchange: nextExchange, connection: nextConnection }
  }
  get missed(): MissedCounters {
    return missedOf(this.ring)
  }

  /** Begins a new file; the old one stays until retention takes it. @returns its name. @throws SwitchyardError `capture-unwritable` */
  clear(): Promise<string> {
    const turn = this.#clearing.then(() => this.#clear())
    this.#clearing = turn.catch(() => {})
    return turn
  }

  async #clear(): Promise<string> {
    const next = writable(this.#sessions.folder, () => this.#sessions.begin(Date.now()))
    try {
      this.#opened = await this.#writer.ask('changeFile', { file: next.file })
    } catch (thrown) {
      next.lock.release()
      throw thrown
    }
    const before = this.#held
    this.#held = next
    await this.reader.ask('openFile', { file: next.file })
    before.lock.release()
    this.#retain()
    return next.name
  }

  list(): readonly SessionFacts[] {
    return this.#sessions.list()
  }

  /** What the ring holds is committed, the file closed and unlocked. The reader goes first: whoever closes last leaves one file. */
  async close(): Promise<void> {
    this.#closing = true
    clearInterval(this.#retaining)
    await closed(this.reader, readerWithinMs)
    await closed(this.#writer, writerWithinMs)
    this.#held.lock.release()
  }

  /** Sessions in use count and stay. Old ones that cannot be removed are no reason not to go on. */
  #retain(): void {
    try {
      retain(this.#sessions.folder, defaultRetention, Date.now())
    } catch (thrown) {
      this.#onWarning(`Old captures in ${this.#sessions.folder} cannot be removed: ${String(thrown)}.`)
    }
  }

  #threadEnded(error: SwitchyardError | null, onFailed: (error: SwitchyardError) => void): void {
    if (!this.#closing) onFailed(error ?? new SwitchyardError('thread-failed', 'A capture thread ended by itself.'))
  }
}

/** Asks a thread to end, and ends it where it does not in time. */
async function closed(
  thread: { ask(method: 'close', params: object): Promise<unknown>; readonly ended: Promise<unknown>; terminate(): Promise<void> },
  withinMs: number
): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, withinMs)))
  const done = thread.ask('close', {}).then(() => thread.ended)
  await Promise.race([done.catch(() => null), late])
  clearTimeout(timer)
  await thread.terminate()
}

function hold(file: string): HeldSession {
  const path = resolve(file)
  return { name: basename(path), file: path, lock: writable(path, () => lockFile(path)) }
}

/** What the file system says no to is no fault of ours, and has a way out. */
function writable<Made>(path: string, make: () => Made): Made {
  try {
    return make()
  } catch (thrown) {
    if (thrown instanceof SwitchyardError) throw thrown
    const why = thrown instanceof Error ? thrown.message : String(thrown)
    throw new SwitchyardError('capture-unwritable', `The capture ${path} cannot be written: ${why}.`, {
      hint: 'Choose another place with --capture FILE or --data DIR, or switch capture off with --capture off.',
      cause: thrown
    })
  }
}

function sayTrouble({ message, hint }: PlainError): string {
  return hint === undefined ? message : `${message} ${hint}`
}
