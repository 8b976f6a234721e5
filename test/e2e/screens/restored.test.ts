import { expect, test } from 'vitest'
import { openTunnel } from '../../host/running-host.js'
import { exchanges, row } from '../traffic-rows.js'
import { nothingGoesWrong, screenOf, screenPage } from './screen-page.js'
import { servedEcho } from './served-echo.js'

test('Back and Forward go from screen to screen; a page that is loaded anew has its screen and its exchange; another tab has its own; another capture has none', async () => {
  const { screens, url } = await servedEcho()
  const page = await screenPage({ screens }, 'Traffic')
  const ws = url.replace('http', 'ws')
  const tunnel = await openTunnel(`${ws}/ws/a`)
  await openTunnel(`${ws}/ws/b`)
  await row(page, '/ws/a').click()
  await page.getByRole('heading', { name: `${ws}/ws/a` }).waitFor()

  const other = await page.context().newPage()
  nothingGoesWrong(other)
  await other.goto(screens)
  await row(other, '/ws/b').click()
  await other.getByRole('heading', { name: `${ws}/ws/b` }).waitFor()
  await other.keyboard.press('Control+5')
  await screenOf(other, 'Logs')
  await other.goBack()
  await other.getByRole('heading', { name: `${ws}/ws/b` }).waitFor()
  await other.goForward()
  await screenOf(other, 'Logs')

  await Promise.all([page.reload(), other.reload()])
  await page.getByRole('heading', { name: `${ws}/ws/a` }).waitFor()
  expect(await exchanges(page).getByRole('row', { selected: true }).innerText()).toContain('/ws/a')
  await screenOf(other, 'Logs')
  await other.keyboard.press('Control+1')
  await other.getByRole('heading', { name: `${ws}/ws/b` }).waitFor()

  // An open one would go on in the next capture.
  tunnel.close(1000)
  await row(page, '/ws/a').getByText('1000', { exact: true }).waitFor()
  await page.getByRole('button', { name: /^Clear/ }).click()
  await row(page, '/ws/a').waitFor({ state: 'detached' })
  await openTunnel(`${ws}/ws/c`)
  await page.reload()
  await row(page, '/ws/c').waitFor()
  await page.getByText('Nothing chosen').waitFor()
})
