import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { echoed, openTunnel } from '../../host/running-host.js'
import { canConnect, freePort } from '../../oracle/loopback.js'
import { echoBackend } from '../backends.js'
import { apacheSite } from '../switchyard.js'
import { trustingPage } from '../trusting-page.js'
import { frames, row } from '../traffic-rows.js'
import { authoritiesOf, dialogChooses, editor, goTo, ownConfig, runSwitch } from './app-screens.js'
import { virtualDisplay } from './display.js'
import { RunningApp } from './running-app.js'
import { siteFile } from './site.js'

let display: Awaited<ReturnType<typeof virtualDisplay>>
beforeAll(async () => {
  display = await virtualDisplay()
}, 180_000)
afterAll(() => display.close())

/** Says hello over a WebSocket to where it came from, and puts the answer into its title. */
const greeting = `<!doctype html><meta charset="utf-8"><title>waiting</title><script>
  const socket = new WebSocket(location.origin.replace('http', 'ws') + '/ws/page')
  socket.onopen = () => socket.send(JSON.stringify({ hello: 'wörld', times: [1, 2] }))
  socket.onmessage = ({ data }) => (document.title = data)
  socket.onerror = () => (document.title = 'failed')
</script>`

async function served(): Promise<{ app: RunningApp; port: number }> {
  const port = await freePort()
  const app = await RunningApp.withScreens({ display: display.display, files: [siteFile(port, await echoBackend())] })
  await runSwitch(app.page).getByText('Running').waitFor()
  return { app, port }
}

