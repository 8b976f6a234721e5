import { expect, test } from 'vitest'
import { Navigation } from '../../../renderer/state/navigation.svelte.js'
import { Preferences } from '../../../renderer/state/preferences.svelte.js'

const names = ['traffic', 'logs', 'start'] as const

/** A window that opens, over what it and others kept. */
function opened(own = new Map<string, string>(), opens = false) {
  const storage = (kept: Map<string, string>) => ({
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value)
  })
  return new Navigation(new Preferences({ shared: storage(new Map()), own: storage(own) }), names, opens)
}

test('who chose no screen sees Start while an engine starts, and the traffic when it turns out that a config is served', () => {
  const navigation = opened()
  expect(navigation.likely).toBe('start')
  navigation.begin(true, true)
  expect(navigation.screen).toBe('start')
  navigation.begin(false, false)
  expect([navigation.screen, navigation.likely]).toEqual(['traffic', 'traffic'])
  // Once only: what is opened later leads nobody away.
  navigation.begin(true, false)
  expect(navigation.screen).toBe('traffic')
})

test('who started with a config sees the traffic at once, and Start where it turns out that nothing was opened', () => {
  const navigation = opened(undefined, true)
  expect(navigation.likely).toBe('traffic')
  navigation.begin(true, true)
  expect(navigation.screen).toBe('traffic')
  navigation.begin(true, false)
  expect(navigation.screen).toBe('start')
})

test('who went somewhere meanwhile stays there, and who was somewhere before begins there', () => {
  const own = new Map<string, string>()
  const navigation = opened(own)
  navigation.begin(true, true)
  navigation.go('logs')
  navigation.begin(false, false)
  expect(navigation.screen).toBe('logs')
  const next = opened(own)
  expect(next.likely).toBe('logs')
  next.begin(true, false)
  expect(next.screen).toBe('logs')
})

test('Start that nobody left comes back after a reload, as long as nothing was opened', () => {
  const own = new Map<string, string>()
  opened(own).begin(true, false)
  const next = opened(own)
  next.begin(true, false)
  expect(next.screen).toBe('start')
  const later = opened(own)
  later.begin(false, false)
  expect(later.screen).toBe('traffic')
})
