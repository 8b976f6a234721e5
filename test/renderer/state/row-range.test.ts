import { expect, test } from 'vitest'
import { covers, isNearEdge, keepSame, mostRows, pagesAround } from '../../../renderer/state/row-range.js'

test('a page more is asked for on each side, and no more than there may be', () => {
  expect(pagesAround({ first: 100, count: 40 }, 1000)).toEqual({ first: 60, count: 120 })
  expect(pagesAround({ first: 0, count: 40 }, 1000)).toEqual({ first: 0, count: 80 })
  expect(pagesAround({ first: 0, count: 5000 }, 10_000).count).toBe(mostRows)
})
test('near the end it asks beyond: rows may have come meanwhile', () => {
  const { first, count } = pagesAround({ first: 960, count: 40 }, 1000)
  expect(first).toBe(920)
  expect(first + count).toBe(1000)
})
test('an empty list asks for a first page', () => {
  expect(pagesAround({ first: 0, count: 40 }, 0)).toEqual({ first: 0, count: 40 })
})
test('rows that do not exist need not be covered', () => {
  expect(covers({ first: 0, count: 10 }, { first: 5, count: 40 }, 10)).toBe(true)
  expect(covers({ first: 0, count: 10 }, { first: 5, count: 40 }, 11)).toBe(false)
  expect(covers({ first: 5, count: 10 }, { first: 4, count: 2 }, 100)).toBe(false)
})
test('more is asked for half a page before it is missed', () => {
  const visible = { first: 100, count: 40 }
  expect(isNearEdge({ first: 80, count: 80 }, visible, 1000)).toBe(false)
  expect(isNearEdge({ first: 81, count: 80 }, visible, 1000)).toBe(true)
  expect(isNearEdge({ first: 80, count: 79 }, visible, 1000)).toBe(true)
  expect(isNearEdge({ first: 80, count: 60 }, visible, 140)).toBe(false)
})
test('a row that says the same stays the object that it was', () => {
  const before = [
    { id: 1, text: 'a' },
    { id: 2, text: 'b' }
  ]
  const now = keepSame(before, [
    { id: 2, text: 'b' },
    { id: 1, text: 'changed' },
    { id: 3, text: 'c' }
  ])
  expect(now[0]).toBe(before[1])
  expect(now[1]).toEqual({ id: 1, text: 'changed' })
  expect(now[1]).not.toBe(before[0])
})
