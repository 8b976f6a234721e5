import { createHash } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import { RecordKind } from '../../../shared/records.js'
import { RingReader } from '../../../main/capture/ring/ring-reader.js'

/** Drains a ring until a log note says `{"stop":true}`, then reports what it read: records in order, and one digest over the bytes of all payloads. */
const reader = new RingReader((workerData as { ring: SharedArrayBuffer }).ring)
const digest = createHash('sha256')
let records = 0
let bytes = 0
let stopped = false
let lastTime = 0
let ordered = true
let note = ''

function drainOnce(): void {
  reader.drain((record) => {
    if (record.kind === RecordKind.log) {
      note += Buffer.from(record.bytes.slice(record.start, record.end)).toString()
      if (!record.continues) stopped = (JSON.parse(note) as { stop?: boolean }).stop === true
      if (!record.continues) note = ''
      return
    }
    records++
    bytes += record.end - record.start
    ordered &&= record.atUs >= lastTime
    lastTime = record.atUs
    digest.update(record.bytes.slice(record.start, record.end))
  }, 100_000)
  if (stopped) parentPort!.postMessage({ records, bytes, ordered, payloadDigest: digest.digest('hex') })
  else setImmediate(drainOnce)
}
drainOnce()