describe('the app with its screens', () => {
  it('opens a config by its button, applies an edit, and shows the frames of a browser and of a client, one of them decoded', async () => {
    const ports = { plain: await freePort(), tls: await freePort() }
    const backend = await echoBackend({ page: greeting })
    const lines = `    ProxyPass /ws/ ws://127.0.0.1:${backend}/ws/\n    ProxyPass / http://127.0.0.1:${backend}/`
    const file = ownConfig(apacheSite(ports, lines))
    const app = await RunningApp.withScreens({ display: display.display })
    const { page } = app
    await page.getByRole('heading', { name: 'Put your production proxy on your desk' }).waitFor()
    await dialogChooses(app, file)
    await page.getByRole('button', { name: 'Open config…' }).click()
    await page.getByRole('main', { name: 'Traffic' }).waitFor()
    await page.getByRole('banner').getByText('site.conf').waitFor()

    const generation = page.getByRole('contentinfo').getByText(/^config \d+, applied/)
    const opened = await generation.innerText()
    await goTo(page, 'Config')
    await editor(page).click()
    await page.keyboard.press('Control+Home')
    await page.keyboard.type('Timeout 99\n')
    await page.getByText('not applied, not on disk').waitFor()
    await page.getByRole('button', { name: 'Apply', exact: true }).click()
    await page.getByText('applied, not on disk', { exact: true }).waitFor()
    await expect.poll(() => generation.innerText()).not.toBe(opened)

    const authorities = await authoritiesOf(app)
    const tab = await trustingPage(authorities)
    await tab.goto(`https://localhost:${ports.tls}/`)
    await tab.waitForFunction("document.title !== 'waiting'")
    expect(JSON.parse(await tab.title())).toEqual({ hello: 'wörld', times: [1, 2] })
    const client = await openTunnel(`wss://localhost:${ports.tls}/ws/node`, { ca: readFileSync(authorities) })
    expect(await echoed(client, 'from Node')).toBe('from Node')

    await goTo(page, 'Traffic')
    await row(page, '/ws/page').getByText('101', { exact: true }).waitFor()
    await row(page, '/ws/node').click()
    await frames(page)
      .getByRole('row', { name: /Frame 2, from server, text, 9 bytes, from Node/ })
      .waitFor()
    await row(page, '/ws/page').click()
    await frames(page)
      .getByRole('row', { name: /Frame 1, from client, text/ })
      .click()
    const inspector = page.getByRole('region', { name: 'Frame 1' })
    await inspector.getByRole('treeitem', { name: /hello.*wörld/ }).waitFor()
    await inspector.getByRole('treeitem', { name: /times.*2/ }).waitFor()
  })

  it('fills a request from the curl command on the clipboard, at a click and not without one', async () => {
    const { app, port } = await served()
    const { page } = app
    const copy = (text: string): Promise<void> => app.inMain(({ clipboard }, copied) => clipboard.writeText(copied), text)
    await goTo(page, 'Route')
    await copy('no command')
    await page.getByRole('button', { name: 'Paste curl' }).click()
    await page.getByText('The clipboard holds no curl command.').waitFor()
    await copy(`curl -X PUT -H 'X-Pasted: yes' http://127.0.0.1:${port}/pasted`)
    await page.getByRole('button', { name: 'Paste curl' }).click()
    await expect.poll(() => page.getByLabel('URL').inputValue()).toBe(`http://127.0.0.1:${port}/pasted`)
    expect(await page.getByLabel('Method').inputValue()).toBe('PUT')
    expect(await page.getByLabel('Fields, one a line').inputValue()).toContain('X-Pasted: yes')
    await page.getByRole('region', { name: 'Decision' }).getByText('not sent').waitFor()

    // A page that was just loaded has no click yet. Playwright's own evaluate would pass for one.
    const session = await page.context().newCDPSession(page)
    const read = async (): Promise<unknown> => {
      const expression = 'window.switchyardApp.clipboardText()'
      return (await session.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })).result.value
    }
    await page.reload()
    expect(await read()).toBeNull()
    await page.getByRole('button', { name: 'Change theme' }).click()
    expect(await read()).toContain('/pasted')
    await copy('x'.repeat(65_537))
    expect(await read()).toBeNull()
  })

  it('shows that it is stopped and served again from the menu beside the clock', async () => {
    const { app, port } = await served()
    const { page } = app
    await page.getByText('Nothing has come yet').waitFor()
    await app.clickTray('running')
    await runSwitch(page).getByText('Stopped').waitFor()
    expect(await runSwitch(page).getAttribute('aria-checked')).toBe('false')
    await page.getByRole('main').getByText('switchyard.json is not served just now.').waitFor()
    expect(await canConnect(port)).toBe(false)

    await app.clickTray('running')
    await runSwitch(page).getByText('Running').waitFor()
    await openTunnel(`ws://127.0.0.1:${port}/ws/again`)
    await row(page, '/ws/again').getByText('101', { exact: true }).waitFor()
  })

  it('says that its engine was killed, and goes on in the same list', async () => {
    const { app, port } = await served()
    const { page } = app
    const before = await openTunnel(`ws://127.0.0.1:${port}/ws/before`)
    await echoed(before, 'said before')
    await row(page, '/ws/before').click()
    await frames(page)
      .getByRole('row', { name: /said before/ })
      .first()
      .waitFor()

    // It is there for a moment only: what is said in it is kept.
    await page.evaluate(`{
      window.said = new Set()
      new MutationObserver(() => document.querySelectorAll('[role="alert"]').forEach(({ innerText }) => said.add(innerText)))
        .observe(document.body, { childList: true, subtree: true, characterData: true })
    }`)
    const lost = once(before, 'close')
    process.kill(await app.enginePid(), 'SIGKILL')
    await lost
    await page
      .getByRole('contentinfo')
      .getByText(/engine restarted \d\d:\d\d:\d\d/)
      .waitFor()
    expect(await page.evaluate<string[]>('[...said]')).toContainEqual(expect.stringMatching(/^The engine stopped: .*code/))
    await expect.poll(() => page.getByRole('alert').count()).toBe(0)

    await runSwitch(page).getByText('Running').waitFor()
    await row(page, '/ws/before').getByText('lost').waitFor()
    await frames(page)
      .getByRole('row', { name: /Frame 1, .*said before/ })
      .waitFor()
    const after = await openTunnel(`ws://127.0.0.1:${port}/ws/after`)
    await echoed(after, 'said after')
    await row(page, '/ws/after').click()
    await frames(page)
      .getByRole('row', { name: /Frame 2, from server, .*said after/ })
      .waitFor()
    expect(await row(page, '/ws/').count()).toBe(2)
  })
})
