import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { settledRecord } from '../../bench/recorded.js'
import { freePort, pause } from '../../oracle/loopback.js'
import { configFile, Switchyard } from '../switchyard.js'
import { burstBackend, sendBurst } from './burst.js'
import { Hand } from './hand.js'
import { goToTraffic, measuredPage, openFrames } from './measured-page.js'
import { Meter, sayMetered } from './meter.js'

const frames = 200_000
const withinS = 10
/** They are sent at an even rate, in less than the time they have: the last ones have to come to the screen, too. */
const sendingS = 8.5
const aloneMs = 5000

/** A row is 16 fields, 200 bytes at the least: 200,000 of them would be 40 MB. A list holds what is seen, and a page on each side. */
const mostHeapGrowthMb = 8
/** Of a core: above it the page itself would be what drops frames. */
const mostPageCpu = 0.75
/**
 * Of the frame rate of the same list, scrolled the same way, without traffic. An absolute rate is the machine's: engine, writer, reader,
 * a browser that draws by the CPU, and this test share what cores there are. It is printed.
 */
const leastOfAlone = 0.5

it('200,000 frames come in within 10 s and are all kept, while their list is looked at and scrolled', { timeout: 120_000 }, async () => {
  const { served, tunnel } = await servedTunnel()
  const page = await measuredPage(served.screens)
  onTestFinished(async () => await page.context().browser()?.close())
  await goToTraffic(page)
  const list = await openFrames(page, '/ws/burst')
  const [hand, meter] = [await Hand.on(page), await Meter.of(page)]
  const heapMb = await meter.heapMb()

  const beganMs = performance.now()
  const shown = sendBurst(tunnel, { frames, seconds: sendingS })
    .then(() => list.and(page.locator(`[aria-rowcount="${frames + 1}"]`)).waitFor())
    .then(() => (performance.now() - beganMs) / 1000)
  const live = await meter.during(page, () => scrollUntil(hand, shown))
  const [seconds, grownMb] = [await shown, (await meter.heapMb()) - heapMb]
  const alone = await meter.during(page, () => scrollUntil(hand, pause(aloneMs)))
  const seen = await hand.seen()
  console.info(`${frames} frames sent, kept and listed in ${seconds.toFixed(2)} s: ${sayMetered(live)}\nafterwards: ${sayMetered(alone)}`)
  console.info(
    `${seen.events} inputs, median after ${seen.medianMs.toFixed(0)} ms, worst ${seen.worstMs.toFixed(0)}; heap grew by ${grownMb.toFixed(1)} MB`
  )

  expect(seconds).toBeLessThan(withinS)
  expect(seen.events).toBe(hand.sent)
  expect(grownMb).toBeLessThan(mostHeapGrowthMb)
  expect(live.pageCpu).toBeLessThan(mostPageCpu)
  expect(live.frames.fps).toBeGreaterThan(leastOfAlone * alone.frames.fps)
  await hand.press('End')
  await page.getByRole('row', { name: /^Frame 200,000, / }).waitFor()
  expect(await settledRecord(captureOf(served))).toMatchObject({ frames, missedBytes: 0 })
})

/** A serve with one open tunnel through it. */
async function servedTunnel() {
  const [port, backend] = [await freePort(), await burstBackend()]
  const site = configFile(`Listen ${port}\nServerName localhost\nProxyPass /ws/ ws://127.0.0.1:${backend.port}/ws/\n`)
  const served = await Switchyard.serve(site)
  return { served, tunnel: await backend.open(`http://localhost:${port}/ws/burst`) }
}

/** Follows the end, scrolls back by wheel and keys, goes to the start, and to the end again. */
async function scrollUntil(hand: Hand, over: Promise<unknown>): Promise<void> {
  let isOver = false
  void over.then(() => (isOver = true))
  while (!isOver) {
    await pause(300)
    await hand.wheel(-120, 12)
    await hand.wheel(240, 6)
    await hand.press('PageUp', 4)
    await hand.press('ArrowUp', 4)
    await hand.press('Home')
    await hand.wheel(300, 10)
    await hand.press('End')
  }
}

function captureOf({ data }: Switchyard): string {
  const folder = join(data, 'captures')
  const [name] = readdirSync(folder).filter((entry) => entry.endsWith('.swycap'))
  return join(folder, name ?? '')
}
