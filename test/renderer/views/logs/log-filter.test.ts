import { expect, test } from 'vitest'
import { isChipOn, logChips, withChip } from '../../../../renderer/views/logs/log-filter.js'

const chip = (label: string) => logChips.find((one) => one.label === label) as (typeof logChips)[number]

test('a chip is a word of the filter', () => {
  expect(withChip('', chip('Errors'))).toBe('level:error')
  expect(withChip('host:app', chip('access'))).toBe('host:app source:access')
  expect(isChipOn('host:app source:access', chip('access'))).toBe(true)
  expect(isChipOn('-source:access', chip('access'))).toBe(false)
})

test('chips of one field are alternatives, and go one by one', () => {
  const both = withChip('level:error', chip('Warnings'))
  expect(both).toBe('level:error|warning')
  expect(isChipOn(both, chip('Errors')) && isChipOn(both, chip('Warnings'))).toBe(true)
  expect(withChip(both, chip('Errors'))).toBe('level:warning')
  expect(withChip('level:warning', chip('Warnings'))).toBe('')
})

test('words with spaces in them stay as they are', () => {
  expect(withChip('text:"level:error here" code:AH01114', chip('Errors'))).toBe('text:"level:error here" code:AH01114 level:error')
  expect(withChip('text:/a b/ level:error', chip('Errors'))).toBe('text:/a b/')
})
