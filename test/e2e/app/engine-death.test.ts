import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { ExchangeRow } from '../../../shared/rows.js'
import { canConnect, freePort } from '../../oracle/loopback.js'
import { echoBackend } from '../backends.js'
import { command } from '../switchyard.js'
import { runSwitch } from './app-screens.js'
import { virtualDisplay } from './display.js'
import { RunningApp } from './running-app.js'
import { siteFile } from './site.js'
import { threadsThatThrow } from './throwing-threads.js'

let display: Awaited<ReturnType<typeof virtualDisplay>>
beforeAll(async () => {
  display = await virtualDisplay()
}, 180_000)
afterAll(() => display.close())

/** The last box that asked something, as Electron shows it; and what answers it, since nobody is there to click in it. */
interface Kept {
  readonly box: { readonly asked: string; readonly open: boolean; readonly answer: (response: number) => void }
  readonly deaths: string[]
  readonly switchyard: { readonly windows: { tellHealth(health: { state: string }): void } }
}
async function keepBoxes(app: RunningApp): Promise<void> {
  await app.inMain(({ dialog }) => {
    const deaths: string[] = []
    const { windows } = (globalThis as unknown as Kept).switchyard
    const tell = windows.tellHealth.bind(windows)
    windows.tellHealth = (health) => {
      if (health.state !== 'up') deaths.push(health.state)
      tell(health)
    }
    const show = dialog.showMessageBox.bind(dialog) as (...given: unknown[]) => Promise<Electron.MessageBoxReturnValue>
    const box = { asked: '', open: false, answer: (_response: number): void => {} }
    dialog.showMessageBox = async (...given: unknown[]) => {
      const answered = new Promise<number>((resolve) => (box.answer = resolve))
      Object.assign(box, { asked: (given.at(-1) as { message: string }).message, open: true })
      const shown = show(...given).finally(() => (box.open = false))
      return await Promise.race([shown, answered.then((response) => ({ response, checkboxChecked: false }))])
    }
    Object.assign(globalThis, { box, deaths })
  })
}
async function box(app: RunningApp): Promise<{ asked: string; open: boolean }> {
  return await app.inMain(() => {
    const { asked, open } = (globalThis as unknown as Kept).box
    return { asked, open }
  })
}
/** What became of it after each end, since {@link keepBoxes}. */
async function afterDeaths(app: RunningApp): Promise<string[]> {
  return await app.inMain(() => (globalThis as unknown as Kept).deaths)
}
/** Somebody connects again and again to where that is the engine's end, until it is given up. */
async function dieFiveTimes(app: RunningApp, trap: number): Promise<void> {
  const { length: before } = await afterDeaths(app)
  const asked = async (): Promise<unknown> => {
    await canConnect(trap)
    return await box(app)
  }
  await expect.poll(asked, { timeout: 60_000 }).toEqual({ asked: 'The engine stopped five times within a minute.', open: true })
  expect((await afterDeaths(app)).slice(before)).toEqual(['restarting', 'restarting', 'restarting', 'restarting', 'failed'])
}

async function running(threads?: string): Promise<{ app: RunningApp; port: number; tunnel: WebSocket }> {
  const port = await freePort()
  const files = [siteFile(port, await echoBackend())]
  const app = await RunningApp.start({ display: display.display, files, ...(threads === undefined ? {} : { threads }) })
  await app.isRunning()
  return { app, port, tunnel: await echoed(port, 'before') }
}

