import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { echoed, openTunnel } from '../../host/running-host.js'
import { canConnect, freePort } from '../../oracle/loopback.js'
import { echoBackend } from '../backends.js'
import { frames, row } from '../traffic-rows.js'
import { dialogChooses, goTo, ownConfig, runSwitch } from './app-screens.js'
import { virtualDisplay } from './display.js'
import { RunningApp } from './running-app.js'

let display: Awaited<ReturnType<typeof virtualDisplay>>
beforeAll(async () => {
  display = await virtualDisplay()
}, 180_000)
afterAll(() => display.close())

describe('a config with lines that change routing and are not modelled', () => {
  it('opens and says which, then is started without them by a button', async () => {
    const port = await freePort()
    const backend = await echoBackend()
    const file = ownConfig(`Listen ${port}
ServerName localhost
RewriteEngine On
RewriteRule ^/old/(.*) /new/$1 [PT]
ProxyPass /ws/ ws://127.0.0.1:${backend}/ws/
`)
    const app = await RunningApp.withScreens({ display: display.display })
    const { page } = app
    await dialogChooses(app, file)
    await page.getByRole('button', { name: 'Open config…' }).click()
    await page.getByRole('main', { name: 'Config' }).waitFor()
    const banner = page.getByRole('alert')
    await banner.getByText('2 lines change routing').waitFor()
    expect(await banner.getByRole('listitem').locator('.place').allInnerTexts()).toEqual(['site.conf:3', 'site.conf:4'])
    await banner.getByRole('button', { name: 'site.conf:4' }).click()
    await page.locator('.cm-activeLineGutter', { hasText: '4' }).waitFor()
    expect(await canConnect(port)).toBe(false)

    await banner.getByRole('button', { name: 'Start without these 2 lines' }).click()
    await page.getByRole('banner').getByRole('button', { name: '2 lines left out' }).waitFor()
    await runSwitch(page).getByText('Running').waitFor()
    const tunnel = await openTunnel(`ws://127.0.0.1:${port}/ws/lenient`)
    expect(await echoed(tunnel, 'without them')).toBe('without them')
    await goTo(page, 'Traffic')
    await row(page, '/ws/lenient').click()
    await frames(page)
      .getByRole('row', { name: /Frame 2, from server, .*without them/ })
      .waitFor()
  })
})
