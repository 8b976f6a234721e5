import { expect, test } from 'vitest'
import { focusIn } from './focus-in.js'
import { railTitles, screenOf, screenPage, servedDemo, servedFailure } from './screen-page.js'

const mostTabs = 80
const withinMs = 180_000

test(
  'every screen and its table is reached by keys alone, and the focus is always seen',
  async () => {
    const page = await screenPage(await servedDemo())
    const titles = await railTitles(page)
    for (const [index, title] of titles.entries()) {
      await page.keyboard.press(title === 'Settings' ? 'Control+,' : `Control+${index + 1}`)
      const screen = await screenOf(page, title)
      const hasTable = (await screen.locator('[role="grid"], table').count()) > 0
      let focus = await focusIn(page)
      for (let panes = 0; !focus.inMain && panes < 10; panes++) {
        await page.keyboard.press('F6')
        focus = await focusIn(page)
        expect(focus).toMatchObject({ ring: true })
      }
      expect({ title, inMain: focus.inMain }).toEqual({ title, inMain: true })
      for (let tabs = 0; hasTable && !focus.inTable && tabs < mostTabs; tabs++) {
        await page.keyboard.press('Tab')
        focus = await focusIn(page)
        expect(focus).toMatchObject({ ring: true })
      }
      expect({ title, inTable: focus.inTable }).toEqual({ title, inTable: hasTable })
    }
  },
  withinMs
)

test(
  'Esc and the arrows: a line of the log is chosen, read and left again',
  async () => {
    const page = await screenPage(await servedFailure(), 'Traffic')
    await page.keyboard.press('Control+5')
    const screen = await screenOf(page, 'Logs')
    await screen.getByText('attempt to connect').first().waitFor()
    for (let tabs = 0; !(await focusIn(page)).inTable && tabs < mostTabs; tabs++) await page.keyboard.press('Tab')
    await page.keyboard.press('ArrowDown')
    const detail = screen.getByRole('region', { name: 'The chosen line' })
    await detail.getByLabel('Message').getByText('attempt to connect').waitFor()
    await page.keyboard.press('Escape')
    await detail.waitFor({ state: 'detached' })
  },
  withinMs
)
