import { expect, test } from 'vitest'
import { Preferences } from '../../../renderer/state/preferences.svelte.js'

/** What a browser keeps, as a map. */
function storage() {
  const kept = new Map<string, string>()
  return { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) }
}

test('each window keeps its own, beside what all of them share; a new one begins with what was kept last', () => {
  const shared = storage()
  const own = [storage(), storage(), storage()]
  const [first, second] = own.map((one) => new Preferences({ shared, own: one })) as [Preferences, Preferences]
  first.setOwn('screen', 'config')
  expect(second.getOwn('screen', '')).toBe('config')
  second.setOwn('screen', 'logs')
  expect([first.getOwn('screen', ''), second.getOwn('screen', '')]).toEqual(['config', 'logs'])
  // The page is loaded anew, and another window is opened.
  expect(new Preferences({ shared, own: own[0]! }).getOwn('screen', '')).toBe('config')
  expect(new Preferences({ shared, own: own[2]! }).getOwn('screen', '')).toBe('logs')
  first.set('theme', 'dark')
  expect(second.get('theme', '')).toBe('dark')
})

test('what is kept of another kind is not taken', () => {
  const own = storage()
  own.setItem('switchyard.screen', '7')
  own.setItem('switchyard.file', '{')
  const preferences = new Preferences({ shared: storage(), own })
  expect([preferences.getOwn('screen', 'none'), preferences.getOwn('file', 'none')]).toEqual(['none', 'none'])
})
