import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { echoed, openTunnel } from '../../host/running-host.js'
import { exchanges, frames, row } from '../traffic-rows.js'
import { screenPage } from './screen-page.js'
import { servedEcho } from './served-echo.js'

async function copyingPage() {
  const served = await servedEcho()
  const page = await screenPage(served, 'Traffic')
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  return { page, url: served.url, ws: served.url.replace('http', 'ws') }
}
const copied = (page: Page): Promise<string> => page.evaluate(() => navigator.clipboard.readText())

test('a URL with a token is copied masked, and the notice says so, until its secrets are shown', async () => {
  const { page, ws } = await copyingPage()
  await openTunnel(`${ws}/ws/a?room=1&token=s3cret`)
  await row(page, '/ws/a').click()
  await page.getByRole('heading', { name: `${ws}/ws/a?room=1&token=•••` }).waitFor()
  await page.getByRole('button', { name: 'Copy URL' }).click()
  await page.getByText('URL copied, masked').waitFor()
  expect(await copied(page)).toBe(`${ws}/ws/a?room=1&token=•••`)

  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Copy as new WebSocket(…)' }).click()
  await expect.poll(() => copied(page)).toBe(`new WebSocket("${ws}/ws/a?room=1&token=•••")`)

  await page.getByRole('tab', { name: 'Handshake' }).click()
  await page.getByRole('switch', { name: 'Reveal' }).click()
  await page.getByRole('heading', { name: `${ws}/ws/a?room=1&token=s3cret` }).waitFor()
  await page.getByRole('button', { name: 'Copy URL' }).click()
  await expect.poll(() => copied(page)).toBe(`${ws}/ws/a?room=1&token=s3cret`)

  // Looking at another hides it again.
  await openTunnel(`${ws}/ws/b`)
  await row(page, '/ws/b').click()
  await page.getByRole('heading', { name: `${ws}/ws/b` }).waitFor()
  await row(page, '/ws/a').click()
  await page.getByRole('heading', { name: `${ws}/ws/a?room=1&token=•••` }).waitFor()
})

test('every chosen row is copied: exchanges and frames, by Ctrl C, their letter and their menu', async () => {
  const { page, url, ws } = await copyingPage()
  await fetch(`${url}/one`)
  await fetch(`${url}/two`)
  const tunnel = await openTunnel(`${ws}/ws/three`)
  for (const text of ['first', 'second']) await echoed(tunnel, text)
  await row(page, '/ws/three').click()
  await frames(page)
    .getByRole('row', { name: /Frame 4,/ })
    .waitFor()

  await exchanges(page).focus()
  await page.keyboard.press('Control+a')
  await page.keyboard.press('Control+c')
  await expect
    .poll(async () => (await copied(page)).split('\n').map((line) => line.split('\t').slice(0, 2)))
    .toEqual([
      ['GET', `${url}/one`],
      ['GET', `${url}/two`],
      ['WS', `${ws}/ws/three`]
    ])
  await page.keyboard.press('c')
  await expect.poll(async () => (await copied(page)).split('\n')).toEqual([`${url}/one`, `${url}/two`, `${ws}/ws/three`])

  await frames(page).focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('Control+c')
  const payloads = async (): Promise<(string | undefined)[]> => (await copied(page)).split('\n').map((line) => line.split('\t').at(-1))
  await expect.poll(payloads).toEqual(['first', 'first'])
  await page.keyboard.press('Control+a')
  await frames(page)
    .getByRole('row', { name: /Frame 4,/ })
    .click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Copy 4 rows' }).click()
  await expect.poll(payloads).toEqual(['first', 'first', 'second', 'second'])
})
