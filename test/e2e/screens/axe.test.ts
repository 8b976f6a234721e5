import { expect, test } from 'vitest'
import { axeViolations } from './axe.js'
import { railTitles, screenOf, screenPage, servedDemo } from './screen-page.js'

/** Axe looks at every element of every screen. */
const withinMs = 180_000

test.each(['light', 'dark'] as const)(
  'axe finds nothing serious on any screen, %s',
  async (theme) => {
    const page = await screenPage(await servedDemo(), 'Start page', theme)
    expect({ screen: 'Start page', violations: await axeViolations(page) }).toEqual({ screen: 'Start page', violations: [] })
    const titles = await railTitles(page)
    expect(titles).toEqual(expect.arrayContaining(['Traffic', 'Config', 'Certificates', 'Logs', 'Settings']))
    for (const screen of titles) {
      await page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name: screen }).click()
      await screenOf(page, screen)
      expect({ screen, violations: await axeViolations(page) }).toEqual({ screen, violations: [] })
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
    expect(await axeViolations(page)).toEqual([])
    await page.keyboard.press('Escape')
    // The demo's own visitor has a tunnel open: Stop asks.
    await page.getByTitle('Open tunnels').getByText('1', { exact: true }).waitFor()
    await page.getByRole('switch', { name: 'Running' }).click()
    await page.getByRole('dialog', { name: 'Stop the proxy and close 1 open tunnel?' }).waitFor()
    expect(await axeViolations(page)).toEqual([])
  },
  withinMs
)