async function echoed(port: number, text: string): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/`)
  socket.on('error', () => {})
  await once(socket, 'open')
  socket.send(text)
  expect(String((await once(socket, 'message'))[0])).toBe(text)
  return socket
}

async function exchanges(app: RunningApp, matched: number): Promise<readonly ExchangeRow[]> {
  const rows = await app.page.evaluate(`(async () => {
    const { view } = await contract.ask('view.open', { kind: 'exchanges', filter: '' })
    for (let seen = contract.events.length; ; ) {
      const window = await contract.ask('view.window', { view, first: 0, count: 100 })
      if (window.matched >= ${matched}) return window.rows
      await contract.eventually(() => contract.events.slice(seen).some(({ event, data }) => event === 'view.tick' && data.view === view))
      // Before the answer to this the next tick may come.
      seen = contract.events.length
      await contract.ask('view.ack', { view })
    }
  })()`)
  return rows as readonly ExchangeRow[]
}

/** The line of the log with this code. */
async function logged(app: RunningApp, code: string): Promise<unknown> {
  return await app.page.evaluate(`(async () => {
    const { view } = await contract.ask('view.open', { kind: 'logs', filter: '' })
    const { rows } = await contract.ask('view.window', { view, first: 0, count: 100 })
    return rows.find((row) => row.code === '${code}')
  })()`)
}

/** What holds after any death: a new port, the listeners, the same file, in which what was open is lost and numbers run on. */
async function isBack(app: RunningApp, port: number, file: string): Promise<void> {
  await app.eventually('contract.ports === 2')
  await app.isRunning()
  const status = await app.ask('status', {})
  expect(status.capture?.file).toBe(file)
  expect(status.listeners.map((listener) => listener.port)).toEqual([port])
  await echoed(port, 'after')
  const rows = await exchanges(app, 2)
  expect(rows.map(({ id, state }) => [id, state])).toEqual([
    [1, 'lost'],
    [2, 'open']
  ])
}

describe('after the engine died', () => {
  it('of a signal: it is back with a new port, its listeners and the same capture', async () => {
    const { app, port, tunnel } = await running()
    const { capture } = await app.ask('status', {})
    await exchanges(app, 1)
    const closed = once(tunnel, 'close')
    process.kill(await app.enginePid(), 'SIGKILL')
    await closed
    await isBack(app, port, capture?.file ?? '')
    expect(await app.page.evaluate('contract.health.map(({ state }) => state).slice(-2)')).toEqual(['restarting', 'up'])
    expect(await logged(app, 'engine-restarted')).toMatchObject({
      level: 'warning',
      source: 'switchyard',
      message: expect.stringMatching(/^The engine was started again after it ended \(.*code \d+\); the exchange that was open is lost\.$/)
    })
    await app.end()
    // What was written before the death and after it is one file that can be read.
    const lines = (await command('export', capture?.file ?? '', '--ndjson', '-')).trim().split('\n')
    expect(lines.map((line) => JSON.parse(line)).filter(({ type }) => type === 'exchange')).toHaveLength(2)
  })

  it.each([
    ['engine', 'The engine thread stopped: thrown by a test.'],
    ['writer', 'A capture thread failed: thrown by a test'],
    ['reader', 'A capture thread failed: thrown by a test']
  ])('of its %s thread that threw: the same, and the cause is told', async (thrower, cause) => {
    const trap = await freePort()
    const { app, port } = await running(threadsThatThrow(trap, thrower))
    const { capture } = await app.ask('status', {})
    await exchanges(app, 1)
    await expect.poll(() => canConnect(trap), { timeout: 20_000 }).toBe(true)
    await isBack(app, port, capture?.file ?? '')
    const causes = await app.page.evaluate(`contract.health.filter(({ state }) => state === 'restarting').map(({ cause }) => cause)`)
    expect(causes).toEqual([cause])
  })

  it('five times in a minute: it is given up with a question, and the screens say what can be done, and do it', async () => {
    const [trap, port] = [await freePort(), await freePort()]
    const files = [siteFile(port, await echoBackend())]
    const app = await RunningApp.withScreens({ display: display.display, files, threads: threadsThatThrow(trap) })
    const { page } = app
    await runSwitch(page).getByText('Running').waitFor()
    await keepBoxes(app)
    await dieFiveTimes(app, trap)
    const bar = page.getByRole('alert').filter({ hasText: 'thrown by a test' })
    await bar.getByText('It is not started again by itself').waitFor()
    await bar.getByRole('button', { name: 'Start again' }).click()
    await expect.poll(() => canConnect(port), { timeout: 20_000 }).toBe(true)
    await expect.poll(() => bar.count()).toBe(0)
    // What it asked about is over: it goes by itself, and nothing is taken for its answer.
    await expect.poll(async () => (await box(app)).open).toBe(false)
    await runSwitch(page).getByText('Running').waitFor()

    await dieFiveTimes(app, trap)
    await app.inMain(() => (globalThis as unknown as Kept).box.answer(1))
    await app.ended
  })
})
