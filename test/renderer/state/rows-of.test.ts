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

test('rows of many ids are asked for a hundred at a time', async () => {
  let open = 0
  let most = 0
  const list = {
    indexOf: async (id: number) => {
      most = Math.max(most, ++open)
      await Promise.resolve()
      open--
      return id - 1
    },
    rowsAt: async (first: number, count: number) => upTo(count).map((at) => first + at)
  }
  expect(await rowsOf(upTo(350).reverse(), list)).toEqual(upTo(350))
  expect(most).toBe(100)
})
