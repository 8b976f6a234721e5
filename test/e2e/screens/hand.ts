import type { Page } from 'playwright-core'

/** What the page saw of the input that was sent, and how long after it happened. */
export interface Seen {
  readonly events: number
  readonly medianMs: number
  readonly worstMs: number
}

declare global {
  interface Window {
    /** ms from each input event to its handler. */
    seenAfterMs: number[]
  }
}

/** Wheel and keys as a person uses them, through the browser's own input, each event counted here and in the page. */
export class Hand {
  readonly #page: Page
  sent = 0

  private constructor(page: Page) {
    this.#page = page
  }

  static async on(page: Page): Promise<Hand> {
    await page.evaluate(() => {
      window.seenAfterMs = []
      const seen = (event: Event): void => void window.seenAfterMs.push(performance.now() - event.timeStamp)
      for (const type of ['wheel', 'keydown']) addEventListener(type, seen, { capture: true, passive: true })
    })
    return new Hand(page)
  }

  async wheel(byPx: number, times: number): Promise<void> {
    for (let at = 0; at < times; at++, this.sent++) await this.#page.mouse.wheel(0, byPx)
  }
  async press(key: string, times = 1): Promise<void> {
    for (let at = 0; at < times; at++, this.sent++) await this.#page.keyboard.press(key)
  }

  async seen(): Promise<Seen> {
    const ms = (await this.#page.evaluate(() => window.seenAfterMs)).sort((a, b) => a - b)
    return { events: ms.length, medianMs: ms[ms.length >> 1] ?? NaN, worstMs: ms.at(-1) ?? NaN }
  }
}
