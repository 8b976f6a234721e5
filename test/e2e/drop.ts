import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/**
 * Drops a file on the middle of the page, as the system does: with a place on the disk, not as bytes that a script made.
 * A page that was just drawn does not hear of it yet, and of what is made by a protocol rather than a hand the drop itself is
 * lost now and then: as a user would, it is done again until the page has heard of it.
 */
export async function drop(page: Page, path: string): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const say = (type: 'dragEnter' | 'dragOver' | 'drop'): Promise<unknown> =>
    session.send('Input.dispatchDragEvent', { type, x: 640, y: 500, data: { items: [], files: [path], dragOperationsMask: 1 } })
  const heard = (event: 'dragover' | 'drop'): Promise<boolean> => page.evaluate<boolean>(`heard${event}`)
  for (const event of ['dragover', 'drop'])
    await page.evaluate(
      `window.heard${event} = false, addEventListener('${event}', () => (heard${event} = true), { capture: true, once: true })`
    )
  const heldOver = async (): Promise<boolean> => {
    await say('dragEnter')
    await say('dragOver')
    return await heard('dragover')
  }
  const dropped = async (): Promise<boolean> => {
    await expect.poll(heldOver, { timeout: 20_000 }).toBe(true)
    await say('drop')
    return await expect
      .poll(() => heard('drop'), { timeout: 1000 })
      .toBe(true)
      .then(() => true)
      .catch(() => false)
  }
  await expect.poll(dropped, { timeout: 20_000 }).toBe(true)
  await session.detach()
}
