import { expect, test } from 'vitest'
import { count, counts, rate, size } from '../../../renderer/state/sizes.js'

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1.0 kB'],
  [9_949, '9.9 kB'],
  [9_950, '10 kB'],
  [112_400, '112 kB'],
  [999_499, '999 kB'],
  [999_960, '1.0 MB'],
  [3_100_000_000, '3.1 GB'],
  [5e15, '5000 TB']
])('%d bytes are %s', (bytes, said) => {
  expect(size(bytes)).toBe(said)
})

test('numbers have separators, one is no plural', () => {
  expect(count(10_214_882)).toBe('10,214,882')
  expect([counts(1, 'frame'), counts(0, 'frame'), counts(1_204, 'frame'), counts(2, 'entry', 'entries')]).toEqual([
    '1 frame',
    '0 frames',
    '1,204 frames',
    '2 entries'
  ])
  expect(rate(112_400)).toBe('112 kB/s')
})
