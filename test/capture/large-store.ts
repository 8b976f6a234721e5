/**
 * Makes large captures through the real writer thread, as the engine would: for tests of lists and for measuring.
 *
 *     const { file, seconds } = await makeLargeStore({ file: '/tmp/a.swycap', writerUrl, frames: 10_000_000, exchanges: 0 })
 *
 * `frames` are of tunnel 1, both ways in turn, 20 a read, JSON of about 45 bytes with the frame's number in its read;
 * every 1000th read of the server ends in a binary frame. `exchanges` are short GETs, numbered from 2, with statuses 200,
 * 404 and 503 in turn. `writerUrl` is the bundled writer thread (`bundle({ writer: 'main/capture/writer-thread.ts' })`, or
 * `bundled('threads/writer')`). By hand, with figures: LARGE_STORE=10000000 npx vitest run test/capture/large-store.test.ts
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { RecordKind, fromClient, fromServer, stageIn, stageOut } from '../../shared/records.js'
import { createRing, missedOf, ringFilledBytes } from '../../main/capture/ring/ring.js'
import { RingWriter } from '../../main/capture/ring/ring-writer.js'
import { createSignals } from '../../main/capture/signals.js'
import { startWriter } from '../../main/capture/threads.js'
import { frame, openTunnel } from './stage.js'

export interface LargeStore {
  readonly file: string
  readonly writerUrl: URL
  readonly frames: number
  readonly exchanges: number
}

const ringBytes = 128 * 1024 * 1024
/** Of the ring, before the writer is waited for. */
const fullBytes = ringBytes / 2
export const framesPerRead = 20

/** @returns seconds it took, the last commit included. */
export async function makeLargeStore({ file, writerUrl, frames, exchanges }: LargeStore): Promise<number> {
  const beganMs = performance.now()
  const ring = createRing(ringBytes)
  const writer = await startWriter({ url: writerUrl, ring, signals: createSignals(), file })
  const recorder = new RingWriter(ring)
  const room = async (): Promise<void> => {
    while (ringFilledBytes(ring) > fullBytes) await nextTurn()
  }
  openTunnel(recorder, 1, null, 1e15)
  const reads = ([fromClient, fromServer] as const).map((side) => readOf(side, false))
  const marked = readOf(fromServer, true)
  for (let at = 0; at * framesPerRead < frames; at++) {
    const bytes = at % 2000 === 1999 ? marked : (reads[at % 2] as Buffer)
    recorder.bytes(RecordKind.bytes, 1, 1, at % 2 === 0 ? fromClient : fromServer, stageIn, bytes, 0, bytes.length, 1e15 + at * 100)
    if (at % 500 === 0) await room()
  }
  for (let id = 2; id < exchanges + 2; id++) {
    shortExchange(recorder, id, 1e15 + id * 1000)
    if (id % 500 === 0) await room()
  }
  await writer.ask('close', {})
  const { records, notes } = missedOf(ring)
  if (records + notes > 0) throw new Error(`the ring was full: ${records} records are missing`)
  return (performance.now() - beganMs) / 1000
}

function readOf(side: 0 | 1, marked: boolean): Buffer {
  const frames = Array.from({ length: framesPerRead }, (_, at) =>
    marked && at === framesPerRead - 1
      ? frame(2, 'needle')
      : frame(1, `{"type":"tick","n":${at}} and some more words`, side === fromClient ? { mask: 0x12345678 } : {})
  )
  return Buffer.concat(frames)
}

function shortExchange(recorder: RingWriter, id: number, atUs: number): void {
  const status = [200, 404, 503][id % 3] as number
  recorder.note(RecordKind.exchangeOpened, id, 2, fromClient, { number: id, generation: 1, scheme: 'http' }, atUs)
  const request = Buffer.from(`GET /page/${id}?of=${id % 7} HTTP/1.1\r\nHost: example.test\r\n\r\n`)
  recorder.bytes(RecordKind.head, id, 2, fromClient, stageIn, request, 0, request.length, atUs)
  const response = Buffer.from(`HTTP/1.1 ${status} Status\r\nContent-Length: 0\r\n\r\n`)
  recorder.bytes(RecordKind.head, id, 2, fromServer, stageOut, response, 0, response.length, atUs + 300)
  const end = { status, ended: 'complete', requestBytes: request.length, responseBytes: response.length, tunnel: null }
  recorder.note(RecordKind.exchangeEnded, id, 2, fromClient, end, atUs + 400)
}
