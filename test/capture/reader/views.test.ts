import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type From, RecordKind, fromClient, fromServer, stageIn } from '../../../shared/records.js'
import type { FrameRow, LogRow } from '../../../shared/rows.js'
import { CaptureReader } from '../../../main/capture/reader/capture-reader.js'
import { Slices } from '../../../main/capture/reader/slices.js'
import type { View } from '../../../main/capture/reader/view.js'
import type { ExchangeRow } from '../../../main/capture/store/exchange-row.js'
import { Stage, frame, temporaryFolder } from '../stage.js'

const advance = (view: View): Promise<void> => view.advance(new Slices(new AbortController().signal))
const opcodes = [0, 1, 2, 8, 9, 10]
const words = ['alpha', 'Beta', 'gamma delta', 'ALPHA beta', 'ünï', '{"type":"tick"}']

interface Model {
  exchange: number
  from: From
  opcode: number
  payload: string
  atUs: number
}

/** Filters of frames, each with the same in plain words. */
const frameFilters: readonly (readonly [string, (frame: Model) => boolean])[] = [
  ['', () => true],
  ['from:client', (f) => f.from === fromClient],
  ['-from:client', (f) => f.from === fromServer],
  ['opcode:ping|pong', (f) => f.opcode === 9 || f.opcode === 10],
  ['opcode:>=8', (f) => f.opcode >= 8],
  ['len:>10', (f) => Buffer.byteLength(f.payload) > 10],
  ['len:<=5k', (f) => Buffer.byteLength(f.payload) <= 5000],
  ['text:alpha', (f) => f.payload.toLowerCase().includes('alpha')],
  ['-text:alpha|tick', (f) => !/alpha|tick/i.test(f.payload)],
  ['alpha from:server', (f) => f.from === fromServer && /alpha/i.test(f.payload)],
  ['text:/^Al|^b/i', (f) => /^Al|^b/i.test(f.payload)],
  ['hex:c3bc', (f) => f.payload.includes('ü')],
  ['text:ünï', (f) => f.payload.includes('ünï')],
  ['host:example', () => true],
  ['host:nowhere', () => false],
  ['-host:nowhere len:>100', (f) => Buffer.byteLength(f.payload) > 100]
]

const oneFrame = fc.record({
  exchange: fc.integer({ min: 1, max: 3 }),
  from: fc.constantFrom<From>(fromClient, fromServer),
  opcode: fc.constantFrom(...opcodes),
  word: fc.constantFrom(...words),
  repeat: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 5 }) }, { weight: 1, arbitrary: fc.integer({ min: 300, max: 900 }) }),
  masked: fc.boolean(),
  commit: fc.integer({ min: 0, max: 9 })
})

