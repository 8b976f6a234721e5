import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { appMenu } from '../../../main/app/app-menu.js'
import type { MenuActions } from '../../../main/app/menu-actions.js'
import { trayMenu } from '../../../main/app/tray-menu.js'
import type { EngineState } from '../../../main/app/engine-state.js'
import type { CommandMessage } from '../../../shared/app-bridge.js'
import { echoed, openTunnel } from '../../host/running-host.js'
import { freePort } from '../../oracle/loopback.js'
import { echoBackend } from '../backends.js'
import { frames, row } from '../traffic-rows.js'
import { apacheSite } from '../switchyard.js'
import { clickMenu, editor, goTo, ownConfig, runSwitch } from './app-screens.js'
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

type Facts = Pick<EngineState, 'status' | 'settings' | 'sessions' | 'routes'>
/** Every command that the menus send, with what is known now: each item is clicked, and does nothing but tell. */
async function sentBy(app: RunningApp): Promise<CommandMessage[]> {
  const known = await app.inMain((): Facts => {
    const { status, settings, sessions, routes } = (globalThis as unknown as { switchyard: { state: Facts } }).switchyard.state
    return { status, settings, sessions, routes }
  })
  const sent: CommandMessage[] = []
  const command = (message: CommandMessage): void => void sent.push(message)
  const actions = new Proxy({}, { get: (_target, name) => (name === 'command' ? command : () => {}) }) as MenuActions
  const menus = [
    ...(['linux', 'darwin'] as const).flatMap((platform) => appMenu({ ...known, platform, development: true }, actions)),
    ...trayMenu({ ...known, health: { state: 'up' } }, actions)
  ]
  const click = (items: Electron.MenuItemConstructorOptions[]): void =>
    items.forEach((item) => {
      if (Array.isArray(item.submenu)) click(item.submenu)
      else (item.click as (() => void) | undefined)?.()
    })
  click(menus)
  return [...new Map(sent.map((message) => [message.command, message])).values()]
}

async function send(app: RunningApp, message: { command: string; argument?: unknown }): Promise<void> {
  await app.inMain((_electron, one) => {
    ;(globalThis as unknown as { switchyard: { command(message: unknown): void } }).switchyard.command(one)
  }, message)
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
    await row(page, '/ws/now').click()
    await frames(page)
      .getByRole('row', { name: /Frame 2,/ })
      .waitFor()

    // Settings lists the keys of every command, and asks those of the frames, too, whether they can be done.
    await goTo(page, 'Settings')
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

  it('find their command on every screen', async () => {
    const { app, port } = await served()
    const { page } = app
    await (await fetch(`http://127.0.0.1:${port}/earlier`)).text()
    await row(page, '/earlier').waitFor()
    await clickMenu(app, 'Traffic', 'Clear')
    await echoed(await openTunnel(`ws://127.0.0.1:${port}/ws/`), 'hello')
    await app.trayItem('/ws/')
    await app.inMain(({ dialog }) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: true, filePath: '' })
    })
    const messages = await sentBy(app)
    expect(messages.map(({ command }) => command)).toEqual(
      expect.arrayContaining(['exchange.open', 'session.open', 'config.apply', 'find'])
    )

    for (const title of ['Traffic', 'Route', 'Config', 'Certificates', 'Logs', 'Settings', 'Start page']) {
      const screen = `screen.${title.split(' ')[0]?.toLowerCase()}`
      for (const message of messages) {
        await send(app, { command: screen })
        await page.getByRole('main', { name: title, exact: true }).waitFor()
        await send(app, message)
      }
      // What is not found is said, in the order in which it came.
      await send(app, { command: `none.on.${screen}` })
      await expect.poll(() => app.faults.splice(0)).toEqual([`There is no command none.on.${screen}.`])
    }
  })

  it('apply, save and revert a config from wherever one is', async () => {
    const ports = { plain: await freePort(), tls: await freePort() }
    const lines = `    ProxyPass / http://127.0.0.1:${await echoBackend()}/`
    const file = ownConfig(apacheSite(ports, lines))
    const app = await RunningApp.withScreens({ display: display.display, files: [file] })
    const { page } = app
    await runSwitch(page).getByText('Running').waitFor()
    const config = page.getByRole('main', { name: 'Config', exact: true })

    await goTo(page, 'Config')
    await editor(page).click()
    await page.keyboard.press('Control+Home')
    await page.keyboard.type('Timeout 99\n')
    await page.getByText('not applied, not on disk').waitFor()
    expect(await editor(page).innerText()).toMatch(/^Timeout 99/)
    await goTo(page, 'Logs')
    await clickMenu(app, 'Config', 'Apply')
    await config.getByText('applied, not on disk', { exact: true }).waitFor()

    // A page that never showed the config does the same.
    await page.reload()
    await goTo(page, 'Certificates')
    await clickMenu(app, 'Config', 'Save to Disk')
    await expect.poll(() => readFileSync(file, 'utf8')).toMatch(/^Timeout 99\n/)
    await page.getByText('Saved site.conf.').waitFor()

    await editor(page).click()
    await page.keyboard.press('Control+Home')
    await page.keyboard.type('Timeout 11\n')
    await page.getByText('not applied, not on disk').waitFor()
    await goTo(page, 'Traffic')
    await clickMenu(app, 'Config', 'Revert', "To the Disk's Text")
    await config.waitFor()
    await expect.poll(() => editor(page).innerText()).not.toContain('Timeout 11')
    await clickMenu(app, 'Edit', 'Find')
    await expect.poll(() => page.evaluate('document.activeElement?.closest(".cm-search") !== null')).toBe(true)
  })

  it('find, copy and go to a frame of what is chosen in Traffic, and say what has to be chosen first', async () => {
    const { app, port } = await served()
    const { page } = app
    await echoed(await openTunnel(`ws://127.0.0.1:${port}/ws/copied`), 'hello')
    await row(page, '/ws/copied').waitFor()
    await clickMenu(app, 'Edit', 'Copy As', 'cURL')
    await page.getByText('Choose an exchange first.').waitFor()

    await row(page, '/ws/copied').click()
    const copied = (): Promise<string> => app.inMain(({ clipboard }) => clipboard.readText())
    await goTo(page, 'Route')
    await clickMenu(app, 'Edit', 'Copy As', 'cURL')
    await expect.poll(copied).toContain(`curl -i`)
    await clickMenu(app, 'Edit', 'Copy As', 'URL')
    await expect.poll(copied).toBe(`ws://127.0.0.1:${port}/ws/copied`)
    await clickMenu(app, 'Traffic', 'Go to Frame…')
    await page.getByRole('dialog', { name: /frame/i }).waitFor()
    await page.keyboard.type('2\n')
    await page.getByRole('region', { name: 'Frame 2' }).waitFor()
    await clickMenu(app, 'Edit', 'Copy As', 'Payload of the Frame')
    await expect.poll(copied).toBe('hello')

    await goTo(page, 'Certificates')
    await clickMenu(app, 'Edit', 'Find')
    await page.getByRole('main', { name: 'Traffic', exact: true }).waitFor()
    await expect.poll(() => page.evaluate('document.activeElement?.getAttribute("aria-label")')).toMatch(/^Filter/)
    await clickMenu(app, 'Help', 'Keyboard')
    await page.getByRole('heading', { name: 'Keyboard' }).waitFor()
  })
})
