import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { VirtualScroll, longestBodyPx } from '../../../renderer/components/virtual-scroll.js'

function scrollOf(rows: number, changes: Partial<VirtualScroll> = {}): VirtualScroll {
  return Object.assign(new VirtualScroll(), { rows, viewPx: 600, ...changes })
}
const long = 10_000_000

describe('A place in a short list', () => {
  it('is the place of the body', () => {
    const scroll = scrollOf(1000)
    expect([scroll.bodyPx, scroll.capped, scroll.lastOffset]).toEqual([24_000, false, 23_400])
    expect(scroll.scrolled(4800, false)).toBe(true)
    expect(scroll.scrolled(4800, false)).toBe(false)
    expect([scroll.offset, scroll.visible, scroll.topOf(200)]).toEqual([4800, { first: 200, count: 25 }, 4800])
  })
  it('is at an end to within half a row', () => {
    const scroll = scrollOf(1000)
    expect([scroll.atStart, scroll.atEnd]).toEqual([true, false])
    scroll.moveTo(23_389)
    expect(scroll.atEnd).toBe(true)
    scroll.moveTo(23_387)
    expect(scroll.atEnd).toBe(false)
    expect(scroll.moveTo(99_999)).toBe(23_400)
    expect(scrollOf(3).lastOffset).toBe(0)
  })
  it('shows a row by as little as is needed', () => {
    const scroll = scrollOf(1000)
    scroll.moveTo(4800)
    expect([200, 224].map((index) => scroll.revealing(index))).toEqual([4800, 4800])
    expect([199, 225, 0].map((index) => scroll.revealing(index))).toEqual([4776, 4824, 0])
  })
})

describe('A place in a list that is longer than a body may be', () => {
  it('moves by exact px, by the thumb in proportion', () => {
    const scroll = scrollOf(long)
    expect([scroll.bodyPx, scroll.capped]).toEqual([longestBodyPx, true])
    scroll.place = scroll.moveTo(120_000_000)
    scroll.scrolled(scroll.place + 48, false)
    expect(scroll.offset).toBe(120_000_048)
    scroll.scrolled((longestBodyPx - 600) / 2, true)
    expect(Math.round((scroll.visible.first / long) * 100)).toBe(50)
  })
  it('comes to both ends', () => {
    const scroll = scrollOf(long)
    scroll.scrolled(longestBodyPx - 600, true)
    expect([scroll.offset, scroll.atEnd]).toEqual([scroll.lastOffset, true])
    expect(scroll.visible.first + scroll.visible.count).toBe(long)
    scroll.scrolled(0, true)
    expect([scroll.offset, scroll.atStart]).toEqual([0, true])
  })
  it('is the same again where the thumb is put back to it', () => {
    fc.assert(
      fc.property(fc.nat(long * 24 - 600), (offset) => {
        const scroll = scrollOf(long)
        const place = scroll.moveTo(offset)
        expect(place).toBeGreaterThanOrEqual(0)
        expect(place).toBeLessThanOrEqual(longestBodyPx - 600)
        scroll.scrolled(place, true)
        expect(Math.abs(scroll.offset - offset)).toBeLessThan(0.01)
      })
    )
  })
  it('is put back before the body comes to its end', () => {
    const scroll = scrollOf(long)
    scroll.place = scroll.moveTo(120_000_000)
    expect(scroll.cramped).toBe(false)
    scroll.scrolled(longestBodyPx - 700, false)
    expect([scroll.cramped, scroll.offset < scroll.lastOffset]).toEqual([true, true])
    scroll.place = scroll.restPlace
    expect(scroll.cramped).toBe(false)
  })
})
