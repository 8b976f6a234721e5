import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { ExchangeRow, FrameRow } from '../../shared/rows.js'
import { lockFile } from '../../main/capture/sessions/lock-file.js'
import { makeVersion1 } from '../capture/store/version-1.js'
import { echoBackend, echoed, nativeSpec, openTunnel, runningHost, temporaryFolder } from './running-host.js'
import { appScreen, rowsOf } from './screens.js'

async function servingEcho(dataDir = temporaryFolder()) {
  const { host, failures } = await runningHost({ dataDir })
  const spec = nativeSpec([{ match: '/', to: `http://127.0.0.1:${await echoBackend()}/` }])
  await host.serve(spec)
  const url = `${host.listeners[0]?.url.replace('http', 'ws')}/ws`
  return { host, failures, spec, url, screen: await appScreen(host), captures: join(dataDir, 'captures') }
}
const code = async (asked: Promise<{ error?: { code: string } }>): Promise<string | undefined> => (await asked).error?.code

describe('older sessions', () => {
  it('are looked at beside the live one, by views of other numbers, with the trace of their own config', async () => {
    const { host, spec, url, screen } = await servingEcho()
    await echoed(await openTunnel(url), 'before')
    const { session: older } = host.capture?.facts ?? { session: '' }
    const live = await screen.ask('view.open', { kind: 'exchanges', filter: '' })
    await rowsOf(screen, live.view, 1)
    const { session: newer } = await screen.ask('capture.clear', {})
    expect(newer).not.toBe(older)
    const old = await screen.ask('view.open', { kind: 'frames', of: 1, filter: '', session: older })
    const now = await screen.ask('view.open', { kind: 'exchanges', filter: '' })
    expect(new Set([live.view, old.view, now.view]).size).toBe(3)
    const frames = (await screen.ask('view.window', { view: old.view, first: 0, count: 9 })).rows as FrameRow[]
    expect(frames.map(({ preview, from }) => [preview, from])).toEqual([
      ['before', 'client'],
      ['before', 'server']
    ])
    expect(await screen.ask('view.indexOf', { view: old.view, rows: [1, 9, 0] })).toEqual({ indexes: [1, null, 0] })
    expect(await screen.ask('view.find', { view: old.view, text: 'FORE', from: 0, towards: 'later' })).toEqual({ index: 0 })
    const { exchange } = await screen.ask('exchange.get', { exchange: 1, session: older })
    expect(exchange).toMatchObject({ ended: 'continued', routeFile: spec.file, framesClient: 1 })
    expect(exchange.routeLine).toBeGreaterThan(0)
    const piece = { exchange: 1, from: 'client', number: 0, form: 'unmasked', offset: 0, length: 99, session: older } as const
    expect(Buffer.from((await screen.ask('frame.body', piece)).bytes).toString()).toBe('before')
    const { lines } = await screen.ask('exchange.trace', { exchange: 1, session: older })
    expect(lines[0]).toMatchObject({ verdict: 'applied', says: 'Took part.' })
    const { activity } = await screen.ask('exchange.activity', { exchanges: [1, 77], bins: 4, session: older })
    expect(activity.map(({ client }) => client.reduce((a, b) => a + b))).toEqual([1])
    // The live one goes on under the same view while the old one is open.
    await echoed(await openTunnel(url), 'after')
    expect((await rowsOf(screen, now.view, 2)).rows).toHaveLength(2)
    await screen.ask('view.close', { view: old.view })
    expect(await code(screen.exchange('view.window', { view: old.view, first: 0, count: 1 }))).toBe('view-unknown')
    expect(await screen.ask('exchange.get', { exchange: 1, session: newer })).toMatchObject({ exchange: { state: 'open' } })
  })

  it('are found by a plain name alone, read whatever version they are, and are no end of the host', async () => {
    const { host, failures, screen, captures } = await servingEcho()
    makeVersion1(join(captures, 'old.swycap'))
    writeFileSync(join(captures, 'text.swycap'), 'no capture '.repeat(1000))
    mkdirSync(join(captures, 'folder.swycap'))
    for (const session of [
      'none.swycap',
      'old',
      '../captures/old.swycap',
      '/etc/passwd',
      'folder.swycap',
      'a\0.swycap',
      '..',
      'x\\old.swycap'
    ]) {
      expect(await code(screen.exchange('exchange.get', { exchange: 1, session })), session).toBe('capture-unknown')
    }
    expect(await code(screen.exchange('exchange.get', { exchange: 1, session: 'text.swycap' }))).toMatch(/^capture-/)
    expect(await screen.ask('exchange.get', { exchange: 1, session: 'old.swycap' })).toMatchObject({
      exchange: { target: '/a', routeLine: 0 }
    })
    const { decision } = await screen.ask('exchange.trace', { exchange: 1, session: 'old.swycap' })
    expect(decision).toEqual({ generation: 1, took: [0], missed: [], route: -1 })
    expect([host.status.state, failures]).toEqual(['running', []])
  })

  it('are deleted for good, though somebody looks at them; the one that is written is not, nor what is none', async () => {
    const { host, screen, url, captures } = await servingEcho()
    await echoed(await openTunnel(url), 'long '.repeat(2000))
    const [older = ''] = (await screen.ask('capture.sessions', {})).sessions.map(({ name }) => name)
    const live = await screen.exchange('capture.delete', { session: older })
    expect(live).toMatchObject({ error: { code: 'capture-locked', hint: expect.stringContaining('Clear') } })
    const { session: newer } = await screen.ask('capture.clear', {})
    const { view } = await screen.ask('view.open', { kind: 'exchanges', filter: '', session: older })
    writeFileSync(join(captures, `${older}2`), 'of nobody')
    expect(await screen.ask('capture.delete', { session: older })).toBeNull()
    expect(readdirSync(captures).filter((name) => !name.startsWith(newer))).toEqual([`${older}2`])
    expect((await screen.ask('capture.sessions', {})).sessions.map(({ name }) => name)).toEqual([newer])
    expect(await code(screen.exchange('view.window', { view, first: 0, count: 1 }))).toBe('view-unknown')
    for (const session of [older, '../settings.json', '..'])
      expect(await code(screen.exchange('capture.delete', { session }))).toBe('capture-unknown')

    expect(screen.events.filter(({ event }) => event === 'capture.deleted').map(({ data }) => data)).toEqual([{ session: older }])

    makeVersion1(join(captures, 'other.swycap'))
    const other = await screen.ask('view.open', { kind: 'exchanges', filter: '', session: 'other.swycap' })
    const lock = lockFile(join(captures, 'other.swycap'))
    const held = await screen.exchange('capture.delete', { session: 'other.swycap' })
    expect(held).toMatchObject({ error: { code: 'capture-locked', message: expect.stringContaining(`process ${process.pid}`) } })
    // Whoever looks at it goes on.
    expect((await rowsOf(screen, other.view, 2)).rows).toHaveLength(2)
    lock.release()
    expect(await screen.ask('capture.delete', { session: 'other.swycap' })).toBeNull()
    expect((await screen.ask('exchange.get', { exchange: 1 })).exchange.state).toBe('open')

    // One that was cleared a moment ago is not held any more when its turn comes.
    const last = host.capture?.name ?? ''
    await Promise.all([host.capture?.clear(), host.capture?.delete(last)])
    expect(existsSync(join(captures, last))).toBe(false)
  })

  it('that cannot be deleted are told of, with the reason', async () => {
    const { host, screen, captures } = await servingEcho()
    makeVersion1(join(captures, 'kept.swycap'))
    // A folder in the place of a companion: no file can be removed there, whoever asks.
    mkdirSync(join(captures, 'kept.swycap-seg1'))
    const refused = await screen.exchange('capture.delete', { session: 'kept.swycap' })
    expect(refused).toMatchObject({ error: { code: 'file-unwritable', message: expect.stringContaining('kept.swycap cannot be deleted') } })
    expect(host.status.state).toBe('running')
  })

  it('are open four at a time: one that nobody looks at makes room, one that somebody does is not closed', async () => {
    const { host, screen, captures } = await servingEcho()
    for (let at = 0; at < 6; at++) makeVersion1(join(captures, `${at}.swycap`))
    await screen.ask('exchange.get', { exchange: 1, session: '0.swycap' })
    const views = []
    for (let at = 1; at < 5; at++)
      views.push((await screen.ask('view.open', { kind: 'exchanges', filter: '', session: `${at}.swycap` })).view)
    expect(host.capture?.readers.open.map((file) => file.slice(-8))).toEqual(['1.swycap', '2.swycap', '3.swycap', '4.swycap'])
    expect(await code(screen.exchange('exchange.get', { exchange: 1, session: '5.swycap' }))).toBe('request-invalid')
    await screen.ask('view.close', { view: views[1] as number })
    await screen.ask('exchange.get', { exchange: 1, session: '5.swycap' })
    expect(host.capture?.readers.open.map((file) => file.slice(-8))).toEqual(['1.swycap', '3.swycap', '4.swycap', '5.swycap'])
  })
})

