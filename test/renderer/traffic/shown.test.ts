import { expect, it, onTestFinished, vi } from 'vitest'
import { Preferences } from '../../../renderer/state/preferences.svelte.js'
import { Traffic } from '../../../renderer/views/traffic/traffic.svelte.js'
import { ScriptedHost, settled } from '../state/scripted-host.js'
import { ended, exchange } from './rows.js'

it('a tunnel that goes on in a new capture is shown as that one has it: batches begin again there', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const host = new ScriptedHost()
  host.rows = [exchange({ batch: 7 })]
  host.lists['state:failed'] = []
  host.lists['other'] = []
  const traffic = new Traffic(host.connection, new Preferences({ shared: null, own: null }))
  await host.open()
  await traffic.view.moveTo(0)

  // While the filter leaves it out, it is asked for by itself.
  void traffic.view.setFilter('state:failed')
  for (const name of ['view.open', 'view.indexOf', 'view.indexOf', 'view.window', 'view.close'] as const) await host.answer(name)
  host.replies['exchange.get'] = { exchange: exchange({ batch: 900, framesServer: 96 }) } as never
  host.replies['exchange.activity'] = { activity: [] }
  const stop = traffic.tick()
  onTestFinished(stop)
  await host.answer('exchange.get')
  expect(traffic.shown?.framesServer).toBe(96)

  host.rows = [exchange({ batch: 3, framesServer: 16 })]
  void traffic.view.setFilter('')
  for (const name of ['view.open', 'view.indexOf', 'view.window', 'view.close'] as const) await host.answer(name)
  void traffic.show(undefined)
  for (const name of ['view.open', 'view.window', 'view.close'] as const) await host.answer(name)
  expect(traffic.shown).toBe(null)
  await traffic.view.moveTo(0)
  expect(traffic.shown?.framesServer).toBe(16)

  const closed = ended(42.7, { batch: 5, framesServer: 16 })
  host.rows = [closed]
  await host.tick(4)
  await host.answer('view.window')
  await settled()
  expect(traffic.shown).toEqual(closed)
})
