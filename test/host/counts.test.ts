import { expect, it } from 'vitest'
import { echoBackend, nativeSpec, runningHost } from './running-host.js'
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
