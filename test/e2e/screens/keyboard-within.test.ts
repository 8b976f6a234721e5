import { expect, test } from 'vitest'
import { exchanges, frames, row } from '../traffic-rows.js'
import { filledSite } from './filled-site.js'
import { focusIn, tabTo } from './focus-in.js'
import { screenOf, screenPage, servedDemo } from './screen-page.js'

const withinMs = 120_000

test(
  'into the text of a config and out again: Tab indents there, Esc and Tab lead out, as the list of keys says',
  async () => {
    const page = await screenPage((await filledSite()).served, 'Traffic')
    await page.keyboard.press('Control+3')
    await screenOf(page, 'Config')
    await page.locator('.cm-content').getByText('RewriteEngine').waitFor()
    await tabTo(page, ({ inEditor }) => inEditor)
    const firstLine = page.locator('.cm-line').first()
    const before = await firstLine.innerText()
    await page.keyboard.press('Tab')
    expect(await focusIn(page)).toMatchObject({ inEditor: true, ring: true })
    expect(await firstLine.innerText()).toBe(`    ${before}`)

    await page.keyboard.press('Escape')
    await page.keyboard.press('Tab')
    expect(await focusIn(page)).toMatchObject({ inEditor: false, inMain: true, ring: true })
    await tabTo(page, ({ inEditor }) => inEditor, 'Shift+Tab')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Shift+Tab')
    expect(await focusIn(page)).toMatchObject({ inEditor: false, inMain: true, ring: true })

    await page.keyboard.press('Control+,')
    const settings = await screenOf(page, 'Settings')
    await settings.getByText('Out of the text of a config').scrollIntoViewIfNeeded()
  },
  withinMs
)

test(
  "the tabs of a frame and of its tunnel, and what stands in the handshake's",
  async () => {
    const page = await screenPage((await filledSite()).served, 'Traffic')
    await row(page, '/ws/chat').waitFor()
    await tabTo(page, ({ name }) => name === 'Exchanges')
    await page.keyboard.press('End')
    await page.keyboard.press('Enter')
    await expect.poll(() => frames(page).evaluate((grid) => grid === document.activeElement)).toBe(true)
    await page.keyboard.press('Home')
    await page.getByRole('tab', { name: 'Decoded' }).waitFor()
    expect((await tabTo(page, ({ role }) => role === 'tab')).name).toBe('Decoded')
    for (const next of ['Text', 'Hex']) {
      await page.keyboard.press('ArrowRight')
      expect(await focusIn(page)).toMatchObject({ name: next, ring: true })
      await page.getByLabel(`Payload as ${next.toLowerCase()}`).first().waitFor()
    }

    await tabTo(page, ({ role, name }) => role === 'tab' && name.startsWith('Frames'), 'Shift+Tab')
    await page.keyboard.press('ArrowRight')
    expect(await focusIn(page)).toMatchObject({ name: 'Handshake', ring: true })
    await page.getByText('Sec-WebSocket-Accept').first().waitFor()
    await tabTo(page, ({ name }) => name === 'Reveal')
    await page.keyboard.press('Space')
    expect(await page.getByRole('switch', { name: 'Reveal' }).getAttribute('aria-checked')).toBe('true')
    await page.keyboard.press('Escape')
    await expect.poll(() => exchanges(page).evaluate((grid) => grid === document.activeElement)).toBe(true)
  },
  withinMs
)

test(
  'the buttons that trust, and a setting, which is changed',
  async () => {
    const page = await screenPage(await servedDemo())
    await page.keyboard.press('Control+4')
    const certificates = await screenOf(page, 'Certificates')
    await certificates
      .getByRole('button', { name: /^Trust/ })
      .first()
      .waitFor()
    // It is not pressed: this machine's trust store is not the test's.
    await tabTo(page, ({ role, name }) => role === 'button' && name.startsWith('Trust'))

    await page.keyboard.press('Control+,')
    await screenOf(page, 'Settings')
    await tabTo(page, ({ role, name }) => role === 'radio' && name === 'System')
    await page.keyboard.press('ArrowRight')
    expect(await focusIn(page)).toMatchObject({ name: 'Light', ring: true })
    await page.keyboard.press('ArrowRight')
    expect(await focusIn(page)).toMatchObject({ name: 'Dark', ring: true })
    await expect.poll(() => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe('dark')
  },
  withinMs
)

test(
  "Start's form: a path, where it leads, and it is served",
  async () => {
    const page = await screenPage(await servedDemo())
    await tabTo(page, ({ name }) => name === 'Path')
    await page.keyboard.type('/ws/')
    await tabTo(page, ({ name }) => name === 'Where it leads')
    await page.keyboard.type('ws://127.0.0.1:9/ws/')
    await tabTo(page, ({ name }) => name === 'Check')
    await page.keyboard.press('Enter')
    await page.getByText('127.0.0.1:9 does not answer').waitFor()
    await tabTo(page, ({ name }) => name === 'Start')
    await page.keyboard.press('Enter')
    await screenOf(page, 'Traffic')
    await page.getByRole('banner').getByText('Demo').waitFor({ state: 'detached' })
  },
  withinMs
)
