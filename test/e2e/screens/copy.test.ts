import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { frames, row } from '../traffic-rows.js'
import { filledSite } from './filled-site.js'
import { screenOf, screenPage } from './screen-page.js'

const before = 'what was there before'

/** What the clipboard has after something was clicked. */
async function copied(page: Page, click: () => Promise<void>): Promise<string> {
  const read = () => page.evaluate(() => navigator.clipboard.readText())
  await page.evaluate((text) => navigator.clipboard.writeText(text), before)
  await click()
  await expect.poll(read).not.toBe(before)
  return await read()
}
const clicking = (page: Page, name: string) => () => page.getByRole('button', { name, exact: true }).first().click()

it('copies an address, a URL, a payload in two forms and a line of the log', async () => {
  const { served, url } = await filledSite()
  const page = await screenPage(served, 'Traffic')
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  expect(await copied(page, clicking(page, 'Copy address'))).toBe(url.replace('localhost', '127.0.0.1'))

  await row(page, '/ws/chat').click()
  expect(await copied(page, clicking(page, 'Copy URL'))).toBe(`${url.replace('http', 'ws')}/ws/chat`)
  await frames(page)
    .getByRole('row', { name: /Frame 1,/ })
    .click()
  const copyAs = (title: string) => async () => {
    await page.getByRole('button', { name: 'Copy the payload…' }).click()
    await page.getByRole('menuitem', { name: title }).click()
  }
  const payload = { event: 'said', data: { text: 'hello', seen: [1, 2, 3], to: null } }
  expect(await copied(page, copyAs('Copy as text'))).toBe(JSON.stringify(payload))
  expect(await copied(page, copyAs('Copy as JSON, indented'))).toBe(JSON.stringify(payload, null, 2))
  await page.getByText('The payload is copied as JSON.').waitFor()

  await page.keyboard.press('Control+5')
  const logs = await screenOf(page, 'Logs')
  await logs.getByText('GET /page').first().click()
  const message = await logs.getByRole('region', { name: 'The chosen line' }).getByLabel('Message').innerText()
  expect(message).toContain('"GET /page HTTP/1.1" 200')
  expect(await copied(page, clicking(page, 'Copy the line'))).toContain(message)
})
