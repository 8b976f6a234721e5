import type { Locator, Page } from 'playwright-core'

export const exchanges = (page: Page): Locator => page.getByRole('grid', { name: 'Exchanges' })
export const frames = (page: Page): Locator => page.getByRole('grid', { name: 'Frames' })
/** Rows of Traffic in sight. One that waits for another still has the text of its last one, unseen. */
export const row = (page: Page, text: string | RegExp): Locator =>
  exchanges(page).locator('[role=row]:not([aria-busy=true])').filter({ hasText: text, visible: true })
