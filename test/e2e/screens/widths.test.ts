import { expect, test } from 'vitest'
import { echoed, openTunnel } from '../../host/running-host.js'
import { freePort } from '../../oracle/loopback.js'
import { apacheSite, configFile, Switchyard } from '../switchyard.js'
import { frames, row } from '../traffic-rows.js'
import { screenPage } from './screen-page.js'
import { servedEcho } from './served-echo.js'

test('listeners stand in the top bar at 1280, that of TLS first; the third is behind +1, and below 1100 all are at the run switch', async () => {
  const [plain, other, tls] = [await freePort(), await freePort(), await freePort()]
  const site = `Listen ${other}\n${apacheSite({ plain, tls }, 'ProxyPass / http://127.0.0.1:9/')}`
  const page = await screenPage(await Switchyard.serve(configFile(site)), 'Traffic')
  const bar = page.getByRole('banner')
  const inBar = bar.locator('.list .mono').filter({ visible: true })
  const ports = async (addresses = inBar) => (await addresses.allInnerTexts()).map((url) => Number(new URL(url).port))
  await expect.poll(() => ports()).toEqual([tls, other])
  expect(await bar.getByTitle(/^TLS, by/).isVisible()).toBe(true)
  expect(await bar.locator('.list').getByTitle('Copy address').filter({ visible: true }).count()).toBe(2)

  await bar.getByRole('button', { name: '+1' }).click()
  const all = page.getByRole('dialog', { name: 'All listeners' })
  expect(await ports(all.locator('.mono'))).toEqual([tls, other, plain])
  await page.keyboard.press('Escape')

  await page.setViewportSize({ width: 900, height: 700 })
  await expect.poll(() => ports()).toEqual([])
  await bar.getByRole('button', { name: 'Listeners and rates' }).click()
  const details = page.getByRole('dialog', { name: 'Listeners and rates' })
  expect(await ports(details.locator('.mono'))).toEqual([tls, other, plain])
  await details.getByRole('img', { name: /^Throughput of the last 60 seconds/ }).waitFor()
})

test('On the wire is closed where the payload needs the room, and once it is opened every bit and name can be read', async () => {
  const served = await servedEcho()
  const page = await screenPage(served, 'Traffic')
  await echoed(await openTunnel(`${served.url.replace('http', 'ws')}/ws/wire`), 'one')
  await row(page, '/ws/wire').click()
  await frames(page)
    .getByRole('row', { name: /Frame 1,/ })
    .click()
  const wire = page.getByRole('complementary', { name: 'On the wire' })
  for (const width of [1280, 1440]) {
    await page.setViewportSize({ width, height: 800 })
    await page.getByRole('button', { name: 'Show On the wire' }).waitFor()
    expect(await wire.count()).toBe(0)
  }
  await page.setViewportSize({ width: 1680, height: 900 })
  await wire.waitFor()
  await wire.getByRole('button', { name: 'Close On the wire' }).click()
  await page.getByRole('button', { name: 'Show On the wire' }).click()
  for (const width of [1680, 1440, 1280, 1100]) {
    await page.setViewportSize({ width, height: 800 })
    const cut = wire
      .locator('.cell > span')
      .evaluateAll((texts) =>
        texts.filter((text) => text.scrollWidth > text.parentElement!.clientWidth).map(({ textContent }) => textContent)
      )
    expect({ width, cut: await cut }).toEqual({ width, cut: [] })
    const bits = await wire.locator('.cell.flag').evaluateAll((cells) => cells.map(({ clientWidth }) => clientWidth))
    expect(Math.min(...bits)).toBeGreaterThanOrEqual(11)
  }
})
