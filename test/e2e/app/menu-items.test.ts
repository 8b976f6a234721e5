import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { echoed, openTunnel } from '../../host/running-host.js'
import { freePort } from '../../oracle/loopback.js'
import { echoBackend } from '../backends.js'
import { row } from '../traffic-rows.js'
import { clickMenu, goTo, runSwitch } from './app-screens.js'
import { virtualDisplay } from './display.js'
import { RunningApp } from './running-app.js'
import { siteFile } from './site.js'

let display: Awaited<ReturnType<typeof virtualDisplay>>
beforeAll(async () => {
  display = await virtualDisplay()
}, 180_000)
afterAll(() => display.close())

async function served(): Promise<{ app: RunningApp; port: number }> {
  const port = await freePort()
  const app = await RunningApp.withScreens({ display: display.display, files: [siteFile(port, await echoBackend())] })
  await runSwitch(app.page).getByText('Running').waitFor()
  return { app, port }
}

describe('items of the menus', () => {
  it('lead to an earlier capture, and from there to the last exchange of a route', async () => {
    const { app, port } = await served()
    const { page } = app
    await (await fetch(`http://127.0.0.1:${port}/earlier`)).text()
    await row(page, '/earlier').getByText('200', { exact: true }).waitFor()
    await clickMenu(app, 'Traffic', 'Clear')
    await expect.poll(() => row(page, '/earlier').count()).toBe(0)
    await echoed(await openTunnel(`ws://127.0.0.1:${port}/ws/now`), 'hello')
    await row(page, '/ws/now').waitFor()

    await goTo(page, 'Logs')
    await clickMenu(app, 'File', 'Recent Captures', /./)
    const traffic = page.getByRole('main', { name: 'Traffic', exact: true })
    await traffic.getByText('opened to look at').waitFor()
    await row(page, '/earlier').waitFor()
    expect(await row(page, '/ws/now').count()).toBe(0)

    await goTo(page, 'Settings')
    await app.clickTray(await app.trayItem('/ws/now'))
    await traffic.getByRole('region', { name: 'Detail' }).getByText('/ws/now').first().waitFor()
    expect(await traffic.getByText('opened to look at').count()).toBe(0)
  })
})