describe('views against a naive model', () => {
  test('frames: matched, windows, indices and searches are those of a plain list, as traffic grows', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(oneFrame, { maxLength: 120 }),
        fc.constantFrom(...frameFilters),
        fc.boolean(),
        fc.nat(100),
        fc.nat(30),
        fc.constantFrom(...words),
        async (specs, [filter, holds], descending, first, count, sought) => {
          using folder = temporaryFolder()
          const stage = new Stage(join(folder.path, 'a'))
          for (const exchange of [1, 2, 3]) stage.tunnel(exchange)
          stage.commit()
          const reader = new CaptureReader(stage.file)
          const view = reader.view({ kind: 'frames', of: 2, filter, order: { by: 'id', descending } })
          const model: Model[] = []
          for (const [at, spec] of specs.entries()) {
            const payload = spec.word.repeat(spec.repeat)
            const wire = frame(spec.opcode, payload, spec.masked ? { mask: 0xa1b2c3d4 } : {})
            stage.bytes(spec.exchange, spec.from, wire, 1e15 + at)
            model.push({ exchange: spec.exchange, from: spec.from, opcode: spec.opcode, payload, atUs: 1e15 + at })
            if (spec.commit === 0) stage.commit()
            if (spec.commit <= 1) await advance(view)
          }
          stage.commit()
          await advance(view)
          const all = model.filter((f) => f.exchange === 2)
          const matching = all.filter(holds)
          if (descending) matching.reverse()
          expect([view.total, view.matched]).toEqual([all.length, matching.length])
          const rows = view.rows(first, count) as FrameRow[]
          expect(rows.map((row) => [row.from === 'client' ? 0 : 1, row.opcode, row.length, row.atUs])).toEqual(
            matching.slice(first, first + count).map((f) => [f.from, f.opcode, Buffer.byteLength(f.payload), f.atUs])
          )
          rows.forEach((row, at) => expect(view.indexOf(row.id)).toBe(first + at))
          const contains = view.contains(sought, new Slices(new AbortController().signal))
          for (let at = 0; at < matching.length; at++)
            expect(await contains(at)).toBe((matching[at] as Model).payload.toLowerCase().includes(sought.toLowerCase()))
          reader.close()
          stage.store.close()
        }
      ),
      { numRuns: 120 }
    )
  }, 60_000)

  test('exchanges: what matches is sorted, and follows what changes', async () => {
    const filters: readonly (readonly [string, (n: number, ended: boolean, frames: number) => boolean])[] = [
      ['', () => true],
      ['state:open', (_n, ended) => !ended],
      ['-state:open path:/chat', (_n, ended) => ended],
      ['path:/chat/1|"/chat/2"', (n) => /^[12]/.test(String(n))],
      ['opcode:binary', (_n, _ended, frames) => frames > 0],
      ['text:needle', (_n, _ended, frames) => frames > 1],
      ['-text:needle status:101', (_n, _ended, frames) => frames <= 1],
      ['proto:chat close:1006', (_n, ended) => ended]
    ]
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ exchange: fc.integer({ min: 1, max: 14 }), act: fc.constantFrom('frame', 'frame', 'end', 'commit') }), {
          maxLength: 80
        }),
        fc.constantFrom(...filters),
        fc.constantFrom('id', 'frames', 'state', 'openedAtUs'),
        fc.boolean(),
        async (acts, [filter, holds], by, descending) => {
          using folder = temporaryFolder()
          const stage = new Stage(join(folder.path, 'a'))
          stage.commit()
          const reader = new CaptureReader(stage.file)
          const view = reader.view({ kind: 'exchanges', filter, order: { by, descending } })
          const model = new Map<number, { frames: number; ended: boolean; openedAtUs: number }>()
          for (const [at, { exchange, act }] of acts.entries()) {
            const known = model.get(exchange)
            if (act === 'commit') {
              stage.commit()
              await advance(view)
            } else if (known === undefined) {
              stage.tunnel(exchange, null, 1e15 + at)
              model.set(exchange, { frames: 0, ended: false, openedAtUs: 1e15 + at })
            } else if (!known.ended && act === 'end') {
              stage.end(exchange, 1e15 + at)
              known.ended = true
            } else if (!known.ended) {
              known.frames++
              stage.bytes(exchange, fromServer, frame(2, known.frames === 2 ? 'a NEEDLE here' : 'hay'), 1e15 + at)
            }
          }
          stage.commit()
          await advance(view)
          const matching = [...model].filter(([id, { ended, frames }]) => holds(id, ended, frames))
          const key = ([id, one]: (typeof matching)[number]): string | number =>
            by === 'id' ? id : by === 'frames' ? one.frames : by === 'state' ? (one.ended ? 'closed' : 'open') : one.openedAtUs
          matching.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a[0] - b[0]))
          if (descending) matching.reverse()
          const rows = view.rows(0, 100) as ExchangeRow[]
          expect(rows.map((row) => [row.id, row.framesServer, row.state])).toEqual(
            matching.map(([id, one]) => [id, one.frames, one.ended ? 'closed' : 'open'])
          )
          rows.forEach((row, at) => expect(view.indexOf(row.id)).toBe(at))
          reader.close()
          stage.store.close()
        }
      ),
      { numRuns: 120 }
    )
  }, 60_000)

  test('logs: lines match by what they say and by their exchange, and the oldest go', async () => {
    using folder = temporaryFolder()
    const stage = new Stage(join(folder.path, 'a'), { maxLogLines: 100 })
    stage.tunnel(1)
    stage.commit()
    const reader = new CaptureReader(stage.file)
    const open = (filter: string): View => reader.view({ kind: 'logs', filter })
    const all = open('')
    const errors = open('level:error host:example.test')
    for (let at = 0; at < 150; at++) {
      const entry = { level: at % 10 === 0 ? 'error' : 'info', source: 'server', code: 'AH01114', message: `line ${at}` }
      stage.recorder.note(RecordKind.log, at % 20 === 0 ? 1 : 0, 1, fromClient, entry, 1e15 + at)
      if (at % 30 === 29) {
        stage.commit()
        await advance(all)
        await advance(errors)
      }
    }
    expect((all.rows(0, 1)[0] as LogRow).message).toBe('line 50')
    expect([all.total, all.matched]).toEqual([100, 100])
    expect((errors.rows(0, 9) as LogRow[]).map((row) => row.message)).toEqual(['line 60', 'line 80', 'line 100', 'line 120', 'line 140'])
    reader.close()
    stage.close()
  })
})

