import { pathToFileURL } from 'node:url'
import { RecordKind, fromClient, fromServer, stageIn } from '../../../shared/records.js'
import { createRing } from '../../../main/capture/ring/ring.js'
import { RingWriter } from '../../../main/capture/ring/ring-writer.js'
import { commitsOf, createSignals, lastTurnOf } from '../../../main/capture/signals.js'
import { startWriter } from '../../../main/capture/threads.js'
import { frame, openTunnel } from '../stage.js'

/**
 * A process to be killed: records numbered frames through a ring into a writer thread, and says on its channel, every
 * few ms, up to which number it has recorded and when, how late that was, when its writer last emptied the ring, and how
 * many commits it saw by then.
 */
const [file = '', writerPath = ''] = process.argv.slice(2)
const ring = createRing(32 * 1024 * 1024)
const signals = createSignals()
const writer = await startWriter({ url: pathToFileURL(writerPath), ring, signals, file })
const recorder = new RingWriter(ring)
const exchange = writer.opened.nextExchange
const burstEveryMs = 3
const filler = Buffer.alloc(9000, 0x61)
let number = 0
let lastMs = performance.now()
const nowUs = (): number => (performance.timeOrigin + performance.now()) * 1000

function burst(): void {
  const lateMs = Math.max(0, performance.now() - lastMs - burstEveryMs)
  lastMs = performance.now()
  for (let i = 0; i < 200; i++, number++) {
    const payload = number % 100 === 0 ? Buffer.concat([Buffer.from(`${number} `), filler]) : Buffer.from(`${number} payload`)
    const wire = frame(1, payload, number % 2 === 0 ? { mask: 0x01020304 + number } : {})
    const side = number % 2 === 0 ? fromClient : fromServer
    if (!recorder.bytes(RecordKind.bytes, exchange, exchange, side, stageIn, wire, 0, wire.length, nowUs()))
      throw new Error('the ring is full')
  }
  const atMs = performance.timeOrigin + performance.now()
  process.send!({ exchange, recorded: number, atMs, lateMs, turnAtMs: lastTurnOf(signals), commits: commitsOf(signals) })
}
openTunnel(recorder, exchange, null, nowUs())
setInterval(burst, burstEveryMs)
