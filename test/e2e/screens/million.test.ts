import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Locator, Page } from 'playwright-core'
import { expect, it, onTestFinished } from 'vitest'
import { sessionName } from '../../../main/capture/sessions/session-files.js'
import { bundled } from '../../bundled.js'
import { makeLargeStore } from '../../capture/large-store.js'
import { Switchyard, temporaryFolder } from '../switchyard.js'
import { timeJump } from './jump-timer.js'
import { goToTraffic, measuredPage, openFrames } from './measured-page.js'

const frames = 1_000_000
const places = 20
const mostMs = 100
/** Whoever else uses the machine makes a jump slower and never faster: a place that was not reached in time is gone to again. */
const mostTries = 4
/**
 * Where the machine is too busy even so: of the time that a step to the next row takes there, which is loaded and in sight. That is two
 * frames, 33 ms, at the least. On two shared cores without a GPU the median place is there within 100 ms, the worst is not.
 */
const mostSteps = { median: 3, worst: 6 }
const hour = 3_600_000

it(
  'goes to a place in a list of a million frames within 100 ms, by the median; no place takes much longer',
  { timeout: 180_000 },
  async () => {
    const page = await measuredPage((await servedMillion()).screens)
    onTestFinished(async () => await page.context().browser()?.close())
    await openEarlierCapture(page)
    const list = await openFrames(page, '/chat/1')
    await list.and(page.locator(`[aria-rowcount="${frames + 1}"]`)).waitFor()

    const [tries, steps]: [number[][], number[]] = [[], []]
    for (const jump of jumps(page, list)) {
      tries.push(await tried(jump))
      steps.push(await step(page, list))
    }
    const [first, best] = [spread(tries.map(([ms]) => ms ?? NaN)), spread(tries.map((ms) => Math.min(...ms)))]
    const near = spread(steps)
    console.info(
      `${places} places of ${frames} frames: ${said(first)}; at best ${said(best)} in ${tries.flat().length} tries; a step ${said(near)}`
    )
    expect(tries).toHaveLength(places)
    expect(best.median).toBeLessThan(Math.max(mostMs, mostSteps.median * near.median))
    expect(best.worst).toBeLessThan(Math.max(mostMs, mostSteps.worst * near.worst))
  }
)

async function tried(jump: Jump): Promise<number[]> {
  const times: number[] = []
  while (times.length < mostTries && !(Math.min(...times) < mostMs)) times.push(await jump())
  return times
}
/** From the first row to the second. */
async function step(page: Page, list: Locator): Promise<number> {
  await press(page, list, 'Home')
  return await timeJump(page, 1, () => page.keyboard.press('ArrowDown'))
}
function spread(times: readonly number[]) {
  const sorted = [...times].sort((a, b) => a - b)
  return { median: sorted[sorted.length >> 1] ?? NaN, worst: sorted.at(-1) ?? NaN }
}
const said = ({ median, worst }: ReturnType<typeof spread>): string => `median ${median.toFixed(0)} ms, worst ${worst.toFixed(0)}`

/** Goes somewhere, having been elsewhere before. @returns ms */
type Jump = () => Promise<number>

/** By number, by the bar, and to both ends. */
function jumps(page: Page, list: Locator): readonly Jump[] {
  const keyTo = (key: string, place: number, away: string) => async (): Promise<number> => {
    await press(page, list, away)
    return await timeJump(page, place, () => page.keyboard.press(key))
  }
  const numbered = Array.from({ length: places / 2 - 1 }, (_, at) => () => goTo(page, list, placeOf(2 * at)))
  const barred = Array.from({ length: places / 2 - 1 }, (_, at) => () => clickBar(page, list, placeOf(2 * at + 1) / frames))
  return [...numbered, ...barred, keyTo('Home', 0, 'End'), keyTo('End', frames - 1, 'Home')]
}

/** Spread over the list, the same ones every time. */
function placeOf(at: number): number {
  return ((at + 1) * 618_034) % frames
}

async function servedMillion(): Promise<Switchyard> {
  const data = temporaryFolder()
  mkdirSync(join(data, 'captures'))
  const file = join(data, 'captures', sessionName(Date.now() - hour))
  await makeLargeStore({ file, writerUrl: pathToFileURL(bundled('threads/writer')), frames, exchanges: 0 })
  return await Switchyard.run(data, [process.execPath, bundled('cli/switchyard'), 'serve', '--listen', '0', '--tls', '0', '--data', data])
}

async function openEarlierCapture(page: Page): Promise<void> {
  await goToTraffic(page)
  await page.getByRole('button', { name: 'Earlier captures' }).click()
  await page.getByRole('menu', { name: 'Captures' }).getByRole('menuitemcheckbox').last().click()
}

/** To one of the ends, and there. */
async function press(page: Page, list: Locator, key: string): Promise<void> {
  await list.focus()
  await page.keyboard.press(key)
  await list.locator(`.row:not([aria-busy=true])[aria-rowindex="${key === 'Home' ? 2 : frames + 1}"]`).waitFor()
}
async function goTo(page: Page, list: Locator, place: number): Promise<number> {
  await press(page, list, 'Home')
  await page.keyboard.press('g')
  await page.getByRole('textbox', { name: 'Number of a frame' }).fill(String(place + 1))
  return await timeJump(page, place, () => page.keyboard.press('Enter'))
}
/** A click with the middle button takes the bar's thumb there at once, as a drag does. */
async function clickBar(page: Page, list: Locator, share: number): Promise<number> {
  await press(page, list, 'Home')
  const box = await list.locator('.body').boundingBox()
  if (box === null) throw new Error('the list is not shown')
  const [x, y] = [box.x + box.width - 4, box.y + 60 + (box.height - 90) * share]
  await page.mouse.move(x, y)
  return await timeJump(page, null, () => page.mouse.click(x, y, { button: 'middle' }))
}
