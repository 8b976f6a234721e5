import { parentPort, workerData } from 'node:worker_threads'
import { SwitchyardError } from '../../shared/errors.js'
import { serveThread } from '../../shared/thread-link.js'
import type { WriterData, WriterMethods } from './protocol.js'
import { WriterLoop } from './writer/writer-loop.js'

/** Entry of the writer thread. An error at opening is thrown: it ends the thread, and `startWriter` tells of it. */
const port = parentPort
if (port === null) throw new SwitchyardError('internal', 'The capture writer runs in a worker thread only.')
const loop = new WriterLoop(workerData as WriterData, (event) => port.postMessage(event))

serveThread<WriterMethods>(port, {
  flush: () => loop.flush(),
  changeFile: ({ file }) => loop.changeFile(file),
  pause: ({ paused }) => loop.pause(paused),
  counts: () => loop.counts(),
  keepPayload: ({ maxBytes }) => {
    loop.keepPayload(maxBytes)
    return null
  },
  close: () => {
    const counts = loop.close()
    // The reply leaves first; then nothing holds the thread any longer.
    setImmediate(() => port.close())
    return counts
  }
})
