import { beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { Announcer } from '../../../renderer/state/announcer.svelte.js'
import { ScriptedHost, rowsOf, settled, upTo } from './scripted-host.js'

const badOnes = 'proto:ws state:failed'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
  return () => vi.useRealTimers()
})

/** One that listens, to a host where so many went badly before. */
async function listening({ bad = 0 } = {}) {
  const host = new ScriptedHost()
  host.lists[badOnes] = rowsOf(...upTo(bad))
  const announcer = new Announcer(host.connection)
  const stop = announcer.start()
  onTestFinished(stop)
  await host.answer('hello')
  const said: string[] = []
  const saidAt: number[] = []
  /** Lets seconds pass, and keeps what is said in them. */
  const pass = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second++) {
      vi.advanceTimersByTime(1000)
      await settled()
      for (let asked = host.asked[0]; asked !== undefined; asked = host.asked[0]) await host.answer(asked.request)
      if (announcer.text === '') continue
      said.push(announcer.text)
      saidAt.push(performance.now())
    }
  }
  await pass(1)
  return { host, said, saidAt, pass, stop }
}

it('says how many went badly since it listens, once', async () => {
  const { host, said, pass } = await listening({ bad: 3 })
  expect(said).toEqual([])
  host.lists[badOnes] = rowsOf(...upTo(5))
  await pass(20)
  expect(said).toEqual(['2 WebSockets failed or closed badly'])
})

it('says at most one thing in five seconds, and leaves nothing out', async () => {
  const { host, said, saidAt, pass } = await listening()
  for (let second = 1; second <= 10; second++) {
    host.lists[badOnes] = rowsOf(...upTo(second))
    await pass(1)
  }
  await pass(10)
  expect(saidAt.length).toBeGreaterThan(1)
  for (const [index, atMs] of saidAt.slice(1).entries()) expect(atMs - (saidAt[index] ?? 0)).toBeGreaterThanOrEqual(5000)
  expect(said.reduce((sum, words) => sum + Number.parseInt(words, 10), 0)).toBe(10)
})

it('says how many errors were logged, and nothing of what is none', async () => {
  const { host, said, pass } = await listening()
  host.log('warning')
  await pass(5)
  expect(said).toEqual([])
  host.log('error')
  host.log('error')
  host.lists[badOnes] = rowsOf(1)
  await pass(1)
  await pass(5)
  expect(said).toEqual(['1 WebSocket failed or closed badly, 2 errors in the log'])
})

it('says the same words again when the same happens again', async () => {
  const { host, said, pass } = await listening()
  for (let times = 0; times < 2; times++) {
    host.log('error')
    await pass(6)
  }
  expect(said).toEqual(['1 error in the log', '1 error in the log'])
})

it('begins anew with a capture that is cleared: views end with their file, and another is opened', async () => {
  const { host, said, pass } = await listening({ bad: 3 })
  vi.advanceTimersByTime(1000)
  await host.refuse('view.window', 'view-unknown', 'There is no view 1.')
  host.lists[badOnes] = []
  await pass(3)
  host.lists[badOnes] = rowsOf(1)
  await pass(6)
  expect(said).toEqual(['1 WebSocket failed or closed badly'])
})

it('opens its view anew on another line, which has its own under the same numbers', async () => {
  const { host, said, pass } = await listening({ bad: 3 })
  await host.comeBack()
  host.lists[badOnes] = rowsOf(...upTo(5))
  vi.advanceTimersByTime(1000)
  expect(host.asked).toMatchObject([{ request: 'view.open' }])
  await pass(6)
  expect(said).toEqual(['2 WebSockets failed or closed badly'])
})

it('asks once a second for a count, whatever ticks, and for one thing at a time', async () => {
  const { host } = await listening()
  for (let times = 0; times < 50; times++) await host.tick(1)
  expect(host.asked).toEqual([])
  vi.advanceTimersByTime(5000)
  expect(host.asked).toMatchObject([{ request: 'view.window', params: { first: 0, count: 0 } }])
})

it('closes its view when it is over, one that is only being opened, too', async () => {
  const { host, stop } = await listening()
  stop()
  expect(await host.answer('view.close')).toEqual({ view: 1 })

  const another = new ScriptedHost()
  const stopSoon = new Announcer(another.connection).start()
  await another.answer('hello')
  vi.advanceTimersByTime(1000)
  stopSoon()
  await another.answer('view.open')
  expect(await another.answer('view.close')).toEqual({ view: 1 })
})
