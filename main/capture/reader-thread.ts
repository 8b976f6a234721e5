import { parentPort, workerData } from 'node:worker_threads'
import { SwitchyardError } from '../../shared/errors.js'
import { serveThread } from '../../shared/thread-link.js'
import type { Activity } from '../../shared/rows.js'
import { writeLines } from './export/export-file.js'
import { ndjsonLines } from './export/ndjson.js'
import type { ReaderData, ReaderMethods } from './protocol.js'
import { CaptureReader } from './reader/capture-reader.js'
import { Slices } from './reader/slices.js'
import { ViewTable, tickMs } from './reader/view-table.js'
import { commitsOf } from './signals.js'

/** Entry of the reader thread. An error at opening is thrown: it ends the thread. */
const port = parentPort
if (port === null) throw new SwitchyardError('internal', 'The capture reader runs in a worker thread only.')
const { file: startFile, signals, viewIds = null } = workerData as ReaderData
let file = startFile
let reader = new CaptureReader(file)
let commits = signals === null ? 0 : commitsOf(signals)
const views = new ViewTable((event) => port.postMessage(event), viewIds)

/** A look at one word of shared memory; nothing is asked of the database until it changed. */
const looking = setInterval(() => {
  const now = signals === null ? 0 : commitsOf(signals)
  if (now !== commits) views.committed()
  commits = now
  views.tick(performance.now())
}, tickMs)

serveThread<ReaderMethods>(port, {
  openFile: ({ file: next }) => {
    const opened = new CaptureReader(next)
    views.closeAll()
    reader.close()
    reader = opened
    file = next
    return null
  },
  openView: (spec) => views.open(reader.view(spec)),
  window: ({ view, first, count }) => views.window(view, first, count),
  indexOf: ({ view, rowIds }) => views.indexOf(view, rowIds),
  find: ({ view, text, from, towards }, signal) => views.find(view, text, from, towards, signal),
  closeView: ({ view }) => {
    views.close(view)
    return null
  },
  ack: ({ view }) => {
    views.ack(view)
    return null
  },
  counts: () => reader.counts(),
  exchangeTotal: () => reader.exchangeTotal(),
  exchange: ({ exchange }) => reader.exchange(exchange),
  frameBody: ({ exchange, from, number, offset, length, form }) => reader.frameBody(exchange, from, number, offset, length, form),
  httpBody: ({ exchange, from, offset, length }) => reader.httpBody(exchange, from, offset, length),
  activity: async ({ exchanges, bins }, signal) => {
    const slices = new Slices(signal)
    const pictures: Activity[] = []
    for (const exchange of exchanges) {
      // A clear may have closed the file meanwhile: what is asked is the reader of now.
      const picture = reader.activity(exchange, bins, signals !== null)
      if (picture !== null) pictures.push(picture)
      if (slices.due) await slices.pause()
    }
    return pictures
  },
  exportTo: async ({ exchanges, file: to }, signal) => {
    const slices = new Slices(signal)
    let written = 0
    const lines = async function* (): AsyncGenerator<string> {
      for await (const line of ndjsonLines(file, signal, { only: exchanges })) {
        if (line.startsWith('{"type":"exchange"')) written++
        yield line
        if (slices.due) await slices.pause()
      }
    }
    await writeLines(to, lines(), file)
    return written
  },
  config: ({ run, generation }) => reader.config(run, generation),
  close: () => {
    clearInterval(looking)
    views.closeAll()
    reader.close()
    // The reply leaves first; then nothing holds the thread any longer.
    setImmediate(() => port.close())
    return null
  }
})
