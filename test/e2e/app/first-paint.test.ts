import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
// @ts-expect-error build/ is plain JavaScript, since it runs before anything is bundled
import { electronRuntime } from '../../../build/electron-runtime.mjs'
import { bundled } from '../../bundled.js'
import { virtualDisplay } from './display.js'
import { drivenApp } from './driven-app.js'
import { needSandbox, ownFolder } from './unprivileged.js'

const project = join(import.meta.dirname, '../../..')
/** Its time is Electron's and the machine's own: what is above it is ours. */
const bareApp = join(import.meta.dirname, 'bare')
/** Of each kind. One says that it works; FIRST_PAINT_STARTS=5 is for a figure. */
const starts = Number(process.env['FIRST_PAINT_STARTS'] ?? 1)
const aStartMs = 60_000

let display: Awaited<ReturnType<typeof virtualDisplay>>
beforeAll(async () => {
  display = await virtualDisplay()
}, 180_000)
afterAll(() => display.close())

/** In ms since the process was started. */
interface Painted {
  readonly frameMs: number
  readonly screenMs: number
}

describe('the first paint', () => {
  it(
    'has the frame of the app in it, and says how long it took, on new data and on data that is there',
    async () => {
      bundled('app/main')
      const electron = (await electronRuntime()) as string
      needSandbox(electron)
      const bare: Painted[] = []
      const cold: Painted[] = []
      const warm: Painted[] = []
      for (let round = 0; round < starts; round++) {
        bare.push(await bareBy(electron))
        const home = ownFolder()
        cold.push(await paintedBy(electron, home))
        warm.push(await paintedBy(electron, home))
      }
      console.log(
        `first paint, ms since the start of the process: new data ${said(cold)}; data that is there ${said(warm)}; bare ${said(bare)}`
      )
    },
    3 * starts * aStartMs
  )
})

async function bareBy(electron: string): Promise<Painted> {
  const { page, startedAtMs, stop } = await drivenApp(
    [electron, bareApp],
    { DISPLAY: display.display, HOME: ownFolder() },
    { undisturbed: true }
  )
  const { first, last } = await paintsOf(page, 'body')
  await stop()
  return { frameMs: first - startedAtMs, screenMs: last - startedAtMs }
}

async function paintedBy(electron: string, home: string): Promise<Painted> {
  const { page, startedAtMs, stop } = await drivenApp([electron, project], { DISPLAY: display.display, HOME: home }, { undisturbed: true })
  await page.getByRole('heading', { name: 'Put your production proxy on your desk' }).waitFor()
  const { first, last, within } = await paintsOf(page, 'main')
  expect(within).toBe('HEADER')
  expect(first).toBeLessThanOrEqual(last)
  await stop()
  return { frameMs: first - startedAtMs, screenMs: last - startedAtMs }
}

/** When something with content was painted first, and in which part of the frame; and when the screen was, its largest text. */
async function paintsOf(page: Page, screen: string): Promise<{ first: number; last: number; within: string }> {
  return await page.evaluate(`new Promise((resolve) => {
    const paints = []
    new PerformanceObserver((list) => {
      paints.push(...list.getEntries())
      if (paints.at(-1).element?.closest('${screen}') == null) return
      const [{ startTime }] = performance.getEntriesByName('first-contentful-paint')
      resolve({
        first: performance.timeOrigin + startTime,
        last: performance.timeOrigin + paints.at(-1).startTime,
        within: paints[0].element?.closest('header, nav, footer, main')?.tagName ?? 'nothing that is still there'
      })
    }).observe({ type: 'largest-contentful-paint', buffered: true })
  })`)
}

function said(all: readonly Painted[]): string {
  const median = (name: keyof Painted): number => Math.round(all.map((each) => each[name]).sort((a, b) => a - b)[all.length >> 1] ?? 0)
  return `frame ${median('frameMs')}, screen ${median('screenMs')}`
}
