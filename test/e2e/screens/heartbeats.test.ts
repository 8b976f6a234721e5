import { expect, it } from 'vitest'
import { echoed, openTunnel } from '../../host/running-host.js'
import { frames, row } from '../traffic-rows.js'
import { screenPage } from './screen-page.js'
import { servedEcho } from './served-echo.js'

it('hides heartbeats by a key, says how many, and the next page hides them, too', async () => {
  const { screens, url } = await servedEcho()
  const tunnel = await openTunnel(`${url.replace('http', 'ws')}/ws/socket.io/?EIO=4&transport=websocket`)
  await echoed(tunnel, '2')
  await echoed(tunnel, 'hello')
  const ponged = new Promise((resolve) => tunnel.once('pong', resolve))
  tunnel.ping()
  await ponged
  const page = await screenPage({ screens }, 'Traffic')
  await row(page, '/ws/socket.io/').click()
  const named = async (): Promise<string[]> =>
    (
      await frames(page)
        .locator('.row[aria-label]')
        .evaluateAll((rows) => rows.map((one) => one.getAttribute('aria-label') ?? ''))
    ).sort()
  const short = async (): Promise<string[]> =>
    (await named()).map((label) => label.replace(/^Frame (\d+), from (\w+), (\w+),.*$/, '$1 $2 $3'))
  const all = ['1 client text', '2 server text', '3 client text', '4 server text', '5 client ping', '6 server pong']
  await expect.poll(short).toEqual(all)
  // All text of a heartbeat is in the third grey.
  const colour = (index: number): Promise<string> =>
    frames(page)
      .locator(`.row[aria-rowindex="${index}"] [role="gridcell"]`)
      .nth(6)
      .evaluate((cell) => getComputedStyle(cell).color)
  expect(await colour(2)).toBe(await colour(6))
  expect(await colour(2)).not.toBe(await colour(4))

  await frames(page)
    .getByRole('row', { name: /Frame 3,/ })
    .click()
  await frames(page).focus()
  await page.keyboard.press('h')
  await expect.poll(short).toEqual(['3 client text', '4 server text'])
  await page.getByText('4 heartbeats hidden').waitFor()
  // What was chosen stays so, and a heartbeat that comes is counted.
  await frames(page)
    .getByRole('row', { name: /Frame 3,/, selected: true })
    .waitFor()
  await echoed(tunnel, '2')
  await page.getByText('6 heartbeats hidden').waitFor()

  await page.reload()
  await page.getByText('6 heartbeats hidden').waitFor()
  await expect.poll(short).toEqual(['3 client text', '4 server text'])
  await page.getByRole('button', { name: 'Heartbeats are hidden: press to show them (H)' }).click()
  await expect.poll(async () => (await short()).length).toBe(8)
})

it('says so where a tunnel has nothing but heartbeats', async () => {
  const { screens, url } = await servedEcho()
  const tunnel = await openTunnel(`${url.replace('http', 'ws')}/ws/beats`)
  tunnel.ping()
  const page = await screenPage({ screens }, 'Traffic')
  await row(page, '/ws/beats').click()
  await frames(page).getByRole('row', { name: /ping/ }).waitFor()
  await frames(page).focus()
  await page.keyboard.press('h')
  await page.getByText('Nothing but heartbeats: 2 frames hidden').waitFor()
  await page.getByRole('button', { name: 'Show heartbeats' }).click()
  await frames(page).getByRole('row', { name: /ping/ }).waitFor()
})
