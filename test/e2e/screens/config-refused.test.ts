import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { echoBackend, echoed, openTunnel, temporaryFolder } from '../../host/running-host.js'
import { freePort } from '../../oracle/loopback.js'
import { goTo, openByPicker, screensOfHost, takenPort } from './config-page.js'

const part = (page: Page, name: string) => page.getByRole('region', { name })

/** A site on a port; how its folder is called says nothing. */
function siteOn(port: number, more = ''): string {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'site.conf'), `Listen ${port}\nServerName localhost\n${more}ProxyPass / http://backend.internal:8080/\n`)
  return folder
}

describe('A config that is refused', () => {
  it('has its port and its backend mapped, and is served so by Apply', async () => {
    const [port, here, backend] = [await takenPort(), await freePort(), await echoBackend()]
    const page = await screensOfHost()
    await openByPicker(page, siteOn(port))
    await part(page, 'Ports').getByText('is in use by another program').waitFor()
    await part(page, 'What it does').getByText('1 route, not served').waitFor()
    // It has notes, none of which stands in the way.
    await page.getByText(`This config is not served: Port ${port} is in use by another program`).waitFor()
    expect(await page.getByText(/change routing|Start without/).count()).toBe(0)

    const moved = page.getByRole('textbox', { name: 'backend.internal:8080, here' })
    await moved.fill(`127.0.0.1:${backend}`)
    await moved.press('Enter')
    await part(page, 'Backends').getByText('with the next Apply').waitFor()
    const elsewhere = page.getByRole('textbox', { name: `${port}, here` })
    await elsewhere.fill(String(here))
    await elsewhere.press('Enter')
    await expect.poll(async () => await elsewhere.inputValue()).toBe(String(here))
    await page.getByText('not served', { exact: true }).waitFor()

    await page.getByRole('button', { name: 'Apply', exact: true }).click()
    await page.getByText('config 1, applied').first().waitFor()
    await part(page, 'What it does').getByText('1 route, as served').waitFor()
    expect(await (await fetch(`http://127.0.0.1:${here}/`)).text()).toBe('a page')
    expect([await moved.inputValue(), await elsewhere.inputValue()]).toEqual([`127.0.0.1:${backend}`, String(here)])
  })

  it('is led to from Start, where its port is taken, and says why', async () => {
    const port = await takenPort()
    const page = await screensOfHost((host) => host.keepRecent([join(siteOn(port), 'site.conf')]))
    await page.getByRole('button', { name: 'site.conf' }).click()
    await page.getByRole('main', { name: 'Config', exact: true }).waitFor()
    await page.getByText(`This config is not served: Port ${port} is in use by another program`).waitFor()
    await part(page, 'Ports')
      .getByRole('button', { name: /^Use \d+ instead$/ })
      .click()
    await page.getByText('config 1, applied').first().waitFor()
    expect(await page.getByText('This config is not served').count()).toBe(0)
  })

  it('is served by the button that names another port', async () => {
    const port = await takenPort()
    const page = await screensOfHost()
    await openByPicker(page, siteOn(port))
    const button = part(page, 'Ports').getByRole('button', { name: /^Use \d+ instead$/ })
    const here = /\d+/.exec(await button.innerText())?.[0]
    await button.click()
    await page.getByText('config 1, applied').first().waitFor()
    expect(await page.getByRole('textbox', { name: `${port}, here` }).inputValue()).toBe(here)
  })

  it.each(['plain', 'TLS'])('is served so, too, where it is a quick route whose %s port is taken', async (which) => {
    // The one between them is what the button names.
    const [taken, , free, backend] = [await takenPort(), await freePort(), await freePort(), await echoBackend()]
    const tls = which === 'TLS'
    const places = [
      { address: '127.0.0.1', port: taken, tls },
      { address: '127.0.0.1', port: free, tls: !tls }
    ]
    const listen = tls ? places.reverse() : places
    const page = await screensOfHost(
      async (host) => void (await host.configs.openRoutes({ routes: [`/=ws://127.0.0.1:${backend}/`], listen }).catch(() => {}))
    )
    await goTo(page, 'Config')
    const button = part(page, 'Ports').getByRole('button', { name: /^Use \d+ instead$/ })
    const here = Number(/\d+/.exec(await button.innerText())?.[0])
    await button.click()
    await page.getByText('config 1, applied').first().waitFor()
    const [plain, secure] = tls ? [free, here] : [here, free]
    for (const url of [`ws://localhost:${plain}/`, `wss://localhost:${secure}/`])
      expect(await echoed(await openTunnel(url, { rejectUnauthorized: false }), url)).toBe(url)
  })

  it('says that it is not served, and that the demo is', async () => {
    const listen = [{ address: '127.0.0.1', port: await freePort(), tls: false }]
    const page = await screensOfHost((host) => host.configs.openRoutes({ routes: [], listen }))
    await goTo(page, 'Config')
    await part(page, 'What it does').getByText('Served: the demo.').waitFor()
    await part(page, 'What it does')
      .getByRole('button', { name: /^\/demo\/ / })
      .waitFor()
    await openByPicker(page, siteOn(await freePort(), 'NoSuchDirective on\n'))
    await page.getByText('This config is not served: 1 error.').waitFor()
    // Not the note that no module is loaded.
    expect(await page.getByTitle('Findings that stand in the way').innerText()).toBe('1')
    await page.getByText('Served meanwhile: the demo.').waitFor()
    await part(page, 'What it does').getByText('This file is not served; the demo is.').waitFor()
    expect(await page.getByText('Nothing is served').count()).toBe(0)
  })
})
