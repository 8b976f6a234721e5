import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/**
 * Drops a file on the middle of the page, as the system does: with a place on the disk, not as bytes that a script made.
 * A page that was just drawn does not hear of it yet: it is held over the page until that has heard so.
 */
export async function drop(page: Page, path: string): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const say = (type: 'dragEnter' | 'dragOver' | 'drop'): Promise<unknown> =>
    session.send('Input.dispatchDragEvent', { type, x: 640, y: 500, data: { items: [], files: [path], dragOperationsMask: 1 } })
  await page.evaluate(`window.heldOver = false, addEventListener('dragover', () => (heldOver = true), { capture: true, once: true })`)
  const heldOver = async (): Promise<boolean> => {
    await say('dragEnter')
    await say('dragOver')
    return await page.evaluate<boolean>('heldOver')
  }
  await expect.poll(heldOver, { timeout: 20_000 }).toBe(true)
  await say('drop')
  await session.detach()
}
