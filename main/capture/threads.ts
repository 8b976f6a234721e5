import { Worker } from 'node:worker_threads'
import { SwitchyardError } from '../../shared/errors.js'
import { type ParamsOf, type ReplyOf, ThreadLink } from '../../shared/thread-link.js'
import { type CaptureLimits, defaultLimits } from './limits.js'
import type { Opened, ReaderEvent, ReaderMethods, WriterEvent, WriterMethods } from './protocol.js'

type Methods<M> = { [Name in keyof M]: (params: never) => unknown }

/** One of the capture's threads, as the host holds it. */
export interface CaptureThread<M extends Methods<M>, Event> {
  /** Asks; rejects with a SwitchyardError, `request-cancelled` when the signal fires, `thread-failed` when the thread dies. */
  ask<Name extends keyof M & string>(method: Name, params: ParamsOf<M[Name]>, signal?: AbortSignal): Promise<ReplyOf<M[Name]>>
  /** Who hears the events. Returns its remover. */
  onEvent(listener: (event: Event) => void): () => void
  /** Settles when the thread is gone: with null after a close, else with what ended it. */
  readonly ended: Promise<SwitchyardError | null>
  /** Ends the thread at once, without a word to it. */
  terminate(): Promise<void>
}
export type WriterThread = CaptureThread<WriterMethods, WriterEvent> & { readonly opened: Opened }
export type ReaderThread = CaptureThread<ReaderMethods, ReaderEvent>

export interface WriterOptions {
  /** Where the bundled writer-thread stands. */
  readonly url: URL
  readonly ring: SharedArrayBuffer
  readonly signals: SharedArrayBuffer
  readonly file: string
  /** Why the engine that wrote the file before ended, as a sentence. */
  readonly after?: string | null
  readonly limits?: Partial<CaptureLimits>
  /** Megabytes of heap, for the thread's `resourceLimits`. */
  readonly maxHeapMb?: number
}
export interface ReaderOptions {
  readonly url: URL
  readonly file: string
  readonly signals: SharedArrayBuffer | null
  readonly viewIds?: SharedArrayBuffer
  readonly maxHeapMb?: number
}

/** Starts the writer and waits until its file is open. Rejects with what opening failed of. */
export async function startWriter(options: WriterOptions): Promise<WriterThread> {
  const { ring, signals, file, after = null, limits } = options
  const worker = startWorker(options.url, { ring, signals, file, after, limits: { ...defaultLimits, ...limits } }, options.maxHeapMb)
  const thread = connect<WriterMethods, WriterEvent>(worker)
  const opened = await new Promise<Opened>((resolve, reject) => {
    thread.onEvent((event) => (event.event === 'opened' ? resolve(event) : undefined))
    void thread.ended.then((error) => reject(error ?? new SwitchyardError('thread-failed', 'The capture writer ended before it began.')))
  })
  return Object.assign(thread, { opened })
}

/** Starts the reader on a file that exists. */
export function startReader(options: ReaderOptions): ReaderThread {
  const { file, signals, viewIds = null } = options
  return connect<ReaderMethods, ReaderEvent>(startWorker(options.url, { file, signals, viewIds }, options.maxHeapMb))
}

function startWorker(url: URL, workerData: unknown, maxHeapMb: number | undefined): Worker {
  return new Worker(url, { workerData, ...(maxHeapMb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: maxHeapMb } }) })
}

function connect<M extends Methods<M>, Event extends { readonly event: string }>(worker: Worker): CaptureThread<M, Event> {
  const link = new ThreadLink<M, Event>(worker)
  const listeners = new Set<(event: Event) => void>()
  let cause: SwitchyardError | null = null
  link.onEvent = (event) => listeners.forEach((listener) => listener(event))
  worker.on('error', (thrown) => (cause = threadError(thrown)))
  const ended = new Promise<SwitchyardError | null>((resolve) => {
    worker.once('exit', () => {
      link.break(cause ?? new SwitchyardError('thread-failed', 'The capture thread ended.'))
      resolve(cause)
    })
  })
  return {
    ask: (method, params, signal) => link.ask(method, params, signal),
    onEvent: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    ended,
    terminate: async () => void (await worker.terminate())
  }
}

/** What a thread threw, cloned on the way: its code is still there as a property, its class isn't. */
function threadError(thrown: Error & { code?: unknown }): SwitchyardError {
  if (thrown.code === 'capture-unwritable' || thrown.code === 'capture-unknown' || thrown.code === 'version-mismatch') {
    return new SwitchyardError(thrown.code, thrown.message, { cause: thrown })
  }
  return new SwitchyardError('thread-failed', `A capture thread failed: ${thrown.message}`, { cause: thrown })
}

/** Asks a thread to end, and ends it where it does not in time. */
export async function endThread(
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
