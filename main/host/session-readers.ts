import { createViewIds, viewUnknown } from '../capture/reader/view-table.js'
import type { ReaderEvent, ReaderMethods, ViewSpec } from '../capture/protocol.js'
import { endThread, startReader } from '../capture/threads.js'
import type { ReaderThread } from '../capture/threads.js'
import type { ParamsOf, ReplyOf } from '../../shared/thread-link.js'
import { SwitchyardError } from '../../shared/errors.js'
import type { ViewState } from '../../shared/rows.js'
import { heapMb } from './threads.js'

/** Older sessions that are looked at at once. */
const mostOlder = 4
/** A reader without a view stays so long for the next question. */
const idleMs = 5000
/** One that could not open the live session is not begun again before. */
const againMs = 5000

type Ask = <Name extends keyof ReaderMethods>(
  method: Name,
  params: ParamsOf<ReaderMethods[Name]>,
  signal?: AbortSignal
) => Promise<ReplyOf<ReaderMethods[Name]>>

interface Older {
  readonly thread: ReaderThread
  readonly views: Set<number>
  /** Questions under way. */
  asked: number
  idle: NodeJS.Timeout | null
  usedAtMs: number
}

export interface SessionReadersOptions {
  /** Bundle of the reader's thread. */
  readonly url: URL
  readonly live: { readonly file: string; readonly signals: SharedArrayBuffer }
  readonly onTick: (tick: ReaderEvent) => void
  /** The reader of the live session, which had answered, is gone; null: it was ended. */
  readonly onLiveEnded: (error: SwitchyardError | null) => void
}

/**
 * The threads that read captures, each begun with the first question: one for the session that is written, for as long as it is; one
 * for each older session that somebody looks at, ended when its last view has been closed for a while. Views are numbered over all of
 * them.
 */
export class SessionReaders {
  readonly #options: SessionReadersOptions
  /** null: nobody asked yet, or the last one could not begin. */
  #live: ReaderThread | null = null
  #liveFile: string
  #liveAnswered = false
  #liveFault: { readonly error: SwitchyardError; readonly atMs: number } | null = null
  readonly #viewIds = createViewIds()
  readonly #older = new Map<string, Older>()
  /** Files that are being taken away. */
  readonly #going = new Set<string>()
  #closed = false

  constructor(options: SessionReadersOptions) {
    this.#options = options
    this.#liveFile = options.live.file
  }

  /** The live session goes on in another file. */
  async moveTo(file: string): Promise<void> {
    this.#liveFile = file
    await this.#live?.ask('openFile', { file })
  }

  /** Asks the reader of a file; null: of the one that is written. @throws SwitchyardError what the reader answers, `request-invalid` where too many are open. */
  async ask<Name extends keyof ReaderMethods>(
    file: string | null,
    method: Name,
    params: ParamsOf<ReaderMethods[Name]>,
    signal?: AbortSignal
  ): Promise<ReplyOf<ReaderMethods[Name]>> {
    return file === null
      ? await this.#liveReader().ask(method, params, signal)
      : await this.#using(file, (ask) => ask(method, params, signal))
  }

