import { describe, expect, it } from 'vitest'
import { contractVersion } from '../../../shared/contract.js'
import { SwitchyardError } from '../../../shared/errors.js'
import type { Answer } from '../../../main/host/control/screen-session.js'
import { CloseCode } from '../../../main/host/control/transport.js'
import { fakeSession } from './fake-screen.js'

const viewState = { total: 0, matched: 0, hidden: 0, looked: 0, matching: false, revision: 0 }
const answering = (table: Record<string, (params: never, signal: AbortSignal) => unknown>) =>
  (async (name: string, params: never, signal: AbortSignal) => await table[name]?.(params, signal)) as unknown as Answer
const never = (_params: never, signal: AbortSignal) =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('given up'))))
const logged = { event: 'log', data: {} } as never

describe('hello', () => {
  it('comes before anything is answered or told', async () => {
    const { screen, session } = await fakeSession(answering({ status: () => 'fine' }), { greet: false })
    session.tell({ event: 'status', data: {} } as never)
    expect(await screen.ask('status')).toMatchObject({ ok: false, error: { code: 'request-invalid', message: /say hello first/ } })
    expect(await screen.ask('hello', { version: contractVersion })).toMatchObject({
      ok: true,
      reply: { version: contractVersion, product: 'Switchyard' }
    })
    expect(await screen.ask('status')).toMatchObject({ ok: true, reply: 'fine' })
    expect(screen.events).toEqual([])
  })

  it('of another version is answered, told to reload, and let go', async () => {
    const { screen, left } = await fakeSession(answering({}), { greet: false })
    expect(await screen.ask('hello', { version: 99 })).toMatchObject({
      ok: false,
      error: { code: 'version-mismatch', hint: 'Reload the page.' }
    })
    expect(screen.closed).toEqual([{ code: CloseCode.otherVersion, why: expect.stringContaining('99') }])
    expect(left).toHaveLength(1)
  })
})

describe('requests', () => {
  it('are refused each by its id where they are wrong; what has no id ends the line', async () => {
    const { screen } = await fakeSession(answering({}))
    expect(await screen.ask('nothing')).toMatchObject({ ok: false, error: { code: 'request-invalid' } })
    expect(await screen.ask('view.window', { view: 1 })).toMatchObject({ ok: false, error: { message: /first/ } })
    expect(screen.closed).toEqual([])
    screen.onMessage({ request: 'status', params: {} })
    expect(screen.closed).toMatchObject([{ code: CloseCode.badMessage }])
  })

  it('carry errors as code, message and hint', async () => {
    const fail = () => {
      throw new SwitchyardError('capture-unknown', 'Capture is off.', { hint: 'Switch it on.' })
    }
    const { screen } = await fakeSession(answering({ 'capture.clear': fail }))
    expect(await screen.ask('capture.clear')).toEqual({
      id: expect.any(Number),
      ok: false,
      error: { code: 'capture-unknown', message: 'Capture is off.', hint: 'Switch it on.' }
    })
  })

  it('can be cancelled: the answerer hears it, and the asker gets request-cancelled', async () => {
    const { screen } = await fakeSession(answering({ 'exchange.get': never }))
    screen.onMessage({ id: 500, request: 'exchange.get', params: { exchange: 1 } })
    expect(await screen.ask('cancel', { id: 500 })).toMatchObject({ ok: true, reply: null })
    expect(await screen.replyTo(500)).toMatchObject({ ok: false, error: { code: 'request-cancelled' } })
    expect(await screen.ask('cancel', { id: 500 })).toMatchObject({ ok: true })
  })

  it('are open 256 at most, each under an id of its own', async () => {
    const { screen } = await fakeSession(answering({ 'exchange.get': never }))
    for (let id = 1000; id < 1256; id++) screen.onMessage({ id, request: 'exchange.get', params: { exchange: 1 } })
    expect(await screen.ask('status')).toMatchObject({ ok: false, error: { message: /256 requests are open/ } })
    await screen.ask('cancel', { id: 1000 })
    screen.onMessage({ id: 1001, request: 'status', params: {} })
    expect(await screen.replyTo(1001)).toMatchObject({ ok: false, error: { message: /still open/ } })
  })
})

describe('views', () => {
  const open = { kind: 'exchanges', filter: '' }

  it('are the screen that opened them, and of no other', async () => {
    const { screen, session } = await fakeSession(answering({ 'view.open': () => ({ view: 7, ...viewState }), 'view.ack': () => null }))
    expect(session.has(7)).toBe(false)
    await screen.ask('view.open', open)
    expect(session.has(7)).toBe(true)
    expect(await screen.ask('view.ack', { view: 7 })).toMatchObject({ ok: true })
    expect(await screen.ask('view.ack', { view: 8 })).toMatchObject({ ok: false, error: { code: 'view-unknown' } })
  })

  it('are closed when the screen goes, once', async () => {
    let next = 0
    const { screen, closedViews, left } = await fakeSession(
      answering({ 'view.open': () => ({ view: ++next, ...viewState }), 'view.close': () => null })
    )
    for (let count = 0; count < 3; count++) await screen.ask('view.open', open)
    await screen.ask('view.close', { view: 2 })
    screen.onClose()
    screen.onClose()
    expect(closedViews).toEqual([1, 3])
    expect(left).toHaveLength(1)
  })

  it('that open for nobody are closed: the screen left, or the request was cancelled', async () => {
    const opened: ((state: object) => void)[] = []
    const { screen, closedViews } = await fakeSession(answering({ 'view.open': () => new Promise((resolve) => opened.push(resolve)) }))
    screen.onMessage({ id: 300, request: 'view.open', params: open })
    screen.onMessage({ id: 301, request: 'view.open', params: open })
    await screen.ask('cancel', { id: 300 })
    opened[0]?.({ view: 1, ...viewState })
    expect(await screen.replyTo(300)).toMatchObject({ ok: false, error: { code: 'request-cancelled' } })
    screen.onClose()
    opened[1]?.({ view: 2, ...viewState })
    await new Promise((resolve) => setImmediate(resolve))
    expect(closedViews).toEqual([1, 2])
  })
})

describe('a screen that does not read', () => {
  it('misses log lines and counts, but no tick: the next tick waits for its acknowledgement', async () => {
    const { screen, session } = await fakeSession(answering({}))
    screen.pendingBytes = 5 * 1024 * 1024
    session.tell(logged)
    session.tell({ event: 'counts', data: {} } as never)
    session.tell({ event: 'view.tick', data: { view: 1, ...viewState } })
    expect(screen.events.map(({ event }) => event)).toEqual(['view.tick'])
    screen.pendingBytes = 0
    session.tell(logged)
    expect(screen.events.map(({ event }) => event)).toEqual(['view.tick', 'log'])
  })

  it('is let go when too much waits for it', async () => {
    const { screen } = await fakeSession(answering({ status: () => 'fine' }))
    screen.pendingBytes = 65 * 1024 * 1024
    screen.onMessage({ id: 9, request: 'cancel', params: { id: 1 } })
    expect(screen.closed).toEqual([{ code: CloseCode.tooSlow, why: 'this screen does not read' }])
  })
})
