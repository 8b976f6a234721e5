import { existsSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { missedOf } from '../capture/ring/ring.js'
import type { MissedCounters } from '../capture/ring/ring.js'
import type { Opened, ReaderEvent } from '../capture/protocol.js'
import { lockFile } from '../capture/sessions/lock-file.js'
import { removeUnlocked, retain } from '../capture/sessions/retention.js'
import { removeSession, sessionSize } from '../capture/sessions/session-files.js'
import { Sessions } from '../capture/sessions/sessions.js'
import type { HeldSession } from '../capture/sessions/sessions.js'
import { createSignals } from '../capture/signals.js'
import { endThread, startWriter } from '../capture/threads.js'
import type { WriterThread } from '../capture/threads.js'
import type { SessionFacts, Status } from '../../shared/contract.js'
import { SwitchyardError } from '../../shared/errors.js'
import type { PlainError } from '../../shared/errors.js'
import { defaultSettings } from '../../shared/settings.js'
import { whySystemRefused } from '../../shared/system-error.js'
import type { Settings } from '../../shared/settings.js'
import { SessionReaders } from './session-readers.js'
import { heapMb } from './threads.js'
import { UnwrittenTime } from './unwritten-time.js'

/** Longest that a stop waits for the reader to let go of the file, and for the last batch. */
const readerWithinMs = 500
const writerWithinMs = 2000
/** A program that runs for weeks keeps to the bounds, too. */
const retainEveryMs = 3_600_000
/** How often the file that is written is looked at. */
const measureEveryMs = 1000

/** `session`: a new file in the data folder, under a name of its own. `after`: why the engine that wrote the file before ended. */
export type CaptureInto = 'session' | { readonly file: string; readonly after?: string }

/** What of the past, and of a payload, is kept. */
export type Keep = Pick<Settings, 'keepMb' | 'keepDays' | 'keepPayloadKb'>

export interface CaptureSessionOptions {
  readonly dataDir: string
  readonly ring: SharedArrayBuffer
  /** Folder of the bundled threads, with its slash. */
  readonly threads: URL
  readonly into: CaptureInto
  /** Default: as in shared/settings.ts. */
  readonly keep?: Keep
  readonly onFailed: (error: SwitchyardError) => void
  readonly onWarning: (message: string) => void
}

/** `made`: the file was not there before. */
type Held = HeldSession & { readonly made: boolean }

/** What is stored of one run: the file, its lock, the thread that writes it, and those that read it and older ones. */
export class CaptureSession {
  readonly ring: SharedArrayBuffer
  readonly #sessions: Sessions
  readonly #onWarning: (message: string) => void
  readonly #writer: WriterThread
  readonly readers: SessionReaders
  #held: Held
  #opened: Opened
  #keep: Keep
  #paused = false
  #trouble: string | null = null
  readonly #unwritten = new UnwrittenTime()
  /** It has all that the settings allow. */
  #full = false
  #closing = false
  #bytes: number
  #clearing: Promise<unknown> = Promise.resolve()
  readonly #retaining: NodeJS.Timeout
  readonly #measuring: NodeJS.Timeout
  onTick: (tick: ReaderEvent) => void = () => {}
  /** What {@link facts} say changed. */
  onChange: () => void = () => {}
  onDeleted: (session: string) => void = () => {}

  /** @throws SwitchyardError `capture-unwritable` | `capture-locked` | `capture-unknown` | `version-mismatch` */
  static async start(options: CaptureSessionOptions): Promise<CaptureSession> {
    const sessions = new Sessions(options.dataDir)
    const held = options.into === 'session' ? writable(sessions.folder, () => sessions.begin(Date.now())) : hold(options.into.file)
    const signals = createSignals()
    const { keepPayloadKb } = options.keep ?? defaultSettings
    const made = !existsSync(held.file)
    try {
      const writer = await startWriter({
        url: new URL('writer.js', options.threads),
        ring: options.ring,
        signals,
        file: held.file,
        after: options.into === 'session' ? null : (options.into.after ?? null),
        limits: { maxPayloadBytes: keepPayloadKb * 1024 },
        maxHeapMb: heapMb.writer
      })
      const session = new CaptureSession(options, sessions, { ...held, made }, writer, signals)
      session.#retain()
      return session
    } catch (thrown) {
      if (made) removeSession(held.file)
      held.lock.release()
      throw thrown
    }
  }

  private constructor(options: CaptureSessionOptions, sessions: Sessions, held: Held, writer: WriterThread, signals: SharedArrayBuffer) {
    this.ring = options.ring
    this.#onWarning = options.onWarning
    this.#sessions = sessions
    this.#held = held
    this.#writer = writer
    this.#opened = writer.opened
    this.#bytes = sessionSize(held.file).bytes
    this.#keep = options.keep ?? defaultSettings
    this.readers = new SessionReaders({
      url: new URL('reader.js', options.threads),
      live: { file: held.file, signals },
      onTick: (tick) => this.onTick(tick),
      onLiveEnded: (error) => this.#threadEnded(error, options.onFailed)
    })
    this.#retaining = setInterval(() => this.#retain(), retainEveryMs).unref()
    // A writer that is gone is told of by its end.
    this.#measuring = setInterval(() => void this.#keepWithin().catch(() => {}), measureEveryMs).unref()
    writer.onEvent((event) => {
      if (event.event === 'failed') this.#troubled(sayTrouble(event.error), sayTrouble(event.error))
      if (event.event === 'recovered') this.#troubled(null, 'The capture is written again.')
    })
    void writer.ended.then((error) => this.#threadEnded(error, options.onFailed))
  }

  get name(): string {
    return this.#held.name
  }
  get file(): string {
    return this.#held.file
  }
  /** Where sessions of this program stand. */
  get folder(): string {
    return this.#sessions.folder
  }
  get facts(): NonNullable<Status['capture']> {
    const { name, file } = this
    return { session: name, file, paused: this.#paused, trouble: this.#trouble, unwrittenMs: Math.ceil(this.#unwritten.ms) }
  }
  /** On the disk, with what stands beside the database, a second ago at the most: its folder is read for it. */
  get bytes(): number {
    return this.#bytes
  }
  /** The file of a session by its name; null: it is the one that is written. @throws SwitchyardError `capture-unknown` */
  fileOf(session: string | undefined): string | null {
    return session === undefined || session === this.name ? null : this.#sessions.named(session)
  }
  /** Which start within the file this is: an exchange of another was decided by configs that are gone. */
  get run(): number {
    return this.#opened.run
  }
  /** No exchange stood in the file when it was opened: what is in it was sent by this engine. */
  get beganEmpty(): boolean {
    return this.#opened.nextExchange === 1
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
    this.#held = { ...next, made: true }
    this.#bytes = sessionSize(next.file).bytes
    this.#unwritten.beginAnew(performance.now())
    await this.readers.moveTo(next.file)
    before.lock.release()
    this.#retain()
    this.onChange()
    return next.name
  }

  /** Traffic goes on; what passes in a pause is told as gaps. */
  async pause(paused: boolean): Promise<void> {
    await this.#writer.ask('pause', { paused })
    if (this.#paused === paused) return
    this.#paused = paused
    this.#changed()
  }

  /** Keeps so much from now on; older sessions beyond it go at once. */
  async keep(keep: Keep): Promise<void> {
    this.#keep = keep
    await this.#writer.ask('keepPayload', { maxBytes: keep.keepPayloadKb * 1024 })
    this.#retain()
  }

  list(): readonly SessionFacts[] {
    return this.#sessions.list()
  }

  /** Deletes an earlier session, whoever looks at it. @throws SwitchyardError `capture-unknown`, `capture-locked`, `file-unwritable` */
  async delete(session: string): Promise<void> {
    // One that is being cleared is held until the new one is written.
    await this.#clearing
    const file = this.fileOf(session)
    if (file === null)
      throw new SwitchyardError('capture-locked', `The capture ${session} is being written.`, {
        hint: 'Clear begins a new one; this one can be deleted then.'
      })
    const lock = deleting(file, () => lockFile(file))
    try {
      await this.readers.takingAway(file, () => deleting(file, () => removeSession(file)))
    } finally {
      lock.release()
    }
    this.onDeleted(session)
  }

  /** What the ring holds is committed, the file closed and unlocked. The reader goes first: whoever closes last leaves one file. */
  async close(): Promise<void> {
    this.#closing = true
    clearInterval(this.#retaining)
    clearInterval(this.#measuring)
    await this.readers.close(readerWithinMs)
    await endThread(this.#writer, writerWithinMs)
    this.#held.lock.release()
  }

  /** Closes it, and takes away the file where this run made it: what never began is no session, and would be taken for the last one. */
  async discard(): Promise<void> {
    await this.close()
    if (this.#held.made) removeUnlocked(this.#held.file)
  }

  /** Sessions in use count and stay. Old ones that cannot be removed are no reason not to go on. */
  #retain(): void {
    try {
      const { keepMb, keepDays } = this.#keep
      retain(this.#sessions.folder, { maxBytes: keepMb * 1024 * 1024, maxAgeMs: keepDays * 86_400_000 }, Date.now())
    } catch (thrown) {
      this.#onWarning(`Old captures in ${this.#sessions.folder} cannot be removed: ${String(thrown)}.`)
    }
  }

  /**
   * The file that is written is bounded as those of the past are, or a flood would fill the disk. What passes meanwhile is told as a
   * gap; a new file, or more room, lets it go on.
   */
  async #keepWithin(): Promise<void> {
    const { keepMb } = this.#keep
    this.#bytes = sessionSize(this.file).bytes
    const full = this.#bytes > keepMb * 1024 * 1024
    if (full === this.#full || this.#closing) return
    this.#full = full
    await this.pause(full)
    const says = `It has the ${keepMb} MB that Settings keep. Traffic goes on. Clear begins a new file; more room lets this one go on.`
    if (full) this.#troubled(says, `The capture ${this.name} stopped: ${says}`)
    else this.#troubled(null, 'The capture is written again.')
  }

  #troubled(trouble: string | null, says: string): void {
    this.#trouble = trouble
    this.#onWarning(says)
    this.#changed()
  }
  #changed(): void {
    this.#unwritten.writes(!this.#paused && this.#trouble === null, performance.now())
    this.onChange()
  }

  #threadEnded(error: SwitchyardError | null, onFailed: (error: SwitchyardError) => void): void {
    if (!this.#closing) onFailed(error ?? new SwitchyardError('thread-failed', 'A capture thread ended by itself.'))
  }
}

function hold(file: string): HeldSession {
  const path = resolve(file)
  return { name: basename(path), file: path, lock: writable(path, () => lockFile(path)) }
}

function writable<Made>(path: string, make: () => Made): Made {
  return orRefused(make, 'capture-unwritable', `The capture ${path} cannot be written`, {
    hint: 'Choose another place with --capture FILE or --data DIR, or switch capture off with --capture off.'
  })
}
function deleting<Made>(file: string, work: () => Made): Made {
  return orRefused(work, 'file-unwritable', `The capture ${file} cannot be deleted`, { hint: 'Delete it where it stands.' })
}

/** What the file system says no to is no fault of ours, and has a way out. */
function orRefused<Made>(work: () => Made, code: SwitchyardError['code'], what: string, { hint }: { hint: string }): Made {
  try {
    return work()
  } catch (thrown) {
    if (thrown instanceof SwitchyardError) throw thrown
    throw new SwitchyardError(code, `${what}: ${whySystemRefused(thrown)}.`, { hint, cause: thrown })
  }
}

function sayTrouble({ message, hint }: PlainError): string {
  return hint === undefined ? message : `${message} ${hint}`
}
