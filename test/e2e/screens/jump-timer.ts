import type { Page } from 'playwright-core'

declare global {
  interface Window {
    jump: Promise<number>
  }
}

/**
 * ms from an input to the screen that shows where it led: until every row in sight is one of the store's, with its own number, and the
 * frame with them is drawn. `place`: a row that has to be among them; null: none of those seen before may be.
 *
 * Measured in the page, from the time that the browser gave the event. What a frame has is on the screen when the next one begins, so the
 * next one's beginning is when it ends; up to 17 ms of it are waiting for that.
 */
export async function timeJump(page: Page, place: number | null, input: () => Promise<void>): Promise<number> {
  await page.evaluate(watchJump, place)
  await input()
  return await page.evaluate(() => window.jump)
}

/** Runs in the page. */
function watchJump(place: number | null): void {
  const body = document.querySelector('[role="grid"][aria-label="Frames"] .body') as HTMLElement
  const before = new Set(inSight().map(indexOf))
  window.jump = new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error(`the rows were not there within 10 s: ${place}`)), 10_000)
    const began = ({ timeStamp }: Event): void => {
      for (const type of ['keydown', 'pointerdown']) removeEventListener(type, began, true)
      const look = (): void => void requestAnimationFrame(isThere() ? () => resolve(performance.now() - timeStamp) : look)
      requestAnimationFrame(look)
    }
    for (const type of ['keydown', 'pointerdown']) addEventListener(type, began, true)
  })

  function inSight(): Element[] {
    const { top, bottom } = body.getBoundingClientRect()
    return [...body.querySelectorAll('.row:not(.gone)')].filter((row) => {
      const box = row.getBoundingClientRect()
      return box.bottom > top && box.top < bottom
    })
  }
  /** From 0; the head is row 1 of the grid. */
  function indexOf(row: Element): number {
    return Number(row.getAttribute('aria-rowindex')) - 2
  }
  function isLoaded(row: Element): boolean {
    return row.getAttribute('aria-label')?.startsWith(`Frame ${(indexOf(row) + 1).toLocaleString('en')}, `) === true
  }
  function isThere(): boolean {
    const rows = inSight()
    const fills = rows.length * (rows[0]?.clientHeight ?? 0) >= body.clientHeight
    const led = place === null ? rows.every((row) => !before.has(indexOf(row))) : rows.some((row) => indexOf(row) === place)
    return fills && led && rows.every(isLoaded)
  }
}
