import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { readdirSync, writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { RecordKind, fromClient, fromServer, stageIn, type From, type GapNote } from '../../shared/records.js'
import type { ExchangeRow } from '../../main/capture/store/exchange-row.js'
import type { FrameRow, ViewWindow } from '../../shared/rows.js'
import type { ReaderEvent } from '../../main/capture/protocol.js'
import { createRing, missedOf } from '../../main/capture/ring/ring.js'
import { RingWriter } from '../../main/capture/ring/ring-writer.js'
import { createSignals } from '../../main/capture/signals.js'
import { type ReaderThread, type WriterThread, startReader, startWriter } from '../../main/capture/threads.js'
import { bundle } from './bundle.js'
import { frame, openTunnel, storedFrames, temporaryFolder } from './stage.js'

let files: Record<'writer' | 'reader', string>
beforeAll(async () => {
  files = await bundle({ writer: 'main/capture/writer-thread.ts', reader: 'main/capture/reader-thread.ts' })
}, 60_000)

interface Running {
  recorder: RingWriter
  ring: SharedArrayBuffer
  writer: WriterThread
  reader: ReaderThread
  file: string
  stop: () => Promise<void>
}
async function running(folder: string, ringBytes = 8 * 1024 * 1024): Promise<Running> {
  const file = join(folder, 'a.swycap')
  const ring = createRing(ringBytes)
  const signals = createSignals()
  const writer = await startWriter({ url: pathToFileURL(files.writer), ring, signals, file })
  const reader = startReader({ url: pathToFileURL(files.reader), file, signals })
  const stop = async (): Promise<void> => {
    await writer.ask('close', {})
    expect(await writer.ended).toBeNull()
    await reader.terminate()
  }
  return { recorder: new RingWriter(ring), ring, writer, reader, file, stop }
}
const send = (recorder: RingWriter, from: From, bytes: Buffer, at: number, exchange = 1): boolean =>
  recorder.bytes(RecordKind.bytes, exchange, exchange, from, stageIn, bytes, 0, bytes.length, 1e15 + at)
const nextTick = (reader: ReaderThread): Promise<ReaderEvent> =>
  new Promise((resolve) => {
    const remove = reader.onEvent((event) => {
      remove()
      resolve(event)
    })
  })

describe('the capture threads', () => {
  test('a view is told of new rows, the next time only after it said that it heard', async () => {
    using folder = temporaryFolder()
    const { recorder, reader, stop } = await running(folder.path)
    openTunnel(recorder, 1, null, 1e15)
    const view = await reader.ask('openView', { kind: 'frames', of: 1, filter: 'from:client' })
    expect(view).toMatchObject({ total: 0, matched: 0 })
    const ticks: ReaderEvent[] = []
    reader.onEvent((event) => ticks.push(event))
    const first = nextTick(reader)
    send(recorder, fromClient, frame(1, 'one', { mask: 1 }), 1)
    expect(await first).toMatchObject({ view: view.view })
    // Nobody acknowledged: what comes now is not told, but a window has it.
    send(recorder, fromClient, frame(1, 'two', { mask: 1 }), 2)
    let window = (await reader.ask('window', { view: view.view, first: 0, count: 10 })) as ViewWindow<FrameRow>
    while (window.matched < 2) window = (await reader.ask('window', { view: view.view, first: 0, count: 10 })) as ViewWindow<FrameRow>
    expect(window.rows.map(({ preview }) => preview)).toEqual(['one', 'two'])
    expect(ticks.length).toBe(1)
    const second = nextTick(reader)
    await reader.ask('ack', { view: view.view })
    expect(await second).toMatchObject({ matched: 2 })
    await reader.ask('closeView', { view: view.view })
    await expect(reader.ask('window', { view: view.view, first: 0, count: 1 })).rejects.toMatchObject({ code: 'view-unknown' })
    await expect(reader.ask('openView', { kind: 'logs', filter: 'nope:1' })).rejects.toMatchObject({
      code: 'filter-invalid',
      hint: /Fields: host/
    })
    await stop()
  })

  test('who says at once that it heard is told no more often than every 50 ms, whatever comes', async () => {
    using folder = temporaryFolder()
    const { recorder, reader, stop } = await running(folder.path)
    openTunnel(recorder, 1, null, 1e15)
    const { view } = await reader.ask('openView', { kind: 'frames', of: 1, filter: '' })
    let ticks = 0
    const remove = reader.onEvent((event) => {
      if (event.event === 'tick') ticks++
      void reader.ask('ack', { view })
    })
    const until = performance.now() + 1000
    let sent = 0
    await new Promise<void>((resolve) => {
      const burst = (): void => {
        for (let at = 0; at < 20; at++) send(recorder, fromServer, frame(1, 'tick'), ++sent)
        if (performance.now() < until) setTimeout(burst, 1)
        else resolve()
      }
      burst()
    })
    remove()
    expect(ticks).toBeLessThanOrEqual(21)
    expect(ticks).toBeGreaterThan(0)
    expect(sent).toBeGreaterThan(1000)
    await stop()
  })

  test('a full ring makes a gap: it is recorded, the frames behind it are found again, and the counters agree', async () => {
    using folder = temporaryFolder()
    const { recorder, ring, writer, reader, file, stop } = await running(folder.path, 128 * 1024)
    openTunnel(recorder, 1, null, 1e15)
    const engine = new CountingEngine(recorder)
    // Far more at once than the ring holds, then a while in which it empties, three times.
    for (let round = 0; round < 3; round++) {
      for (let at = 0; at < 400; at++) engine.pass(frame(2, Buffer.alloc(700 + (at % 7) * 100, at)))
      await writer.ask('flush', {})
    }
    engine.pass(frame(1, 'the last'))
    await writer.ask('flush', {})
    expect(engine.lostFrames).toBeGreaterThan(100)
    expect(engine.gaps).toBeGreaterThan(1)
    expect(missedOf(ring)).toEqual({ records: engine.refused, bytes: engine.missedBytes, notes: 0 })
    const { exchange, gaps } = await reader.ask('exchange', { exchange: 1 })
    expect(exchange).toMatchObject({ missedFrames: engine.lostFrames, missedBytes: engine.lostBytes })
    expect(gaps).toHaveLength(engine.gaps)
    const frames = storedFrames(file, 1)
    expect(frames.length + engine.lostFrames).toBe(engine.frames)
    expect(frames.map(({ number }) => number)).toEqual(engine.kept)
    expect(frames.at(-1)?.payload.toString()).toBe('the last')
    const view = await reader.ask('openView', { kind: 'frames', of: 1, filter: '' })
    const rows = (await reader.ask('window', { view: view.view, first: 0, count: 1000 })).rows as FrameRow[]
    expect(rows.reduce((sum, { gapBefore }) => sum + (gapBefore?.lostFrames ?? 0), 0)).toBe(engine.lostFrames)
    await stop()
  })

  test('clear goes on in a new file: what is open is there, with its handshake, and in the middle of a frame', async () => {
    using folder = temporaryFolder()
    const { recorder, writer, reader, file, stop } = await running(folder.path)
    openTunnel(recorder, 1, null, 1e15)
    send(recorder, fromClient, frame(1, 'before', { mask: 5 }), 1)
    const cut = frame(1, 'in the middle', { mask: 6 })
    send(recorder, fromClient, cut.subarray(0, 9), 2)
    const next = join(folder.path, 'b.swycap')
    expect(await writer.ask('changeFile', { file: next })).toMatchObject({ file: next, run: 1 })
    await reader.ask('openFile', { file: next })
    send(recorder, fromClient, cut.subarray(9), 3)
    send(recorder, fromServer, frame(1, 'after'), 4)
    await writer.ask('flush', {})
    expect(storedFrames(file, 1).map(({ payload }) => payload.toString())).toEqual(['before'])
    expect(storedFrames(next, 1).map(({ number, side, payload }) => [side, number, payload.toString()])).toEqual([
      [fromClient, 1, 'in the middle'],
      [fromServer, 0, 'after']
    ])
    const { exchange, heads, connection } = await reader.ask('exchange', { exchange: 1 })
    expect(exchange).toMatchObject({ state: 'open', host: 'example.test', framesClient: 1, framesServer: 1 } satisfies Partial<ExchangeRow>)
    expect(heads).toHaveLength(2)
    expect(connection).toMatchObject({ client: '127.0.0.1:50000' })
    await stop()
  })

  test('while writing is paused frames are counted as missed; those behind it are found again and rows stay in step', async () => {
    using folder = temporaryFolder()
    const { recorder, writer, reader, file, stop } = await running(folder.path)
    openTunnel(recorder, 1, null, 1e15)
    const passed = async (text: string, count: number, at: number): Promise<void> => {
      for (let n = 0; n < count; n++) send(recorder, fromServer, frame(1, `${text} ${n}`), at + n)
      await writer.ask('flush', {})
    }
    await passed('before', 200, 0)
    const { view } = await reader.ask('openView', { kind: 'frames', of: 1, filter: '' })
    expect(await writer.ask('pause', { paused: true })).toMatchObject({ paused: true })
    await passed('missed', 300, 1000)
    await writer.ask('pause', { paused: false })
    await passed('after', 5, 2000)
    expect(
      storedFrames(file, 1)
        .map(({ number, payload }) => `${number} ${payload.toString()}`)
        .slice(199)
    ).toEqual(['199 before 199', ...[0, 1, 2, 3, 4].map((n) => `${500 + n} after ${n}`)])
    const ask = async (): Promise<ViewWindow<FrameRow>> =>
      (await reader.ask('window', { view, first: 198, count: 10 })) as ViewWindow<FrameRow>
    let window = await ask()
    while (window.matched < 205) window = await ask()
    expect(window.total).toBe(205)
    expect(window.rows.map(({ number }) => number)).toEqual([198, 199, 500, 501, 502, 503, 504])
    expect(await reader.ask('indexOf', { view, rowIds: [window.rows[2]?.id ?? -1, 205, 0] })).toEqual([200, null, 0])
    expect((await reader.ask('exchange', { exchange: 1 })).exchange.missedFrames).toBe(300)
    await stop()
  })

  test('a long search gives way to windows, and is given up when it is cancelled', async () => {
    using folder = temporaryFolder()
    const { recorder, writer, reader, stop } = await running(folder.path, 64 * 1024 * 1024)
    openTunnel(recorder, 1, null, 1e15)
    const many = Buffer.concat(Array.from({ length: 1000 }, (_, at) => frame(1, `hay number ${at}`)))
    for (let at = 0; at < 300; at++) {
      if (!send(recorder, fromServer, many, at)) throw new Error('the ring is full')
      if (at % 50 === 0) await writer.ask('flush', {})
    }
    await writer.ask('flush', {})
    const { view } = await reader.ask('openView', { kind: 'frames', of: 1, filter: '' })
    const giveUp = new AbortController()
    let over = false
    const search = reader.ask('find', { view, text: 'needle', from: 0, towards: 'later' }, giveUp.signal).finally(() => (over = true))
    const refused = expect(search).rejects.toMatchObject({ code: 'request-cancelled' })
    const window = await reader.ask('window', { view, first: 299_990, count: 200 })
    expect(over).toBe(false)
    expect(window.rows).toHaveLength(10)
    giveUp.abort()
    await refused
    expect(await reader.ask('find', { view, text: 'NUMBER 999', from: 5000, towards: 'later' })).toBe(5999)
    expect(await reader.ask('find', { view, text: 'NUMBER 999', from: 5000, towards: 'earlier' })).toBe(4999)
    await stop()
  })

  test('a file that is no capture is refused with its code, and not touched', async () => {
    using folder = temporaryFolder()
    const file = join(folder.path, 'a.txt')
    writeFileSync(file, 'text'.repeat(5000))
    const options = { url: pathToFileURL(files.writer), ring: createRing(65_536), signals: createSignals(), file }
    await expect(startWriter(options)).rejects.toMatchObject({ code: 'capture-unknown' })
    await expect(startWriter({ ...options, file: join(folder.path, 'no', 'folder') })).rejects.toMatchObject({ code: 'capture-unwritable' })
    expect(readdirSync(folder.path)).toEqual(['a.txt'])
  })
})

/** Does what the engine's tap does: counts frames, and after records were refused owes a note that says where frames stand. */
class CountingEngine {
  frames = 0
  lostFrames = 0
  refused = 0
  /** Of the records that were tried. */
  missedBytes = 0
  lostBytes = 0
  gaps = 0
  readonly kept: number[] = []
  #owed: { lostBytes: number; lostFrames: number } | null = null
  #at = 1
  constructor(readonly recorder: RingWriter) {}

  /** One whole frame, as one read. */
  pass(bytes: Buffer): void {
    const number = this.frames++
    this.#at++
    if (this.#settled(number)) {
      if (send(this.recorder, fromServer, bytes, this.#at)) return void this.kept.push(number)
      this.refused++
      this.missedBytes += bytes.length
    }
    this.#owed ??= { lostBytes: 0, lostFrames: 0 }
    this.#owed.lostBytes += bytes.length
    this.#owed.lostFrames++
    this.lostFrames++
    this.lostBytes += bytes.length
  }
  #settled(nextFrame: number): boolean {
    if (this.#owed === null) return true
    const room = {
      from: fromServer,
      ...this.#owed,
      frameLeft: 0,
      frame: null,
      nextFrame,
      inMessage: false,
      messageCompressed: false
    } satisfies GapNote
    if (!this.recorder.note(RecordKind.gap, 1, 1, fromServer, room, 1e15 + this.#at)) return false
    this.gaps++
    this.#owed = null
    return true
  }
}
