import type { Page } from 'playwright-core'
import { onTestFinished } from 'vitest'

const mostChars = 3000

/**
 * What a failed test says ends with what these pages showed then, as a screen reader has it: a fault that comes once in many runs is
 * seldom there to be looked at again. To be called after whatever closes them at the end of the test is settled.
 */
export function shownAtFailure(pages: () => readonly Page[]): void {
  onTestFinished(async ({ task }) => {
    const [error] = task.result?.errors ?? []
    if (error === undefined) return
    for (const page of pages()) {
      const shown = await page.locator('body').ariaSnapshot({ timeout: 2000 }).catch(String)
      error.message += `\n\nShown by ${page.url()}:\n${shown.slice(0, mostChars)}`
    }
  })
}
