import { expect, it } from 'vitest'
import { captureNow, wholeSays } from '../../../renderer/frame/capture-words.js'

const capture = { session: 'a.swycap', file: '/a.swycap', bytes: 0, paused: false, trouble: null, unwrittenMs: 0 }

it('the status bar says that it captures only while there is a proxy to capture', () => {
  expect(captureNow({ state: 'running', capture })).toEqual({ tone: 'quiet', says: 'Capturing' })
  expect(captureNow({ state: 'stopped', capture })).toEqual({ tone: 'off', says: 'Not capturing: stopped' })
  expect(captureNow({ state: 'failed', capture }).says).toBe('Not capturing: failed')
  expect(captureNow({ state: 'running', capture: { ...capture, paused: true } }).says).toBe('Paused')
  expect(captureNow({ state: 'running', capture: null }).says).toBe('Not capturing')
})

it('the status bar claims that nothing was missed only of a capture that was never paused', () => {
  expect(wholeSays(capture)).toMatchObject({ whole: true, says: 'nothing missed' })
  expect(wholeSays({ ...capture, paused: true })).toBeNull()
  expect(wholeSays({ ...capture, trouble: 'The disk is full.' })).toBeNull()
  expect(wholeSays({ ...capture, unwrittenMs: 12_000 })).toMatchObject({ whole: false, says: '12.0 s not captured' })
})
