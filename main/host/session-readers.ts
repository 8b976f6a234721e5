import { createViewIds } from '../capture/reader/view-table.js'
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
}

/**
 * The threads that read captures: one for the session that is written, for as long as it is; one for each older session
 * that somebody looks at, begun with the first question and ended when its last view has been closed for a while. Views
 * are numbered over all of them.
 */
export class SessionReaders {
  readonly live: ReaderThread
  readonly #url: URL
  readonly #onTick: (tick: ReaderEvent) => void
  readonly #viewIds = createViewIds()
  readonly #older = new Map<string, Older>()
  #closed = false

  constructor({ url, live, onTick }: SessionReadersOptions) {
    this.#url = url
    this.#onTick = onTick
    this.live = startReader({ url, ...live, viewIds: this.#viewIds, maxHeapMb: heapMb.reader })
    this.live.onEvent(onTick)
  }

  /** Asks the reader of a file; null: of the one that is written. @throws SwitchyardError what the reader answers, `request-invalid` where too many are open. */
  async ask<Name extends keyof ReaderMethods>(
    file: string | null,
    method: Name,
    params: ParamsOf<ReaderMethods[Name]>,
    signal?: AbortSignal
  ): Promise<ReplyOf<ReaderMethods[Name]>> {
    return file === null ? await this.live.ask(method, params, signal) : await this.#using(file, (ask) => ask(method, params, signal))
  }

  async openView(file: string | null, spec: ViewSpec): Promise<ViewState> {
    if (file === null) return await this.live.ask('openView', spec)
    return await this.#using(file, async (ask, { views }) => {
      const state = await ask('openView', spec)
      views.add(state.view)
      return state
    })
  }

  /** Asks about a view, whoever has it. */
  async askView<Name extends 'window' | 'indexOf' | 'find' | 'ack'>(
    view: number,
    method: Name,
    params: ParamsOf<ReaderMethods[Name]>,
    signal?: AbortSignal
  ): Promise<ReplyOf<ReaderMethods[Name]>> {
    return await this.ask(this.#fileOf(view), method, params, signal)
  }

  async closeView(view: number): Promise<null> {
    const file = this.#fileOf(view)
    if (file === null) return await this.live.ask('closeView', { view })
    return await this.#using(file, (ask, { views }) => {
      views.delete(view)
      return ask('closeView', { view })
    })
  }

  /** Files of older sessions that a reader has open. */
  get open(): readonly string[] {
    return [...this.#older.keys()]
  }

  /** @param withinMs longest that the reader of the live session has to let go of its file. */
  async close(withinMs: number): Promise<void> {
    this.#closed = true
    await Promise.all([endThread(this.live, withinMs), ...[...this.#older.keys()].map((file) => this.#end(file))])
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
    this.#makeRoom()
    const thread = startReader({ url: this.#url, file, signals: null, viewIds: this.#viewIds, maxHeapMb: heapMb.reader })
    const older: Older = { thread, views: new Set(), asked: 0, idle: null, usedAtMs: 0 }
    thread.onEvent(this.#onTick)
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
