import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { freePort } from '../../oracle/loopback.js'
import { configFile, Switchyard } from '../switchyard.js'
import { expectNothingSerious } from './axe.js'
import { screenOf, screenPage } from './screen-page.js'

const withinMs = 120_000

/** Types into the palette, waits until this is what Enter would take, and presses it. */
async function choose(page: Page, text: string, option: RegExp): Promise<void> {
  await page.keyboard.press('Control+k')
  const palette = page.getByRole('dialog', { name: 'Search or run' })
  await palette.getByRole('combobox').and(page.locator(':focus')).waitFor()
  await page.keyboard.type(text)
  await palette.getByRole('option', { name: option, selected: true }).waitFor()
  await page.keyboard.press('Enter')
  await palette.waitFor({ state: 'detached' })
}
const focused = (page: Page) => page.locator(':focus')

test(
  'by keys alone to an exchange, a route, a problem and a setting',
  async () => {
    const port = await freePort()
    const config = `Listen ${port}
ServerName localhost
SetEnvIfExpr "true" unknown-here
ProxyPass /news/ http://127.0.0.1:${await freePort()}/
ProxyPass /chat/ http://127.0.0.1:${await freePort()}/
`
    const served = await Switchyard.serve(configFile(config), '--lenient')
    await fetch(`http://localhost:${port}/chat/first`)
    await fetch(`http://localhost:${port}/chat/second`)
    const page = await screenPage(served, 'Traffic')

    await page.keyboard.press('Control+k')
    await page.getByRole('group', { name: 'Routes' }).getByRole('option').first().waitFor()
    await page.getByRole('group', { name: 'Exchanges' }).getByText('/chat/second').waitFor()
    const groups = await page.getByRole('listbox').getByRole('group').all()
    const names = await Promise.all(groups.map((group) => group.getAttribute('aria-label')))
    expect(names).toEqual(['Traffic', 'Actions', 'Screens', 'Routes', 'Problems', 'Settings', 'Exchanges'])
    await expectNothingSerious(page, 'what a few letters find')
    // From one to the other, and back to where the keys were: only what can be done.
    await page.keyboard.press('Control+Shift+P')
    const actions = page.getByRole('dialog', { name: 'Run an action' })
    await actions.getByRole('combobox').and(focused(page)).waitFor()
    const done = await actions.getByRole('group').all()
    expect(await Promise.all(done.map((group) => group.getAttribute('aria-label')))).toEqual(['Traffic', 'Actions', 'Screens'])
    await page.keyboard.press('Escape')

    await page.keyboard.press('Control+4')
    await choose(page, 'chat/first', /chat\/first/)
    const traffic = await screenOf(page, 'Traffic')
    await traffic.getByRole('row', { selected: true }).getByText('/chat/first').waitFor()

    await choose(page, '/chat/', /^\/chat\//)
    const text = (await screenOf(page, 'Config')).getByRole('textbox')
    await text.and(focused(page)).waitFor()
    await page.locator('.cm-activeLine').getByText('ProxyPass /chat/').waitFor()

    await choose(page, 'SetEnvIfExpr', /SetEnvIfExpr/)
    await page.locator('.cm-activeLine').getByText('SetEnvIfExpr').waitFor()

    await choose(page, 'payload kept', /^Payload kept/)
    await screenOf(page, 'Settings')
    await page.getByRole('textbox', { name: 'Payload kept, in KiB' }).and(focused(page)).waitFor()
  },
  withinMs
)
