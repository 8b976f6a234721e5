import { describe, expect, test } from 'vitest'
import { SortedIds, type SortKey } from '../../../main/capture/reader/sorted-ids.js'

describe.each([false, true])('ids sorted, descending: %s', (descending) => {
  /** What it is held to: everything sorted anew. */
  function sorted(model: ReadonlyMap<number, SortKey>): number[] {
    const ascending = [...model].sort(([a, x], [b, y]) => (x < y ? -1 : x > y ? 1 : a - b)).map(([id]) => id)
    return descending ? ascending.reverse() : ascending
  }

  test.each([1, 2, 3])('come, go and move as a model does, few at once and many (seed %i)', (seed) => {
    let state = seed * 7919
    const random = (below: number): number => (state = (state * 48_271) % 0x7fffffff) % below
    const ids = new SortedIds(descending)
    const model = new Map<number, SortKey>()
    for (let round = 0; round < 60; round++) {
      // At the end, as exchanges come; anywhere, as they change.
      const appends = random(3) === 0
      for (let left = random(3) === 0 ? 200 : random(30); left > 0; left--) {
        const id = appends ? model.size + 1 : random(400) + 1
        if (!appends && random(4) === 0) {
          ids.remove(id)
          model.delete(id)
        } else {
          const key = appends ? 1e6 + id : random(50)
          ids.put(id, key)
          model.set(id, key)
        }
      }
      const expected = sorted(model)
      expect(ids.length).toBe(expected.length)
      expect(ids.slice(0, 1000)).toEqual(expected)
      expect(ids.slice(5, 25)).toEqual(expected.slice(5, 25))
      expect(ids.slice(expected.length, expected.length + 9)).toEqual([])
      const id = expected[random(expected.length + 1)]
      if (id !== undefined) expect(ids.indexOf(id)).toBe(expected.indexOf(id))
      expect(ids.indexOf(1e9)).toBeNull()
    }
  })
})
