import { Worker } from 'node:worker_threads'
import { SwitchyardError, type PlainError } from '../../shared/errors.js'
import { type CaptureLimits, defaultLimits } from './limits.js'
import type { Opened, ReaderEvent, ReaderMethods, Reply, WriterEvent, WriterMethods } from './protocol.js'

type Params<Method> = Method extends (params: infer P) => unknown ? P : never
type Result<Method> = Method extends (params: never) => infer R ? R : never

/** One of the capture's threads, as the host holds it. */
export interface CaptureThread<Methods, Event> {
  /** Asks; rejects with a SwitchyardError, `request-cancelled` when the signal fires, `thread-failed` when the thread dies. */
  ask<Method extends keyof Methods & string>(
    method: Method,
    params: Params<Methods[Method]>,
    signal?: AbortSignal
  ): Promise<Result<Methods[Method]>>
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
  readonly limits?: Partial<CaptureLimits>
  /** Megabytes of heap, for the thread's `resourceLimits`. */
  readonly maxHeapMb?: number
}
export interface ReaderOptions {
  readonly url: URL
  readonly file: string
  readonly signals: SharedArrayBuffer | null
  readonly maxHeapMb?: number
}

/** Starts the writer and waits until its file is open. Rejects with what opening failed of. */
export async function startWriter(options: WriterOptions): Promise<WriterThread> {
  const { ring, signals, file, limits } = options
  const worker = startWorker(options.url, { ring, signals, file, limits: { ...defaultLimits, ...limits } }, options.maxHeapMb)
  const thread = connect<WriterMethods, WriterEvent>(worker)
  const opened = await new Promise<Opened>((resolve, reject) => {
    thread.onEvent((event) => (event.event === 'opened' ? resolve(event) : undefined))
    void thread.ended.then((error) => reject(error ?? new SwitchyardError('thread-failed', 'The capture writer ended before it began.')))
  })
  return Object.assign(thread, { opened })
}

/** Starts the reader on a file that exists. */
export function startReader(options: ReaderOptions): ReaderThread {
  return connect<ReaderMethods, ReaderEvent>(startWorker(options.url, { file: options.file, signals: options.signals }, options.maxHeapMb))
}

function startWorker(url: URL, workerData: unknown, maxHeapMb: number | undefined): Worker {
  return new Worker(url, { workerData, ...(maxHeapMb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: maxHeapMb } }) })
}

function connect<Methods, Event>(worker: Worker): CaptureThread<Methods, Event> {
  const waiting = new Map<number, { resolve: (ok: never) => void; reject: (error: SwitchyardError) => void }>()
  const listeners = new Set<(event: Event) => void>()
  let nextId = 1
  let cause: SwitchyardError | null = null
  worker.on('message', (message: Reply | Event) => {
    if (!isReply(message)) return listeners.forEach((listener) => listener(message))
    const waiter = waiting.get(message.id)
    waiting.delete(message.id)
    if ('ok' in message) waiter?.resolve(message.ok as never)
    else waiter?.reject(fromPlain(message.error))
  })
  worker.on('error', (thrown) => (cause = threadError(thrown)))
  const ended = new Promise<SwitchyardError | null>((resolve) => {
    worker.once('exit', () => {
      for (const waiter of waiting.values()) waiter.reject(cause ?? new SwitchyardError('thread-failed', 'The capture thread ended.'))
      waiting.clear()
      resolve(cause)
    })
  })
  return {
    ask: (method, params, signal) =>
      new Promise((resolve, reject) => {
        const id = nextId++
        waiting.set(id, { resolve, reject })
        signal?.addEventListener('abort', () => worker.postMessage({ cancel: id }), { once: true })
        worker.postMessage({ id, method, params })
        if (signal?.aborted === true) worker.postMessage({ cancel: id })
      }),
    onEvent: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    ended,
    terminate: async () => void (await worker.terminate())
  }
}

function isReply<Event>(message: Reply | Event): message is Reply {
  return (
    typeof (message as Reply).id === 'number' &&
    ('ok' in (message as object) || 'error' in (message as object)) &&
    !('event' in (message as object))
  )
}
function fromPlain(error: PlainError): SwitchyardError {
  return new SwitchyardError(error.code, error.message, error.hint === undefined ? {} : { hint: error.hint })
}

/** What a thread threw, cloned on the way: its code is still there as a property, its class isn't. */
function threadError(thrown: Error & { code?: unknown }): SwitchyardError {
  if (thrown.code === 'capture-unwritable' || thrown.code === 'capture-unknown' || thrown.code === 'version-mismatch') {
    return new SwitchyardError(thrown.code, thrown.message, { cause: thrown })
  }
  return new SwitchyardError('thread-failed', `A capture thread failed: ${thrown.message}`, { cause: thrown })
}
