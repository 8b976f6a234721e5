import { expect, test } from 'vitest'
import { freePort } from '../../oracle/loopback.js'
import { apacheSite, configFile, Switchyard } from '../switchyard.js'
import { screenPage } from './screen-page.js'

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
