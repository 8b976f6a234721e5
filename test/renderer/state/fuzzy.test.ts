import { expect, test } from 'vitest'
import { fuzzyScore } from '../../../renderer/state/fuzzy.js'

const best = (query: string, ...texts: string[]) => texts.toSorted((a, b) => fuzzyScore(query, b) - fuzzyScore(query, a))[0]

test('letters have to stand in their order', () => {
  expect(fuzzyScore('tl', 'Traffic list')).toBeGreaterThan(0)
  expect(fuzzyScore('lt', 'Traffic')).toBe(0)
  expect(fuzzyScore('traffics', 'Traffic')).toBe(0)
})
test('nothing asked finds everything', () => {
  expect(fuzzyScore('', 'Traffic')).toBeGreaterThan(0)
  expect(fuzzyScore('  ', 'Traffic')).toBeGreaterThan(0)
})
test('starts of words, what stands in one piece, and the shorter come first', () => {
  expect(best('oc', 'Open a config…', 'Stop capture')).toBe('Open a config…')
  expect(best('config', 'Check one finding', 'Config')).toBe('Config')
  expect(best('theme', 'Theme of the system', 'Theme')).toBe('Theme')
})
