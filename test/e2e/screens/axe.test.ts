import { expect, test } from 'vitest'
import { expectNothingSerious } from './axe.js'
import { railTitles, screenOf, screenPage, servedDemo } from './screen-page.js'

/** Axe looks at every element of every screen. */
const withinMs = 180_000

test(
  'axe finds nothing serious on any screen',
  async () => {
    const page = await screenPage(await servedDemo())
    await expectNothingSerious(page, 'Start page')
    const titles = await railTitles(page)
    expect(titles).toEqual(expect.arrayContaining(['Traffic', 'Config', 'Certificates', 'Logs', 'Settings']))
    for (const screen of titles) {
      await page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name: screen }).click()
      await screenOf(page, screen)
      await expectNothingSerious(page, screen)
    }
  },
  withinMs
)

test(
  'nor in what opens over a screen',
  async () => {
    const page = await screenPage(await servedDemo())
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog', { name: 'Search or run' }).waitFor()
    await expectNothingSerious(page, 'the palette')
    await page.keyboard.press('Escape')
    // The demo's own visitor has a tunnel open: Stop asks.
    await page.getByTitle('Open tunnels').getByText('1', { exact: true }).waitFor()
    await page.getByRole('switch', { name: 'Running' }).click()
    await page.getByRole('dialog', { name: 'Stop the proxy and close 1 open tunnel?' }).waitFor()
    await expectNothingSerious(page, 'a question')
  },
  withinMs
)
