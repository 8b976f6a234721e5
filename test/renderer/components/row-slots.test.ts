import { expect, it } from 'vitest'
import { RowSlots } from '../../../renderer/components/row-slots.svelte.js'

const rowAt = (index: number): { readonly id: number } => ({ id: 1000 + index })

it('rows that stay keep their elements while there are fewer, and when there are more again', () => {
  const slots = new RowSlots<{ readonly id: number }>()
  const shown = (): (number | undefined)[][] =>
    slots.all
      .filter(({ index }) => index >= 0)
      .map(({ index, row, top }) => [index, row?.id, top])
      .sort(([a = 0], [b = 0]) => a - b)
  const expected = (first: number, count: number): number[][] =>
    Array.from({ length: count }, (_, at) => [first + at, 1000 + first + at, first + at])
  slots.fill(0, 6, rowAt, (index) => index)
  slots.fill(100, 4, rowAt, (index) => index)
  expect(shown()).toEqual(expected(100, 4))
  const before = new Map(slots.all.map((slot) => [slot.index, slot]))
  slots.fill(99, 6, rowAt, (index) => index)
  expect(shown()).toEqual(expected(99, 6))
  expect([100, 101, 102, 103].every((index) => before.get(index)?.index === index)).toBe(true)
})
