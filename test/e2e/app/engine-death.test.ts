import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { ExchangeRow } from '../../../shared/rows.js'
import { bundled } from '../../bundled.js'
import { freePort } from '../../oracle/loopback.js'
import { echoBackend } from '../backends.js'
import { command } from '../switchyard.js'
import { virtualDisplay } from './display.js'
import { RunningApp } from './running-app.js'
import { siteFile } from './site.js'
import { ownFolder } from './unprivileged.js'

let display: Awaited<ReturnType<typeof virtualDisplay>>
beforeAll(async () => {
  display = await virtualDisplay()
}, 180_000)
afterAll(() => display.close())

/** The threads of the bundle, and an engine's thread that throws as soon as somebody connects to this port. */
function threadsThatThrow(port: number): string {
  const folder = ownFolder()
  for (const name of ['engine', 'writer', 'reader', 'check']) {
    const lines = [`import ${JSON.stringify(pathToFileURL(bundled(`threads/${name}`)).href)}`]
    if (name === 'engine') {
      lines.unshift(`import { createServer } from 'node:net'`)
      lines.push(`createServer(() => { throw new Error('thrown by a test') }).listen(${port}, '127.0.0.1')`)
    }
    writeFileSync(join(folder, `${name}.js`), lines.join('\n'))
  }
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  return folder
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
    await app.end()
    // What was written before the death and after it is one file that can be read.
    const lines = (await command('export', capture?.file ?? '', '--ndjson', '-')).trim().split('\n')
    expect(lines.map((line) => JSON.parse(line)).filter(({ type }) => type === 'exchange')).toHaveLength(2)
  })

  it('of a thread that threw: the same, and the cause is told', async () => {
    const trap = await freePort()
    const { app, port } = await running(threadsThatThrow(trap))
    const { capture } = await app.ask('status', {})
    await exchanges(app, 1)
    connect(trap, '127.0.0.1').on('error', () => {})
    await isBack(app, port, capture?.file ?? '')
    const causes = await app.page.evaluate(`contract.health.filter(({ state }) => state === 'restarting').map(({ cause }) => cause)`)
    expect(causes).toEqual(['The engine thread stopped: thrown by a test.'])
  })
})