it('a pause stores nothing, says so, and is a gap behind it; traffic goes on, and its bytes are counted', async () => {
  const { host, screen, url } = await servingEcho()
  const tunnel = await openTunnel(url)
  await echoed(tunnel, 'one')
  const { view } = await screen.ask('view.open', { kind: 'frames', of: 1, filter: '' })
  await rowsOf(screen, view, 2)
  expect(await screen.ask('capture.pause', { paused: true })).toMatchObject({ capture: { paused: true, trouble: null } })
  expect(await echoed(tunnel, 'unseen')).toBe('unseen')
  // Bytes are sent before they are recorded: once the engine answers it is done with these.
  await screen.ask('status', {})
  expect(await screen.ask('capture.pause', { paused: false })).toMatchObject({ capture: { paused: false } })
  await echoed(tunnel, 'two')
  const { rows } = await rowsOf(screen, view, 4)
  expect((rows as FrameRow[]).map(({ preview, gapBefore }) => [preview, gapBefore?.lostFrames ?? 0])).toEqual([
    ['one', 0],
    ['one', 0],
    ['two', 2],
    ['two', 0]
  ])
  const { capture, counts } = await screen.ask('status', {})
  expect(counts.captureBytes).toBeGreaterThan(8192)
  expect(capture?.unwrittenMs).toBeGreaterThan(0)
  expect(counts).toMatchObject({ missedRecords: 0, missedBytes: 0 })
  // A handshake and three frames each way, of a connection that is open.
  expect([counts.bytesFromClients > 150, counts.bytesToClients > 130]).toEqual([true, true])
  expect(screen.events.flatMap((each) => (each.event === 'status' ? [each.data.capture?.paused] : []))).toEqual([true, false])
  await host.capture?.keep({ keepMb: 16, keepDays: 1, keepPayloadKb: 1 })
})

