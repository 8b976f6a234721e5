import { describe, expect, it } from 'vitest'
import { Backoff } from '../../main/app/backoff.js'

describe('Backoff', () => {
  it('waits longer with each death in a row, and gives up at the fifth within a minute', () => {
    const backoff = new Backoff()
    expect([0, 1000, 3000, 6000, 10_000].map((atMs) => backoff.died(atMs, 500))).toEqual([0, 500, 1000, 2000, null])
  })

  it('goes on with the longest wait while the deaths lie apart', () => {
    const backoff = new Backoff()
    const waits = [0, 20_000, 40_000, 60_500, 80_500, 100_500, 121_000].map((atMs) => backoff.died(atMs, 19_000))
    expect(waits).toEqual([0, 500, 1000, 2000, 5000, 5000, 5000])
  })

  it('forgets deaths after a minute of health, and when it is told to', () => {
    const backoff = new Backoff()
    for (const atMs of [0, 1000, 2000]) backoff.died(atMs, 100)
    expect(backoff.died(70_000, 60_000)).toBe(0)
    expect(backoff.died(71_000, 100)).toBe(500)
    backoff.reset()
    expect(backoff.died(72_000, 100)).toBe(0)
  })
})
