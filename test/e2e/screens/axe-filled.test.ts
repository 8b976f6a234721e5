import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { test } from 'vitest'
import { frames, row } from '../traffic-rows.js'
import { expectNothingSerious } from './axe.js'
import { filledSite } from './filled-site.js'
import { screenOf, screenPage } from './screen-page.js'

const withinMs = 240_000

async function goTo(page: Page, title: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name: title }).click()
  await screenOf(page, title)
}
const region = (page: Page, name: string) => page.getByRole('region', { name, exact: true })

test(
  'axe finds nothing serious in a tunnel with its frames, a handshake, a body and their menus',
  async () => {
    const { served } = await filledSite()
    const page = await screenPage(served, 'Traffic')
    await row(page, '/ws/chat').click()
    await frames(page)
      .getByRole('row', { name: /Frame 1,/ })
      .click()
    await page.getByRole('button', { name: 'Show On the wire' }).click()
    await page.getByRole('heading', { name: 'On the wire' }).waitFor()
    await page.getByRole('tree').getByText('hello').waitFor()
    await expectNothingSerious(page, 'Decoded')
    for (const tab of ['Text', 'Hex']) {
      await page.getByRole('tab', { name: tab }).click()
      await page.getByLabel(`Payload as ${tab.toLowerCase()}`).first().waitFor()
      await expectNothingSerious(page, tab)
    }
    await page.getByRole('button', { name: 'Copy the payload…' }).click()
    await page.getByRole('menu', { name: 'Copy the payload' }).waitFor()
    await expectNothingSerious(page, 'a menu')
    await page.keyboard.press('Escape')
    await page.getByRole('tab', { name: 'Handshake' }).click()
    await page.getByText('Sec-WebSocket-Accept').first().waitFor()
    await expectNothingSerious(page, 'Handshake')
    await row(page, '/page').click()
    await page.getByRole('tab', { name: 'Body' }).click()
    await page.getByText('A page').first().waitFor()
    await expectNothingSerious(page, 'Body')
  },
  withinMs
)

test(
  'nor in Config with its findings, its picker and a notice',
  async () => {
    const { served, file } = await filledSite()
    const page = await screenPage(served, 'Traffic')
    await goTo(page, 'Config')
    await region(page, 'Problems')
      .getByText(/^checked in/)
      .waitFor()
    await region(page, 'Problems')
      .getByRole('button', { name: /RewriteRule/ })
      .first()
      .click()
    await page.locator('.cm-peek').waitFor()
    await page.locator('.cm-finding-gutter .cm-finding-marker').first().waitFor()
    await expectNothingSerious(page, 'a finding')

    await page.locator('.cm-content').focus()
    await page.keyboard.press('Control+Home')
    await page.keyboard.type('ServerNam app\n')
    await page.locator('.cm-finding-gutter .error').waitFor()
    await page.keyboard.press('Control+s')
    await page.getByText(/^Not applied: /).waitFor()
    await expectNothingSerious(page, 'a mistake, and a notice of it')

    writeFileSync(join(file, '../other.conf'), '# another\n')
    await page.getByRole('button', { name: 'Open…', exact: true }).click()
    await page.getByRole('option', { name: 'other.conf' }).waitFor()
    await expectNothingSerious(page, 'the file picker')
  },
  withinMs
)

test(
  'nor in Route with a trace, in the palette over it, and where it is narrow with the words of a filter offered',
  async () => {
    const { served, url } = await filledSite()
    const page = await screenPage(served, 'Traffic')
    await goTo(page, 'Route')
    await page.getByRole('textbox', { name: 'URL' }).fill(`${url}/page`)
    await page.keyboard.press('Control+Enter')
    const track = page.getByRole('list', { name: /How it is decided/ })
    await track.getByText('The head that goes to the backend').click()
    await region(page, 'Why not').getByText('/ws/').first().waitFor()
    await expectNothingSerious(page, 'a trace')
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog', { name: 'Search or run' }).getByRole('combobox').fill('con')
    await page.getByRole('option').first().waitFor()
    await expectNothingSerious(page, 'the palette')
    await page.keyboard.press('Escape')

    await page.setViewportSize({ width: 900, height: 700 })
    await expectNothingSerious(page, 'a trace at 900')
    await goTo(page, 'Traffic')
    await page.getByRole('combobox', { name: 'Filter exchanges' }).fill('st')
    await page.getByRole('option', { name: /state:/ }).waitFor()
    await expectNothingSerious(page, 'the words of a filter at 900')
  },
  withinMs
)
