import { expect, it } from 'vitest'
import { rowOfKey } from '../../../renderer/components/table-keys.js'

const table = { at: 50, rows: 1000, pageRows: 20, firstVisible: 40 }

it.each([
  ['ArrowUp', 49],
  ['ArrowDown', 51],
  ['PageUp', 30],
  ['PageDown', 70],
  ['Home', 0],
  ['End', 999],
  ['a', null],
  [' ', null]
])('%s leads from row 50 to %j', (key, to) => expect(rowOfKey(key, table)).toBe(to))

it('the first row leads up into the head', () => {
  expect(rowOfKey('ArrowUp', { ...table, at: 0 })).toBe('head')
})

it('where no row is chosen, the first that is seen is', () => {
  const keys = ['ArrowDown', 'ArrowUp', 'PageDown', 'PageUp', 'End', 'Enter']
  expect(keys.map((key) => rowOfKey(key, { ...table, at: null }))).toEqual([40, 40, 40, 40, 999, null])
})
