import type { Locator, Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { freePort } from '../../oracle/loopback.js'
import { configFile, Switchyard } from '../switchyard.js'
import { goTo } from './config-page.js'
import { row } from '../traffic-rows.js'
import { screenPage, servedFailure } from './screen-page.js'

async function explained(page: Page, url: string): Promise<{ track: Locator; whyNot: Locator }> {
  await goTo(page, 'Route')
  await page.getByRole('textbox', { name: 'URL', exact: true }).fill(url)
  await page.getByRole('button', { name: 'Explain', exact: true }).click()
  return {
    track: page.getByRole('list', { name: 'How it is decided, from the listener to the end' }),
    whyNot: page.getByRole('region', { name: 'Why not', exact: true })
  }
}

it('names the lines that were left out: on the way, among the others, and at the end', async () => {
  const port = await freePort()
  const served = await Switchyard.serve(
    '--lenient',
    configFile(`Listen ${port}
<VirtualHost *:${port}>
  ServerName app.example.com
  RewriteEngine on
  RewriteRule ^/foo /bar [R=301]
</VirtualHost>
`)
  )
  const page = await screenPage(served, 'Traffic')
  const { track, whyNot } = await explained(page, `http://app.example.com:${port}/foo`)
  const stations = track.getByRole('listitem')
  await expect.poll(() => stations.count()).toBe(3)
  expect(await stations.nth(0).innerText()).toContain('Virtual host')
  expect(await stations.nth(1).innerText()).toContain('left out')
  await stations.nth(1).getByText('Line 5 was left out: in production it may decide here.').waitFor()
  await stations.nth(2).getByText('This is without line 5, which was left out').waitFor()
  await whyNot.getByText('RewriteRule ^/foo /bar [R=301]').waitFor()
  await whyNot.getByText('left out', { exact: true }).waitFor()
})

it('says in words what failed at the backend, as its exchange does', async () => {
  const page = await screenPage(await servedFailure(), 'Traffic')
  const says = /Nothing listens at 127\.0\.0\.1:\d+ \(refused\)/
  await row(page, '/').click()
  await page.getByText(says).first().waitFor()
  await row(page, '/').click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Explain in Route' }).click()
  await page.getByRole('main', { name: 'Route', exact: true }).waitFor()
  await page.getByRole('list', { name: 'How it is decided, from the listener to the end' }).getByText(says).waitFor()
})
