import { expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { echoed, openTunnel } from '../../host/running-host.js'
import { exchanges, frames, row } from '../traffic-rows.js'
import { screenPage } from './screen-page.js'
import { servedEcho } from './served-echo.js'

/** More than any window of rows has. */
const between = 1500

const chosen = async (page: Page): Promise<string> =>
  (await frames(page).locator('.row.cursor:not([aria-busy=true])').getAttribute('aria-label')) ?? ''

it('N and Shift+N go to what went badly, in the list that has the focus, however far it is', { timeout: 60_000 }, async () => {
  const { screens, url } = await servedEcho()
  await fetch(`${url}/fine`)
  await fetch(`${url}/dead/one`)
  await fetch(`${url}/fine-too`)
  const tunnel = await openTunnel(`${url.replace('http', 'ws')}/ws/marks`)
  for (let at = 0; at < between; at++) tunnel.send('filler')
  expect(await echoed(tunnel, 'last')).toBe('filler')
  await fetch(`${url}/dead/two`)
  const page = await screenPage({ screens }, 'Traffic')
  await row(page, '/ws/marks').click()
  tunnel.close(1011, 'gave up')
  await row(page, '/ws/marks').getByText('1011').waitFor()

  const at = (text: string) => exchanges(page).locator('[role=row][aria-selected=true]').filter({ hasText: text }).waitFor()
  await exchanges(page).focus()
  await page.keyboard.press('Home')
  for (const text of ['/dead/one', '/ws/marks', '/dead/two']) {
    await page.keyboard.press('n')
    await at(text)
  }
  await page.keyboard.press('n')
  await page.getByText('No exchange below went badly').waitFor()
  await page.keyboard.press('Shift+N')
  await at('/ws/marks')

  await frames(page).focus()
  await frames(page).locator('.row:not([aria-busy=true])').first().waitFor()
  await page.keyboard.press('Home')
  await page.keyboard.press('n')
  await expect.poll(() => chosen(page)).toContain('from client, close')
  // The tunnel's list of frames moved, not the list beside it.
  await at('/ws/marks')
  await page.keyboard.press('n')
  await expect.poll(() => chosen(page)).toContain('from server, close')
  await page.keyboard.press('n')
  await page.getByText('No frame below went badly').waitFor()
  await page.keyboard.press('Shift+N')
  await expect.poll(() => chosen(page)).toContain('from client, close')

  await page.keyboard.press('Control+,')
  const keys = page.getByRole('main', { name: 'Settings' })
  await keys.getByText('Next red mark', { exact: true }).waitFor()
  await keys.getByText('Hide heartbeats', { exact: true }).waitFor()
})