describe('each field of a filter, against rows', () => {
  const second = 1e6
  const nowUs = 1e15 + 600 * second
  /** Exchanges without a tunnel: of each what a filter may ask for. */
  const plain = [
    { id: 2, method: 'GET', host: 'a.test', status: 200, openedAtUs: 1e15, tookUs: 0.2 * second, client: 0, server: 5000 },
    { id: 3, method: 'POST', host: 'b.test', status: 404, openedAtUs: 1e15 + 300 * second, tookUs: 3 * second, client: 700, server: 9 },
    { id: 4, method: 'POST', host: 'a.test', status: 502, openedAtUs: 1e15 + 590 * second, tookUs: 0, client: 40, server: 0 }
  ]

  function staged(file: string): Stage {
    const stage = new Stage(file)
    stage.tunnel(1, null, 1e15 + 500 * second)
    const frames: readonly (readonly [From, Buffer])[] = [
      [fromClient, frame(1, 'hellö', { mask: 7 })],
      [fromServer, frame(2, Buffer.from([0, 1, 2, 0xff]))],
      [fromServer, frame(1, 'x'.repeat(2000))],
      [fromClient, frame(8, Buffer.from([0x03, 0xe8]), { mask: 9 })]
    ]
    frames.forEach(([from, bytes], at) => stage.bytes(1, from, bytes, 1e15 + (510 + 20 * at) * second))
    for (const each of plain) addPlain(stage, each)
    stage.close()
    return stage
  }

  function addPlain({ recorder }: Stage, { id, method, host, status, openedAtUs, tookUs, client, server }: (typeof plain)[number]): void {
    const head = Buffer.from(`${method} /p HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
    recorder.note(RecordKind.exchangeOpened, id, id, fromClient, { number: 1, generation: 1, scheme: 'http' }, openedAtUs)
    recorder.bytes(RecordKind.head, id, id, fromClient, stageIn, head, 0, head.length, openedAtUs)
    const body = Buffer.alloc(5000, 'b')
    if (client > 0) recorder.bytes(RecordKind.body, id, id, fromClient, stageIn, body, 0, client, openedAtUs)
    if (server > 0) recorder.bytes(RecordKind.body, id, id, fromServer, stageIn, body, 0, server, openedAtUs)
    const end = { status, ended: 'complete', requestBytes: client, responseBytes: server, tunnel: null }
    recorder.note(RecordKind.exchangeEnded, id, id, fromClient, end, openedAtUs + tookUs)
  }

  test.each<readonly [string, readonly number[]]>([
    ['method:post', [3, 4]],
    ['-method:post', [1, 2]],
    ['host:a.test', [2, 4]],
    ['host:/^[ab]\\.test$/', [2, 3, 4]],
    ['status:200', [2]],
    ['status:4xx', [3]],
    ['status:4xx|5xx', [3, 4]],
    ['status:>=200 status:<500', [2, 3]],
    ['status<200', [1]],
    ['since:5m', [1, 3, 4]],
    ['since:30s', [4]],
    ['-since:5m', [2]],
    ['dur:<250ms', [2, 4]],
    ['dur:>=3s dur:<1m', [3]],
    // One that is open goes on until now.
    ['dur:>1m', [1]],
    ['from:client', [1, 3, 4]],
    ['-from:server', [4]],
    ['len:>4k', [2]],
    ['len:<100', [4]],
    ['hex:c3b6', [1]],
    ['hex:"00 01 02 ff"', [1]],
    ['hex:0001ff', []],
    ['-hex:c3b6', [2, 3, 4]]
  ])('exchanges: %s', async (filter, expected) => {
    using folder = temporaryFolder()
    const reader = new CaptureReader(staged(join(folder.path, 'a')).file, () => nowUs)
    const view = reader.view({ kind: 'exchanges', filter, order: { by: 'id', descending: false } })
    await advance(view)
    expect((view.rows(0, 9) as ExchangeRow[]).map(({ id }) => id)).toEqual(expected)
    reader.close()
  })

  test('exchanges by type: a WebSocket is one, not a GET', async () => {
    using folder = temporaryFolder()
    const reader = new CaptureReader(staged(join(folder.path, 'a')).file, () => nowUs)
    const view = reader.view({ kind: 'exchanges', filter: '', order: { by: 'type', descending: false } })
    await advance(view)
    expect((view.rows(0, 9) as ExchangeRow[]).map(({ handshake, method }) => (handshake === 1 ? 'WS' : method))).toEqual([
      'GET',
      'POST',
      'POST',
      'WS'
    ])
    reader.close()
  })

  test.each<readonly [string, readonly number[]]>([
    ['host', [2, 4, 3, 1]],
    ['openedAtUs', [2, 3, 1, 4]],
    ['frames', [2, 3, 4, 1]],
    ['bytes', [4, 3, 1, 2]],
    // One that is open goes on.
    ['duration', [4, 2, 3, 1]]
  ])('exchanges by %s, where the filter looks at something else', async (by, expected) => {
    using folder = temporaryFolder()
    const reader = new CaptureReader(staged(join(folder.path, 'a')).file, () => nowUs)
    const view = reader.view({ kind: 'exchanges', filter: '-path:/nowhere', order: { by, descending: false } })
    await advance(view)
    expect((view.rows(0, 9) as ExchangeRow[]).map(({ id }) => id)).toEqual(expected)
    reader.close()
  })

  test.each<readonly [string, readonly number[]]>([
    ['from:client', [0, 3]],
    ['-from:client', [1, 2]],
    ['len:>1k', [2]],
    ['len:4', [1]],
    ['len:>=2 len:<=6', [0, 1, 3]],
    ['since:55s', [2, 3]],
    ['-since:55s', [0, 1]],
    ['hex:c3b6', [0]],
    ['hex:03e8', [3]],
    ['hex:"01 02 ff" from:server', [1]],
    ['hex:c3b6|ff', [0, 1]],
    ['method:get', [0, 1, 2, 3]],
    ['method:post', []],
    ['host:example status:1xx', [0, 1, 2, 3]],
    ['status:2xx', []],
    ['dur:>1m len:2', [3]],
    ['dur:<1m', []]
  ])('frames: %s', async (filter, expected) => {
    using folder = temporaryFolder()
    const reader = new CaptureReader(staged(join(folder.path, 'a')).file, () => nowUs)
    const view = reader.view({ kind: 'frames', of: 1, filter, order: { by: 'id', descending: false } })
    await advance(view)
    expect((view.rows(0, 9) as FrameRow[]).map(({ id }) => id)).toEqual(expected)
    reader.close()
  })
})

test('a payload comes in pieces, as on the wire or unmasked, and a body as it was', () => {
  using folder = temporaryFolder()
  const stage = new Stage(join(folder.path, 'a'), { maxPayloadBytes: 150_000 })
  stage.tunnel(1)
  const payload = Buffer.from(Array.from({ length: 200_000 }, (_, at) => (at * 7) & 0xff))
  const wire = frame(2, payload, { mask: 0x9abcdef1 })
  stage.bytes(1, fromClient, wire, 1e15)
  const body = Buffer.alloc(90_000, 'body')
  stage.recorder.bytes(RecordKind.body, 2, 2, fromServer, stageIn, body, 0, 50_000, 1e15)
  stage.commit()
  stage.recorder.bytes(RecordKind.body, 2, 2, fromServer, stageIn, body, 50_000, 90_000, 1e15)
  stage.commit()
  const reader = new CaptureReader(stage.file)
  const piece = reader.frameBody(1, 'client', 0, 65_537, 70_000, 'unmasked')
  expect([piece.offset, piece.total, piece.kept, piece.bytes.length]).toEqual([65_537, 200_000, 150_000, 65_536])
  expect(payload.subarray(65_537, 65_537 + 65_536).equals(piece.bytes)).toBe(true)
  expect(wire.subarray(14 + 1001, 14 + 2001).equals(reader.frameBody(1, 'client', 0, 1001, 1000, 'wire').bytes)).toBe(true)
  expect(() => reader.frameBody(1, 'client', 1, 0, 1, 'wire')).toThrow('has no frame 1')
  expect(body.subarray(40_000, 60_000).equals(reader.httpBody(2, 'server', 40_000, 20_000).bytes)).toBe(true)
  reader.close()
  stage.close()
})
