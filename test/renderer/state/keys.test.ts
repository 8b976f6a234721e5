import { expect, test } from 'vitest'
import { isTyping, pressed, sayKeys } from '../../../renderer/state/keys.js'

const held = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false }
const press = (key: string, more: Partial<typeof held> & { code?: string } = {}) => ({ key, code: '', ...held, ...more })

test('Mod is ⌘ on a Mac and Ctrl elsewhere, never both', () => {
  expect(pressed(press('k', { ctrlKey: true }), 'Mod+K', false)).toBe(true)
  expect(pressed(press('k', { metaKey: true }), 'Mod+K', false)).toBe(false)
  expect(pressed(press('k', { metaKey: true }), 'Mod+K', true)).toBe(true)
  expect(pressed(press('k', { metaKey: true, ctrlKey: true }), 'Mod+K', true)).toBe(false)
})
test('Shift belongs to letters, and to signs only where it is said', () => {
  expect(pressed(press('P', { ctrlKey: true, shiftKey: true }), 'Mod+P', false)).toBe(false)
  expect(pressed(press('P', { ctrlKey: true, shiftKey: true }), 'Mod+Shift+P', false)).toBe(true)
  expect(pressed(press('/', { shiftKey: true }), '/', false)).toBe(true)
})
test('a digit is where it stands on the keyboard', () => {
  expect(pressed(press('&', { ctrlKey: true, code: 'Digit1' }), 'Mod+1', false)).toBe(true)
  expect(pressed(press('é', { ctrlKey: true, code: 'Digit2' }), 'Mod+1', false)).toBe(false)
})
test('what AltGr types is no chord', () => {
  expect(pressed(press('k', { ctrlKey: true, altKey: true }), 'Mod+K', false)).toBe(false)
})
test('single letters and signs must reach a text field', () => {
  expect(['G', '/', 'Shift+N', 'Mod+K', 'F8', 'Escape'].map(isTyping)).toEqual([true, true, true, false, false, false])
})
test('keys as a person reads them', () => {
  expect(sayKeys('Mod+Shift+P', false)).toBe('Ctrl+Shift+P')
  expect(sayKeys('Mod+Shift+P', true)).toBe('⇧⌘P')
  expect(sayKeys('Escape', false)).toBe('Esc')
  expect(sayKeys('Mod+,', true)).toBe('⌘,')
})
