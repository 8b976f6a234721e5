import { expect, it } from 'vitest'
import { sessionSays } from '../../../renderer/views/traffic/session-name.js'

it('says when an earlier capture began, or its name', () => {
  expect(sessionSays('2026-11-28T14-21-21Z.swycap', true)).toBe('2026-11-28 14:21:21')
  expect(sessionSays('browser.capture', true)).toBe('browser.capture')
})
