import { symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { bundled } from '../bundled.js'
import { echoBackend, echoed, nativeSpec, openTunnel, runningHost, temporaryFolder } from './running-host.js'
import { appScreen, browserScreen } from './screens.js'
import type { Screen } from './screens.js'

async function served() {
  const { host } = await runningHost()
  await host.serve(nativeSpec([{ match: '/', to: `http://127.0.0.1:${await echoBackend()}/` }]))
  const visit = async (): Promise<void> => void (await (await fetch(`${host.listeners[0]?.url}/page`)).text())
  return { host, visit }
}
const told = ({ events }: Screen): number => events.filter(({ event }) => event === 'counts').length

it('a screen that nobody sees is told no counts, and has those of now as soon as it is seen', async () => {
  const { host, visit } = await served()
  const [hidden, seen] = [await browserScreen(host), await appScreen(host)]
  expect(await hidden.ask('counts.want', { wanted: false })).toMatchObject({ exchanges: 0 })
  const before = told(hidden)
  await visit()
  await seen.event('counts', ({ exchanges, openExchanges }) => exchanges === 1 && openExchanges === 0)
  // What was told before this answer has come before it.
  await hidden.ask('settings.get', {})
  expect(told(hidden)).toBe(before)
  expect(await hidden.ask('counts.want', { wanted: true })).toMatchObject({ exchanges: 1 })
  await visit()
  await hidden.event('counts', ({ exchanges }) => exchanges === 2)
})

it('who asks how it stands takes no counts away from those who wait to be told', async () => {
  const { host, visit } = await served()
  const [asking, waiting] = [await browserScreen(host), await appScreen(host)]
  await visit()
  await expect.poll(async () => (await asking.ask('status', {})).counts, { interval: 1 }).toMatchObject({ exchanges: 1, openExchanges: 0 })
  await waiting.event('counts', ({ exchanges, openExchanges }) => exchanges === 1 && openExchanges === 0)
})

it('the size of the capture is told as it grows', async () => {
  const { host } = await served()
  const screen = await appScreen(host)
  const { counts } = await screen.ask('status', {})
  expect(counts.captureBytes).toBeGreaterThan(0)
  const tunnel = await openTunnel(`${host.listeners[0]?.url.replace('http', 'ws')}/ws`)
  for (let sent = 0; sent < 8; sent++) await echoed(tunnel, 'x'.repeat(64 * 1024))
  await screen.event('counts', ({ captureBytes }) => captureBytes > counts.captureBytes + 2 * 8 * 64 * 1024)
})

it('what passed before anybody asked is counted, though the engine was stopped and counts anew', async () => {
  const { host, visit } = await served()
  await visit()
  await host.stop('now')
  await host.restart()
  const screen = await appScreen(host)
  await expect.poll(async () => (await screen.ask('status', {})).counts.exchanges).toBe(1)
})

it('a screen that comes before anything was served is answered without the engine, which may not be there yet', async () => {
  const folder = temporaryFolder()
  for (const name of ['writer', 'reader']) symlinkSync(join(dirname(bundled('threads/engine')), `${name}.js`), join(folder, `${name}.js`))
  // In place of an engine that is still on its way: a thread that answers nothing.
  writeFileSync(join(folder, 'engine.js'), "import { parentPort } from 'node:worker_threads'\nparentPort.on('message', () => {})\n")
  const { host } = await runningHost({ threads: pathToFileURL(folder + sep) })
  const screen = await appScreen(host)
  expect(await screen.ask('status', {})).toMatchObject({ state: 'stopped', config: null, counts: { exchanges: 0 } })
})

it('a capture that goes on has what stood in it, though nothing is served yet', async () => {
  const file = join(temporaryFolder(), 'mine.swycap')
  const { host } = await runningHost({ capture: { file } })
  await host.serve(nativeSpec([{ match: '/', to: `http://127.0.0.1:${await echoBackend()}/` }]))
  await (await fetch(`${host.listeners[0]?.url}/page`)).text()
  await host.close()
  const next = await runningHost({ capture: { file } })
  const screen = await appScreen(next.host)
  expect(await screen.ask('status', {})).toMatchObject({ state: 'stopped', counts: { exchanges: 1 } })
})
