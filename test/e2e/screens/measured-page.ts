import { chromium } from 'playwright-core'
import type { Locator, Page } from 'playwright-core'

const root = process.getuid?.() === 0

/**
 * A page as a person has it: of a usual size, with bars to scroll by, and smooth scrolling. There is no GPU: frames are drawn by the CPU.
 * Whoever opens it closes its browser.
 */
export async function measuredPage(url: string): Promise<Page> {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--disable-gpu', ...(root ? ['--no-sandbox'] : [])],
    ignoreDefaultArgs: ['--hide-scrollbars']
  })
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  page.setDefaultTimeout(15_000)
  await page.goto(url)
  return page
}

export async function goToTraffic(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name: 'Traffic' }).click()
}

/** Opens the frames of a tunnel; the focus is in them, and the pointer over them. */
export async function openFrames(page: Page, target: string): Promise<Locator> {
  await page.getByRole('grid', { name: 'Exchanges' }).getByRole('row').filter({ hasText: target, visible: true }).click()
  const frames = page.getByRole('grid', { name: 'Frames' })
  await frames.focus()
  await frames.hover({ position: { x: 200, y: 200 } })
  return frames
}
