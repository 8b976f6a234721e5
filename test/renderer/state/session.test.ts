import { expect, it, onTestFinished, vi } from 'vitest'
import { Session } from '../../../renderer/state/session.svelte.js'
import type { Counts } from '../../../shared/contract.js'
import { ScriptedHost, settled } from './scripted-host.js'

/** A page, which is hidden or not when it begins; and how much its host counts. */
async function started({ hidden = false } = {}) {
  const page = Object.assign(new EventTarget(), { hidden })
  vi.stubGlobal('document', page)
  onTestFinished(() => void vi.unstubAllGlobals())
  const host = new ScriptedHost()
  const session = new Session(host.connection)
  onTestFinished(session.start())
  const show = async (seen: boolean, counts: Partial<Counts>): Promise<unknown> => {
    host.replies['counts.want'] = counts as Counts
    page.hidden = !seen
    page.dispatchEvent(new Event('visibilitychange'))
    return await host.answer('counts.want')
  }
  host.replies.status = { counts: { exchanges: 1 } } as never
  host.replies['settings.get'] = {} as never
  await host.answer('hello')
  await host.answer('status')
  await host.answer('settings.get')
  await settled()
  return { host, session, show }
}

it('wants no counts while it is hidden, and has those of now when it is seen again', async () => {
  const { session, show } = await started()
  expect(session.counts).toMatchObject({ exchanges: 1 })
  expect(await show(false, { exchanges: 2 })).toEqual({ wanted: false })
  expect(await show(true, { exchanges: 9 })).toEqual({ wanted: true })
  expect(session.counts).toMatchObject({ exchanges: 9 })
})

it('says so to every host that answers while it is hidden', async () => {
  const { host } = await started({ hidden: true })
  host.replies['counts.want'] = { exchanges: 1 } as Counts
  expect(await host.answer('counts.want')).toEqual({ wanted: false })
  await host.comeBack()
  await host.answer('status')
  await host.answer('settings.get')
  expect(await host.answer('counts.want')).toEqual({ wanted: false })
})
