import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { TableViewport } from '../../../renderer/components/table-viewport.svelte.js'
import type { ListView } from '../../../renderer/state/view.svelte.js'

type Row = { readonly id: number }
const [rowPx, roomPx, spare] = [24, 240, 8]

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('getComputedStyle', () => ({ getPropertyValue: () => `${rowPx}px` }))
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** A table of so many rows, all of them loaded, and the element that scrolls them. */
function table(matched: number) {
  const view = {
    matched,
    following: false,
    newestFirst: false,
    cursorIndex: null,
    row: (index: number): Row => ({ id: index }),
    show: () => {}
  }
  const body = { scrollTop: 0, offsetWidth: 100, clientWidth: 90, firstElementChild: { style: {} } }
  const viewport = new TableViewport<Row>(() => view as unknown as ListView<Row>)
  viewport.attach(body as unknown as HTMLElement)
  viewport.grow(matched, roomPx)
  const drawn = (): [number, number] => {
    const indexes = viewport.slots.all.map(({ index }) => index).filter((index) => index >= 0)
    return [Math.min(...indexes), Math.max(...indexes)]
  }
  const scrollTo = (place: number): void => {
    body.scrollTop = place
    viewport.scrolled()
  }
  return { viewport, view, drawn, scrollTo }
}

it('a jump is drawn with the rows in sight alone, and rest brings those beyond both edges', () => {
  const { viewport, drawn } = table(1000)
  expect(drawn()).toEqual([0, 9 + spare])
  viewport.showAt(500)
  expect(drawn()).toEqual([500, 509])
  vi.runAllTimers()
  expect(drawn()).toEqual([500 - spare, 509 + spare])
})

it('whoever goes on by the wheel after a jump has them at once, however far a notch goes', () => {
  const { viewport, drawn, scrollTo } = table(1000)
  viewport.showAt(500)
  viewport.wheeled()
  scrollTo(515 * rowPx)
  expect(drawn()).toEqual([515 - spare, 524 + spare])
})

it('rows that come above by the screenful move nothing, and are no jump', () => {
  const { viewport, view, drawn } = table(1000)
  viewport.showAt(500)
  vi.runAllTimers()
  view.matched += 100
  viewport.shiftBy(100)
  expect(drawn()).toEqual([600 - spare, 609 + spare])
  expect(vi.getTimerCount()).toBe(0)
})

it('a table without rows rests', () => {
  const { viewport } = table(0)
  viewport.grow(0, roomPx)
  expect(vi.getTimerCount()).toBe(0)
})
