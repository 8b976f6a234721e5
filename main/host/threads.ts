import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import { SwitchyardError } from '../../shared/errors.js'

/** Most heap a thread may take: one that needs more is at fault, and its end is told instead of the machine's. */
export const heapMb = { engine: 2048, writer: 1024, reader: 2048, check: 1024, issuer: 256 } as const
export type ThreadName = keyof typeof heapMb

/** What a request leaves behind dies young; with more room for it, less is copied: a tenth off the CPU of a small GET (`npm run bench`). */
const engineYoungMb = 64

/**
 * V8 makes objects old from birth where those of a place once lived long: while the young space is small, those of the requests
 * that are just open do. Each old one then keeps the young ones of its request, and every scavenge copies them: 17 ms instead of
 * 0.7 ms at 16,000 requests a second, a quarter of their CPU. Nothing of ours gains by it.
 */
setFlagsFromString('--no-allocation-site-pretenuring')

/** Where the bundled threads stand, beside the bundle of whoever starts them. */
export const bundledThreads = new URL('../threads/', import.meta.url)

/** Starts one of our threads. `onGone` is told once where it ends by itself: it threw, or ran out of memory. */
export function startThread(
  name: ThreadName,
  workerData: unknown,
  onGone: (error: SwitchyardError) => void,
  folder: URL
): { worker: Worker; stop: () => Promise<void> } {
  const worker = new Worker(new URL(`${name}.js`, folder), {
    workerData,
    name: `switchyard-${name}`,
    resourceLimits: { maxOldGenerationSizeMb: heapMb[name], ...(name === 'engine' ? { maxYoungGenerationSizeMb: engineYoungMb } : {}) }
  })
  let stopped = false
  const gone = (cause: unknown): void => {
    if (stopped) return
    stopped = true
    const why = cause instanceof Error ? cause.message : `it ended with code ${String(cause)}`
    onGone(
      new SwitchyardError('thread-failed', `The ${name} thread stopped: ${why}.`, {
        hint: 'Start again; what was captured is on disk.',
        cause
      })
    )
  }
  worker.on('error', gone)
  worker.on('exit', gone)
  return {
    worker,
    stop: async () => {
      stopped = true
      await worker.terminate()
    }
  }
}
