/** `Mod+Shift+P`: Mod is ⌘ on a Mac and Ctrl elsewhere; the last part is `KeyboardEvent.key`. */
export type Keys = string

export const isMac = /^Mac/.test(globalThis.navigator?.platform ?? '')

interface Chord {
  readonly mod: boolean
  readonly shift: boolean
  readonly alt: boolean
  readonly key: string
}
type Pressed = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>

function chordOf(keys: Keys): Chord {
  const parts = keys.split('+')
  const key = (parts.at(-1) ?? '').toLowerCase()
  return { mod: parts.includes('Mod'), shift: parts.includes('Shift'), alt: parts.includes('Alt'), key }
}

/** Whether an event is these keys. */
export function pressed(event: Pressed, keys: Keys, mac = isMac): boolean {
  const { mod, shift, alt, key } = chordOf(keys)
  const modHeld = mac ? event.metaKey : event.ctrlKey
  const otherHeld = mac ? event.ctrlKey : event.metaKey
  // A digit is where it stands on the keyboard: with Shift, or on a French one, its key says something else.
  const typed = mod && /^\d$/.test(key) && /^Digit\d$/.test(event.code) ? event.code.slice(5) : event.key.toLowerCase()
  // Signs such as / may need Shift to be typed at all.
  const shiftFits = event.shiftKey === shift || (!shift && key.length === 1 && !/[a-z0-9]/.test(key))
  return typed === key && modHeld === mod && !otherHeld && event.altKey === alt && shiftFits
}

/** A letter, digit or sign alone, which must reach a text field. */
export function isTyping(keys: Keys): boolean {
  const { mod, alt, key } = chordOf(keys)
  return !mod && !alt && key.length === 1
}

const macSigns: Readonly<Record<string, string>> = { Mod: '⌘', Shift: '⇧', Alt: '⌥' }
const names: Readonly<Record<string, string>> = {
  Escape: 'Esc',
  Enter: '↵',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  ' ': 'Space'
}

/** As a person reads it: `⇧⌘P`, `Ctrl+Shift+P`. */
export function sayKeys(keys: Keys, mac = isMac): string {
  const parts = keys.split('+')
  const last = parts.pop() ?? ''
  const key = names[last] ?? (last.length === 1 ? last.toUpperCase() : last)
  if (!mac) return [...parts.map((part) => (part === 'Mod' ? 'Ctrl' : part)), key].join('+')
  return (
    ['Alt', 'Shift', 'Mod']
      .filter((part) => parts.includes(part))
      .map((part) => macSigns[part])
      .join('') + key
  )
}
