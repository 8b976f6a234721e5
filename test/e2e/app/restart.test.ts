import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { echoed, openTunnel } from '../../host/running-host.js'
import { freePort } from '../../oracle/loopback.js'
import { echoBackend } from '../backends.js'
import { frames, row } from '../traffic-rows.js'
import { editor, goTo, ownConfig, runSwitch } from './app-screens.js'
import { virtualDisplay } from './display.js'
import { RunningApp } from './running-app.js'

let display: Awaited<ReturnType<typeof virtualDisplay>>
beforeAll(async () => {
  display = await virtualDisplay()
}, 180_000)
afterAll(() => display.close())

const place = { x: 130, y: 90, width: 1180, height: 760 }
const beside = { x: 240, y: 160, width: 1100, height: 700 }
const draft = '# a draft\n'

describe('a start after the app was quit', () => {
  it('restores windows with the screen of each, theme, config, listeners, widths, filters, the chosen file, a draft, and shows the capture before', async () => {
    const port = await freePort()
    const text = `Listen ${port}\nServerName localhost\nProxyPass /ws/ ws://127.0.0.1:${await echoBackend()}/ws/\n`
    const file = ownConfig(`${text}Include extra.conf\n`)
    writeFileSync(join(dirname(file), 'extra.conf'), '# extra\n')
    const first = await RunningApp.withScreens({ display: display.display, files: [file] })
    await leaveTraces(first, port)
    await quit(first)

    const again = await RunningApp.withScreens({ display: display.display, home: first.home })
    const [page, other] = (await again.windows(2)) as [Page, Page]
    await page.getByRole('main', { name: 'Config' }).waitFor()
    await expect.poll(() => boundsOf(again)).toEqual([beside, place])
    await other.getByRole('main', { name: 'Logs' }).waitFor()
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark')
    await runSwitch(page).getByText('Running').waitFor()
    await page.getByRole('banner').getByText('site.conf').waitFor()
    await page.getByText('not applied, not on disk').waitFor()
    await page.getByRole('tab', { name: /extra\.conf/, selected: true }).waitFor()
    await page.getByRole('tab', { name: /site\.conf/ }).click()
    await editor(page).getByText(draft.trim()).waitFor()
    expect((await editor(page).innerText()).startsWith(draft)).toBe(true)

    await goTo(page, 'Traffic')
    expect(await widthOf(page)).toBe(632)
    const field = page.getByRole('combobox', { name: 'Filter exchanges' })
    await field.click()
    await page.getByRole('option', { name: 'path:/ws/first' }).waitFor()
    await field.press('Escape')
    const tunnel = await openTunnel(`ws://127.0.0.1:${port}/ws/second`)
    await echoed(tunnel, 'after the restart')
    await row(page, '/ws/second').waitFor()
    expect(await row(page, '/ws/first').count()).toBe(0)

    await page.getByRole('button', { name: 'Earlier captures' }).click()
    await page.getByRole('menu', { name: 'Captures' }).getByRole('menuitemcheckbox').nth(1).click()
    await page.getByText('opened to look at').waitFor()
    await row(page, '/ws/first').click()
    await frames(page)
      .getByRole('row', { name: /Frame 2, from server, .*before the restart/ })
      .waitFor()
  })
})

/** What a user leaves behind: traffic, a place, a theme, a width, a filter that was used, and an edit that is not applied. */
async function leaveTraces(app: RunningApp, port: number): Promise<void> {
  const { page } = app
  await runSwitch(page).getByText('Running').waitFor()
  const tunnel = await openTunnel(`ws://127.0.0.1:${port}/ws/first`)
  await echoed(tunnel, 'before the restart')
  tunnel.close()
  await row(page, '/ws/first').waitFor()
  const second = app.app.waitForEvent('window')
  await page.evaluate('window.switchyardApp.newWindow()')
  const other = await second
  await other.getByRole('main').waitFor()
  await app.inMain(
    ({ BrowserWindow }, bounds) =>
      BrowserWindow.getAllWindows()
        .sort((one, other) => one.id - other.id)
        .forEach((window, at) => window.setBounds(bounds[at] as Electron.Rectangle)),
    [place, beside]
  )
  await page.getByRole('button', { name: 'Change theme' }).click()
  await page.locator('html[data-theme="dark"]').waitFor()
  await page.getByRole('separator', { name: 'Width of the list' }).press('ArrowRight')
  await page.getByRole('separator', { name: 'Width of the list' }).press('ArrowRight')
  expect(await widthOf(page)).toBe(632)
  const field = page.getByRole('combobox', { name: 'Filter exchanges' })
  await field.fill('path:/ws/first')
  await field.press('Enter')
  await goTo(page, 'Config')
  await editor(page).click()
  await page.keyboard.press('Control+Home')
  await page.keyboard.type(draft)
  await page.getByText('not applied, not on disk').waitFor()
  await page.getByRole('tab', { name: /extra\.conf/ }).click()
  await editor(page).getByText('# extra').waitFor()
  await goTo(other, 'Logs')
}

async function quit(app: RunningApp): Promise<void> {
  await app.answerQuestions(0)
  await app.inMain(({ app: main }) => main.quit())
  await app.ended
}

/** Of all windows, the leftmost last. */
async function boundsOf(app: RunningApp): Promise<Electron.Rectangle[]> {
  const all = await app.inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((window) => window.getBounds()))
  return all.sort((one, other) => other.x - one.x)
}
async function widthOf(page: Page): Promise<number | undefined> {
  return (await page.getByRole('region', { name: 'List' }).boundingBox())?.width
}
