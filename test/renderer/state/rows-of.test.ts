import { expect, test } from 'vitest'
import { mostRows } from '../../../renderer/state/row-range.js'
import { rowsOf, stretches } from '../../../renderer/state/rows-of.js'
import { upTo } from './scripted-host.js'

test('places beside each other are read at once, as many as one answer holds', () => {
  expect(stretches([])).toEqual([])
  expect(stretches([2, 3, 4, 9])).toEqual([
    { first: 2, count: 3 },
    { first: 9, count: 1 }
  ])
  expect(stretches(upTo(mostRows + 1))).toEqual([
    { first: 1, count: mostRows },
    { first: mostRows + 1, count: 1 }
  ])
})

test('rows of many ids are asked for as many at a time as one answer holds, and come in the order of the list', async () => {
  const asked: number[] = []
  const list = {
    indexesOf: async (ids: readonly number[]) => {
      asked.push(ids.length)
      // Odd ids are not in the list.
      return ids.map((id) => (id % 2 === 0 ? id / 2 - 1 : null))
    },
    rowsAt: async (first: number, count: number) => upTo(count).map((at) => 2 * (first + at))
  }
  const ids = upTo(2 * mostRows + 100).reverse()
  expect(await rowsOf(ids, list)).toEqual(upTo(mostRows + 50).map((at) => 2 * at))
  expect(asked).toEqual([mostRows, mostRows, 100])
})