it('what is written is bounded by the settings: it stops there and says so, and goes on in a new file', { timeout: 60_000 }, async () => {
  const { host, screen, url } = await servingEcho()
  await host.capture?.keep({ keepMb: 16, keepDays: 1, keepPayloadKb: 1024 })
  const tunnel = await openTunnel(url)
  const half = 'x'.repeat(512 * 1024)
  // Each is there twice: to the backend and back.
  for (let sent = 0; sent < 16; sent++) await echoed(tunnel, half)
  await expect.poll(() => host.capture?.facts.paused, { timeout: 20_000 }).toBe(true)
  await expect.poll(() => host.capture?.facts.trouble).toMatch(/^It has the 16 MB that Settings keep/)
  const full = host.capture?.facts.session
  const stored = async (): Promise<number> => (await screen.ask('view.open', { kind: 'frames', of: 1, filter: '' })).total
  const before = await stored()
  for (let sent = 0; sent < 16; sent++) await echoed(tunnel, half)
  expect([before > 16, await stored()]).toEqual([true, before])

  expect((await screen.ask('capture.clear', {})).session).not.toBe(full)
  await expect.poll(() => host.capture?.facts, { timeout: 20_000 }).toMatchObject({ paused: false, trouble: null })
  await echoed(tunnel, 'in the new one')
  const { view } = await screen.ask('view.open', { kind: 'frames', of: 1, filter: 'text:new' })
  await rowsOf(screen, view, 2)
})

