import { decode, encode } from '@msgpack/msgpack'
import { once } from 'node:events'
import { get } from 'node:http'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { contractVersion } from '../../../shared/contract.js'
import type { EventMessage, EventName, Params, Replies, RequestName, ServerMessage } from '../../../shared/contract.js'
import { bundled } from '../../bundled.js'
import { Screen } from '../../host/screens.js'
import { canConnect, freePort } from '../../oracle/loopback.js'
import { echoBackend } from '../backends.js'
import { Switchyard, temporaryFolder } from '../switchyard.js'
import { virtualDisplay } from './display.js'
import { RunningApp } from './running-app.js'
import { siteFile } from './site.js'
import { engineThatThrows, threadsThatThrow } from './throwing-threads.js'

let display: Awaited<ReturnType<typeof virtualDisplay>>
beforeAll(async () => {
  display = await virtualDisplay()
}, 180_000)
afterAll(() => display.close())

/** The same traffic each time: a page, a tunnel that is closed with a code of its own, and a request that comes to nothing. */
async function traffic(port: number): Promise<void> {
  await got(`http://127.0.0.1:${port}/page`)
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/`, { perMessageDeflate: false })
  await once(socket, 'open')
  socket.send('hello')
  await once(socket, 'message')
  socket.close(4000, 'done')
  await once(socket, 'close')
  await got(`http://127.0.0.1:${port}/dead/`)
}
async function got(url: string): Promise<void> {
  const [response] = (await once(get(url, { agent: false }), 'response')) as [NodeJS.ReadableStream]
  await once(response.resume(), 'end')
}

interface Asker {
  ask<Name extends RequestName>(request: Name, params: Params<Name>): Promise<Replies[Name]>
}
type Told = () => Promise<readonly EventMessage[]> | readonly EventMessage[]

/** What both ways are asked, until all exchanges are over. */
async function answers(screen: Asker): Promise<unknown> {
  const opened = await screen.ask('view.open', { kind: 'exchanges', filter: '-state:open' })
  const { view } = opened
  let window = await screen.ask('view.window', { view, first: 0, count: 10 })
  while (window.matched < 3) window = await screen.ask('view.window', { view, first: 0, count: 10 })
  await screen.ask('view.close', { view })
  const frames = await screen.ask('view.open', { kind: 'frames', of: window.rows[1]?.id ?? 0, filter: '' })
  const wire = await screen.ask('view.window', { view: frames.view, first: 0, count: 10 })
  const { counts: _, ...status } = await screen.ask('status', {})
  return steady({ status, opened: Object.keys(opened).sort(), rows: window.rows, frames: wire.rows })
}

/** What is logged of the traffic, and what is told of an engine that dies of a throw as soon as somebody connects to `trap`. */
async function events(told: Told, trap: number): Promise<unknown> {
  const named = async (name: EventName): Promise<unknown[]> => (await told()).filter(({ event }) => event === name).map(({ data }) => data)
  await expect.poll(() => named('log'), { timeout: 20_000 }).toHaveLength(1)
  await expect.poll(() => canConnect(trap), { timeout: 20_000 }).toBe(true)
  await expect.poll(() => named('failed'), { timeout: 20_000 }).toHaveLength(1)
  return steady({ log: await named('log'), failed: await named('failed') })
}

/** Times, masks, ports of clients and the file of the capture are each run's own: their kind is compared, all else as it is. */
const ownToARun = /(^a|A)t(Us|Ms)$|^(batch|client|maskKey|session|file|bytes|revision)$/
function steady(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, each: unknown) => (ownToARun.test(key) && each !== null && each !== 0 ? typeof each : each))
  )
}

async function webSocketScreen(url: string): Promise<Screen> {
  const { host, hash } = new URL(url)
  const socket = new WebSocket(`ws://${host}/contract`, { headers: { Origin: `http://${host}` } })
  onTestFinished(() => socket.terminate())
  const screen = new Screen((message) => socket.send(encode(message)))
  socket.on('message', (data: Buffer) => screen.heard(decode(new Uint8Array(data)) as ServerMessage))
  await once(socket, 'open')
  socket.send(encode({ token: hash.slice(1) }))
  await screen.ask('hello', { version: contractVersion })
  return screen
}

describe('the contract', () => {
  it("answers the same over the app's port and over the WebSocket of the command", async () => {
    const [port, trap] = [await freePort(), await freePort()]
    const file = siteFile(port, await echoBackend(), [{ match: '/dead/', to: `http://127.0.0.1:${await freePort()}/` }])
    const app = await RunningApp.start({ display: display.display, files: [file], threads: threadsThatThrow(trap) })
    await app.isRunning()
    await traffic(port)
    const overPort = await answers(app)
    const toldOverPort = await events(() => app.page.evaluate('contract.events'), trap)
    await app.end()

    const data = temporaryFolder()
    const words = [process.execPath, ...engineThatThrows(trap), bundled('cli/switchyard'), 'serve', file, '--data', data]
    const screen = await webSocketScreen((await Switchyard.run(data, words)).screens)
    await traffic(port)
    const overSocket = await answers(screen)
    const toldOverSocket = await events(() => screen.events, trap)
    expect(overPort).toEqual(overSocket)
    expect(overPort).toMatchObject({
      status: { state: 'running' },
      rows: [{ status: 200 }, { status: 101, closeClient: 4000 }, { status: 502 }]
    })
    expect(toldOverPort).toEqual(toldOverSocket)
    expect(toldOverPort).toMatchObject({ log: [{ code: 'origin-refused', exchange: 3 }], failed: [{ code: 'thread-failed' }] })
  })
})
