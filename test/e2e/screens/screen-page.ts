import { chromium } from 'playwright-core'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, expect, onTestFinished } from 'vitest'
import { freePort } from '../../oracle/loopback.js'
import { shownAtFailure } from '../shown-at-failure.js'
import { configFile, Switchyard } from '../switchyard.js'

/** The demo, which visits itself: Start is shown. */
export async function servedDemo(): Promise<Switchyard> {
  return await Switchyard.serve('--listen', '0', '--tls', '0')
}
/** A site whose backend is not there, and what asks it for a path. */
export async function servedNothing() {
  const port = await freePort()
  const lines = `Listen ${port}\nServerName localhost\nProxyPass / http://127.0.0.1:${await freePort()}/\n`
  const served = await Switchyard.serve(configFile(lines))
  return { served, fail: async (path: string): Promise<void> => void (await fetch(`http://localhost:${port}${path}`)) }
}
/** The same after one request: a line in its error log, and one in its access log. */
export async function servedFailure(): Promise<Switchyard> {
  const { served, fail } = await servedNothing()
  await fail('/')
  return served
}

/** One for all tests of a file: each has a context of its own in it, which shares nothing with the next. */
let browser: Browser | undefined
afterAll(async () => await browser?.close())

/** A page in which nothing may go wrong, with what it keeps to itself. */
export async function ownPage(url: string): Promise<Page> {
  browser ??= await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--disable-gpu', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])]
  })
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' })
  onTestFinished(async () => await context.close())
  const page = await context.newPage()
  nothingGoesWrong(page)
  await page.goto(url)
  return page
}
/** The screens in a page of their own. */
export async function screenPage(served: Pick<Switchyard, 'screens'>, first = 'Start page'): Promise<Page> {
  const page = await ownPage(served.screens)
  await screenOf(page, first)
  return page
}

/** Whatever the page throws, or says on the console as an error, fails the test; a test that fails says what was on the page. */
export function nothingGoesWrong(page: Page): void {
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (said) => said.type() === 'error' && faults.push(`${said.text()} ${said.location().url}`))
  onTestFinished(() => expect(faults).toEqual([]))
  shownAtFailure(() => [page])
}

/** The buttons that lead to screens, in their order. */
export async function railTitles(page: Page): Promise<string[]> {
  return await page.getByRole('navigation', { name: 'Screens' }).getByRole('button').locator('.words').allTextContents()
}
/** The screen of this title, once it is drawn. */
export async function screenOf(page: Page, title: string): Promise<Locator> {
  await page.getByRole('main', { name: title, exact: true }).waitFor()
  const screen = page.locator('main > .screen:not([inert])')
  await screen.locator('h1, h2, [role="grid"], [data-pane]').first().waitFor()
  return screen
}
