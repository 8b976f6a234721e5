import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { exchanges, row } from '../traffic-rows.js'
import { screenOf, screenPage, servedNothing } from './screen-page.js'

test('after a clear the lists of traffic and of the log begin anew, and go on', async () => {
  const { served, fail } = await servedNothing()
  const page = await screenPage(served, 'Traffic')
  const line = (text: string) => page.getByRole('row', { name: text }).first()
  await fail('/before')
  await row(page, '/before').waitFor()
  await page.keyboard.press('Control+5')
  await screenOf(page, 'Logs')
  await line('/before').waitFor()

  await page.keyboard.press('Control+1')
  await screenOf(page, 'Traffic')
  await page.getByRole('button', { name: /^Clear/ }).click()
  await row(page, '/before').waitFor({ state: 'detached' })
  await fail('/after')
  await row(page, '/after').waitFor()
  await page.keyboard.press('Control+5')
  await screenOf(page, 'Logs')
  await line('/after').waitFor()
  await line('/before').waitFor({ state: 'detached' })
})

test('an earlier capture is deleted once that is said twice, in whichever window it is looked at', async () => {
  const { served, fail } = await servedNothing()
  const [page, other] = [await screenPage(served, 'Traffic'), await screenPage(served, 'Traffic')]
  await fail('/before')
  await row(page, '/before').waitFor()
  await page.getByRole('button', { name: /^Clear/ }).click()
  await row(page, '/before').waitFor({ state: 'detached' })
  await fail('/after')
  const earlier = (one: Page): Locator => one.getByRole('menu', { name: 'Captures' }).getByRole('menuitemcheckbox')
  for (const one of [page, other]) {
    await one.getByRole('button', { name: 'Earlier captures' }).click()
    await earlier(one).nth(1).click()
    await row(one, '/before').waitFor()
  }
  const button = (name: string): Locator => page.getByRole('button', { name, exact: true })
  const hasFocus = (name: string): Promise<boolean> => button(name).evaluate((node) => node === document.activeElement)
  await button('Delete…').click()
  await page.getByRole('group', { name: /^Delete the capture of .* It cannot be brought back\.$/ }).waitFor()
  await page.keyboard.press('Escape')
  await expect.poll(() => hasFocus('Delete…')).toBe(true)
  await page.keyboard.press('Enter')
  await expect.poll(() => hasFocus('Keep')).toBe(true)
  await button('Delete').click()
  await page.getByText(/^The capture of .* is deleted$/).waitFor()
  for (const one of [page, other]) {
    await row(one, '/after').waitFor()
    expect(await row(one, '/before').count()).toBe(0)
  }
  await expect.poll(() => exchanges(page).evaluate((grid) => grid === document.activeElement)).toBe(true)
  await page.getByRole('button', { name: 'Earlier captures' }).click()
  await expect.poll(() => earlier(page).count()).toBe(1)
})