it('exports exchanges by id as the command does, in place of a file, and of nothing else', async () => {
  const { screen, url, captures } = await servingEcho()
  for (const text of ['one', 'two', 'three']) await echoed(await openTunnel(url), text)
  const { view } = await screen.ask('view.open', { kind: 'exchanges', filter: 'opcode:text' })
  await rowsOf(screen, view, 3)
  const folder = temporaryFolder()
  const file = join(folder, 'out.ndjson')
  writeFileSync(file, 'before')
  expect(await code(screen.exchange('capture.export', { exchanges: [3, 1, 99], file }))).toBe('file-exists')
  expect(readFileSync(file, 'utf8')).toBe('before')
  expect(await screen.ask('capture.export', { exchanges: [3, 1, 99], file, replace: true })).toEqual({ file, exchanges: 2 })
  const lines = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; id?: number; text?: string })
  expect(lines.filter(({ type }) => type === 'exchange').map(({ id }) => id)).toEqual([1, 3])
  expect(lines.filter(({ type }) => type === 'frame').map(({ text }) => text)).toEqual(['one', 'one', 'three', 'three'])
  for (const wrong of [folder, '/dev/null', join(folder, 'none', 'a'), join(captures, 'a.ndjson')]) {
    expect(await code(screen.exchange('capture.export', { exchanges: [1], file: wrong })), wrong).toBe('file-unwritable')
  }
  expect(readdirSync(folder)).toEqual(['out.ndjson'])
  expect(existsSync(join(captures, 'a.ndjson'))).toBe(false)
})

it('exports to a path as a person types it: from home, wherever the program was started', async () => {
  const { screen, url } = await servingEcho()
  await echoed(await openTunnel(url), 'one')
  const { view } = await screen.ask('view.open', { kind: 'exchanges', filter: 'opcode:text' })
  await rowsOf(screen, view, 1)
  const home = temporaryFolder()
  vi.stubEnv('HOME', home)
  onTestFinished(() => void vi.unstubAllEnvs())
  for (const [typed, name] of [
    ['~/tilde.ndjson', 'tilde.ndjson'],
    ['relative.ndjson', 'relative.ndjson']
  ] as const) {
    expect(await screen.ask('capture.export', { exchanges: [1], file: typed })).toEqual({ file: join(home, name), exchanges: 1 })
  }
  expect(readdirSync(home)).toEqual(['relative.ndjson', 'tilde.ndjson'])
})

it('ten views of one screen each hear of what is theirs, once until they said so', async () => {
  const { screen, url } = await servingEcho()
  const tunnel = await openTunnel(url)
  const views: number[] = []
  for (let at = 0; at < 10; at++)
    views.push((await screen.ask('view.open', { kind: at % 2 === 0 ? 'frames' : 'exchanges', of: 1, filter: '' })).view)
  for (let at = 0; at < 50; at++) await echoed(tunnel, `message ${at}`)
  for (const view of views) await screen.event('view.tick', (tick) => tick.view === view)
  const ticks = screen.events.flatMap((each) => (each.event === 'view.tick' ? [each.data.view] : []))
  expect(ticks.sort((a, b) => a - b)).toEqual([...views].sort((a, b) => a - b))
  for (const view of views.filter((_, at) => at % 2 === 0)) {
    await screen.ask('view.ack', { view })
    expect((await rowsOf(screen, view, 100)).rows).toHaveLength(100)
    expect(await screen.ask('view.indexOf', { view, rows: [99] })).toEqual({ indexes: [99] })
  }
  const rows = (await screen.ask('view.window', { view: views[1] as number, first: 0, count: 1 })).rows as ExchangeRow[]
  expect(rows[0]).toMatchObject({ id: 1, state: 'open' })
})
