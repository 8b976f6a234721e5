import type { CDPSession, Page } from 'playwright-core'
import { traceFrames } from './frame-trace.js'
import type { FrameRate } from './frame-trace.js'

export interface Metered {
  readonly frames: FrameRate
  /** Of one core, what the page's thread used: CPU time of its own, which others on the machine do not lengthen. */
  readonly pageCpu: number
}

/** Tells what a page costs while something goes on in it. */
export class Meter {
  readonly #session: CDPSession
  private constructor(session: CDPSession) {
    this.#session = session
  }

  static async of(page: Page): Promise<Meter> {
    const session = await page.context().newCDPSession(page)
    await session.send('Performance.enable', { timeDomain: 'threadTicks' })
    return new Meter(session)
  }

  /** JavaScript objects and buffers, and the page's own that they hold (DOM), after a collection. */
  async heapMb(): Promise<number> {
    await this.#session.send('HeapProfiler.collectGarbage')
    const { usedSize, embedderHeapUsedSize, backingStorageSize } = await this.#session.send('Runtime.getHeapUsage')
    return (usedSize + embedderHeapUsedSize + backingStorageSize) / 1e6
  }

  async during(page: Page, work: () => Promise<void>): Promise<Metered> {
    const browser = page.context().browser()
    if (browser === null) throw new Error('this page has no browser of its own')
    const [beganMs, before] = [performance.now(), await this.#taskS()]
    let cpuS = 0
    const frames = await traceFrames(browser, async () => {
      await work()
      cpuS = (await this.#taskS()) - before
    })
    return { frames, pageCpu: (cpuS / (performance.now() - beganMs)) * 1000 }
  }

  async #taskS(): Promise<number> {
    const { metrics } = await this.#session.send('Performance.getMetrics')
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN
  }
}

/** `54.3 fps (501 frames whole, 4 in part, 66 dropped; 117 ms without one), 38 % of a core`. */
export function sayMetered({ frames: { fps, whole, partial, dropped, longestMs }, pageCpu }: Metered): string {
  const counts = `${whole} frames whole, ${partial} in part, ${dropped} dropped; at most ${longestMs.toFixed(0)} ms without one`
  return `${fps.toFixed(1)} fps (${counts}), ${(pageCpu * 100).toFixed(0)} % of a core`
}