  async openView(file: string | null, spec: ViewSpec): Promise<ViewState> {
    if (file === null) return await this.#askLive('openView', spec)
    return await this.#using(file, async (ask, { views }) => {
      const state = await ask('openView', spec)
      views.add(state.view)
      return state
    })
  }

  /** Asks about a view, whoever has it. @throws SwitchyardError what the reader answers, `view-unknown` */
  async askView<Name extends 'window' | 'indexOf' | 'find' | 'ack'>(
    view: number,
    method: Name,
    params: ParamsOf<ReaderMethods[Name]>,
    signal?: AbortSignal
  ): Promise<ReplyOf<ReaderMethods[Name]>> {
    const file = this.#fileOf(view)
    return file === null ? await this.#askLiveView(view, method, params, signal) : await this.ask(file, method, params, signal)
  }

  async closeView(view: number): Promise<null> {
    const file = this.#fileOf(view)
    if (file === null) return await this.#askLiveView(view, 'closeView', { view })
    return await this.#using(file, (ask, { views }) => {
      views.delete(view)
      return ask('closeView', { view })
    })
  }

  /** Files of older sessions that a reader has open. */
  get open(): readonly string[] {
    return [...this.#older.keys()]
  }

  /** Does what takes a file away: nobody reads this older session meanwhile, and its views are gone. */
  async takingAway(file: string, work: () => void): Promise<void> {
    this.#going.add(file)
    try {
      await this.#end(file)
      work()
    } finally {
      this.#going.delete(file)
    }
  }

  /** @param withinMs longest that the reader of the live session has to let go of its file. */
  async close(withinMs: number): Promise<void> {
    this.#closed = true
    const live = this.#live === null ? [] : [endThread(this.#live, withinMs)]
    await Promise.all([...live, ...[...this.#older.keys()].map((file) => this.#end(file))])
  }

  async #askLive<Name extends keyof ReaderMethods>(
    method: Name,
    params: ParamsOf<ReaderMethods[Name]>,
    signal?: AbortSignal
  ): Promise<ReplyOf<ReaderMethods[Name]>> {
    const reply = await this.#liveReader().ask(method, params, signal)
    this.#liveAnswered = true
    return reply
  }

  /** A view that is no older reader's: begins no reader to hear that it has none. */
  async #askLiveView<Name extends keyof ReaderMethods>(
    view: number,
    method: Name,
    params: ParamsOf<ReaderMethods[Name]>,
    signal?: AbortSignal
  ): Promise<ReplyOf<ReaderMethods[Name]>> {
    if (this.#live === null) throw viewUnknown(view)
    return await this.#askLive(method, params, signal)
  }

  /**
   * One that cannot begin, hours after the start it may be, fails what it is asked and nothing else. One that dies later takes views
   * along that nobody would miss: that is told.
   */
  #liveReader(): ReaderThread {
    if (this.#live !== null) return this.#live
    if (this.#closed) throw new SwitchyardError('thread-failed', 'Switchyard is stopping.')
    if (this.#liveFault !== null && performance.now() - this.#liveFault.atMs < againMs) throw this.#liveFault.error
    const { url, live, onTick, onLiveEnded } = this.#options
    const thread = startReader({ url, file: this.#liveFile, signals: live.signals, viewIds: this.#viewIds, maxHeapMb: heapMb.reader })
    thread.onEvent(onTick)
    void thread.ended.then((error) => {
      if (this.#liveAnswered) return onLiveEnded(error)
      this.#live = null
      if (error !== null) this.#liveFault = { error, atMs: performance.now() }
    })
    this.#live = thread
    return thread
  }

  #fileOf(view: number): string | null {
    for (const [file, { views }] of this.#older) if (views.has(view)) return file
    return null
  }

  async #using<Result>(file: string, work: (ask: Ask, older: Older) => Promise<Result>): Promise<Result> {
    const older = this.#older.get(file) ?? this.#start(file)
    older.asked++
    older.usedAtMs = Date.now()
    if (older.idle !== null) clearTimeout(older.idle)
    older.idle = null
    try {
      return await work((method, params, signal) => older.thread.ask(method, params, signal), older)
    } finally {
      older.asked--
      this.#mayRest(file, older)
    }
  }

  #mayRest(file: string, older: Older): void {
    if (older.asked > 0 || older.views.size > 0 || this.#older.get(file) !== older) return
    older.idle = setTimeout(() => void this.#end(file), idleMs)
    older.idle.unref()
  }

  #start(file: string): Older {
    if (this.#going.has(file)) throw new SwitchyardError('capture-unknown', `The capture ${file} is being deleted.`)
    this.#makeRoom()
    const thread = startReader({ url: this.#options.url, file, signals: null, viewIds: this.#viewIds, maxHeapMb: heapMb.reader })
    const older: Older = { thread, views: new Set(), asked: 0, idle: null, usedAtMs: 0 }
    thread.onEvent(this.#options.onTick)
    this.#older.set(file, older)
    // One that dies takes its views along, and nothing else: the next question begins another.
    void thread.ended.then(() => {
      if (this.#older.get(file) === older) this.#older.delete(file)
    })
    return older
  }

  /** The one that nobody looks at, and nobody has longest, goes. */
  #makeRoom(): void {
    if (this.#closed) throw new SwitchyardError('thread-failed', 'Switchyard is stopping.')
    if (this.#older.size < mostOlder) return
    const [rests] = [...this.#older]
      .filter(([, { asked, views }]) => asked === 0 && views.size === 0)
      .sort(([, a], [, b]) => a.usedAtMs - b.usedAtMs)
    if (rests === undefined) {
      throw new SwitchyardError('request-invalid', `${mostOlder} older captures are open already.`, { hint: 'Close one of them first.' })
    }
    void this.#end(rests[0])
  }

  async #end(file: string): Promise<void> {
    const older = this.#older.get(file)
    this.#older.delete(file)
    if (older?.idle != null) clearTimeout(older.idle)
    await older?.thread.terminate()
  }
}
