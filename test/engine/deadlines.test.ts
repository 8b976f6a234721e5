import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Deadlines, deadlineTickMs } from '../../main/engine/deadlines.js'

let deadlines: Deadlines
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  deadlines = new Deadlines()
})
afterEach(() => {
  deadlines.close()
  vi.useRealTimers()
})

/** When it fired, in ms from now. */
function firing(ms: number): { at: number | null; set: (ms: number) => void; clear: () => void } {
  const deadline = deadlines.make()
  const began = performance.now()
  const told = { at: null as number | null, set: (next: number) => deadline.set(next, fire), clear: () => deadline.clear() }
  const fire = (): void => {
    told.at = performance.now() - began
  }
  deadline.set(ms, fire)
  return told
}

it.each([1, 49, 50, 51, 100, 1234, 60_000])('fires after %i ms, never early, at most a tick late', (ms) => {
  vi.advanceTimersByTime(17)
  const told = firing(ms)
  vi.advanceTimersByTime(ms - 1)
  expect(told.at).toBeNull()
  vi.advanceTimersByTime(1 + deadlineTickMs)
  expect(told.at).toBeGreaterThanOrEqual(ms)
  expect(told.at).toBeLessThanOrEqual(ms + deadlineTickMs)
})

it('moves later and earlier, and fires once', () => {
  const later = firing(100)
  const earlier = firing(1000)
  later.set(500)
  earlier.set(200)
  vi.advanceTimersByTime(250)
  expect([later.at === null, earlier.at !== null]).toEqual([true, true])
  const at = earlier.at
  vi.advanceTimersByTime(300)
  expect(later.at).toBeGreaterThanOrEqual(500)
  vi.advanceTimersByTime(2000)
  expect(earlier.at).toBe(at)
})

it('does not fire once cleared, or for 0', () => {
  const cleared = firing(100)
  cleared.clear()
  const never = firing(100)
  never.set(0)
  vi.advanceTimersByTime(1000)
  expect([cleared.at, never.at]).toEqual([null, null])
})

it('can be set again from within', () => {
  const deadline = deadlines.make()
  const fired: number[] = []
  const again = (): void => {
    fired.push(Math.floor(performance.now()))
    if (fired.length < 3) deadline.set(100, again)
  }
  deadline.set(100, again)
  vi.advanceTimersByTime(1000)
  expect(fired).toHaveLength(3)
})

it('fires all that are due after the thread was held up, in their order', () => {
  const fired: number[] = []
  for (let i = 99; i >= 0; i--) deadlines.make().set(i * 60 + 1, () => fired.push(i))
  // The clock went on, and no tick came meanwhile.
  const now = performance.now() + 60_000
  const held = vi.spyOn(performance, 'now').mockReturnValue(now)
  vi.advanceTimersByTime(deadlineTickMs)
  held.mockRestore()
  expect(fired).toEqual(Array.from({ length: 100 }, (_, i) => i))
})

it('has no timer when nothing is due, and none after its close', () => {
  expect(vi.getTimerCount()).toBe(0)
  firing(100)
  expect(vi.getTimerCount()).toBe(1)
  vi.advanceTimersByTime(1000)
  expect(vi.getTimerCount()).toBe(0)
  firing(100)
  deadlines.close()
  expect(vi.getTimerCount()).toBe(0)
})

it('moving a deadline a thousand times leaves it in one bucket', () => {
  const told = firing(1000)
  for (let i = 0; i < 1000; i++) {
    vi.advanceTimersByTime(1)
    told.set(1000)
  }
  expect(told.at).toBeNull()
  vi.advanceTimersByTime(999)
  expect(told.at).toBeNull()
  vi.advanceTimersByTime(1 + deadlineTickMs)
  expect(told.at).not.toBeNull()
})
