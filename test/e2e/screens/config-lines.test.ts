import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../host/running-host.js'
import { freePort } from '../../oracle/loopback.js'
import { goTo, openByPicker, screensOfHost, text } from './config-page.js'

function site(lines: readonly string[]): string {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'site.conf'), `${lines.join('\n')}\n`)
  return folder
}
async function typeAtTop(page: Page, words: string): Promise<void> {
  await text(page).click()
  await page.keyboard.press('Control+Home')
  await page.keyboard.type(words)
}
/** The number and the words of the line that the cursor is on. */
async function currentLine(page: Page): Promise<string> {
  const [number, words] = [page.locator('.cm-activeLineGutter').last(), page.locator('.cm-activeLine')]
  return `${await number.innerText()} ${(await words.innerText()).trim()}`
}
const routeLink = (page: Page) => page.getByRole('grid', { name: 'Exchanges' }).getByTitle('site.conf:3, open in Config')

describe('A link to a line of a config', () => {
  it('leads to the same directive after the text has changed, and says so where that is gone', async () => {
    const port = await freePort()
    const page = await screensOfHost()
    await openByPicker(page, site([`Listen ${port}`, 'ServerName localhost', 'Redirect /old http://example.com/', 'Timeout 60']))
    await page.getByText('config 1, applied').first().waitFor()
    await fetch(`http://127.0.0.1:${port}/old`, { redirect: 'manual' })
    await typeAtTop(page, '# one\n# two\n')
    await page.getByText('not applied, not on disk').waitFor()

    const outline = page.getByRole('region', { name: 'What it does' })
    await outline.getByRole('button', { name: /^\/old/ }).click()
    await expect.poll(() => currentLine(page)).toBe('5 Redirect /old http://example.com/')
    await page.keyboard.press('Control+Home')
    await goTo(page, 'Traffic')
    await routeLink(page).click()
    await expect.poll(() => currentLine(page)).toBe('5 Redirect /old http://example.com/')

    await page.keyboard.press('End')
    await page.keyboard.type('new')
    await goTo(page, 'Traffic')
    await routeLink(page).click()
    await page.getByText('Line 3 of config 1 is not in this text any more: Redirect /old http://example.com/').waitFor()
    await expect.poll(() => currentLine(page)).toBe('5 Redirect /old http://example.com/new')
  })

  it('of a text that was refused leads to it after the draft has changed', async () => {
    const page = await screensOfHost()
    await openByPicker(page, site([`Listen ${await freePort()}`, 'ServerName localhost', 'NoSuchDirective on']))
    const banner = page.getByRole('alert').filter({ hasText: 'This config is not served' })
    await banner.getByRole('button', { name: 'site.conf:3' }).click()
    await expect.poll(() => currentLine(page)).toMatch(/^3 NoSuchDirective on/)
    await typeAtTop(page, '# one\n# two\n')
    await banner.getByRole('button', { name: 'site.conf:3' }).click()
    await expect.poll(() => currentLine(page)).toMatch(/^5 NoSuchDirective on/)
  })
})
