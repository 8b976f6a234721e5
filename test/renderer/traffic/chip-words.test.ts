import { describe, expect, it } from 'vitest'
import { chipIsOn, withChipToggled } from '../../../renderer/views/traffic/filter/chip-words.js'

const open = { field: 'state', values: ['open'] }
const failed = { field: 'state', values: ['failed', 'lost'] }
const control = { field: 'opcode', values: ['close', 'ping', 'pong'] }

describe('A chip and the text of the filter', () => {
  it('is on where the text says so, however it was typed', () => {
    expect(chipIsOn('state:open', open)).toBe(true)
    expect(chipIsOn('host:a STATE:closed|OPEN', open)).toBe(true)
    expect(chipIsOn('state:"open"', open)).toBe(true)
    expect(chipIsOn('opcode:ping|pong', control)).toBe(false)
    expect(chipIsOn('opcode:pong|text|ping|close', control)).toBe(true)
  })
  it('is off where the word is negated, or is part of another', () => {
    expect(chipIsOn('-state:open', open)).toBe(false)
    expect(chipIsOn('"state:open"', open)).toBe(false)
    expect(chipIsOn('state:opened', open)).toBe(false)
    expect(chipIsOn('', open)).toBe(false)
  })
  it.each([
    ['', open, 'state:open'],
    ['host:a', open, 'host:a state:open'],
    ['host:a ', open, 'host:a state:open'],
    ['state:open host:a', failed, 'state:open|failed|lost host:a'],
    ['-state:lost', failed, '-state:lost state:failed|lost'],
    ['state:/op/ a', open, 'state:/op/ a state:open']
  ])('%j, switched on, is %j → %j', (text, chip, result) => {
    expect(withChipToggled(text, chip)).toBe(result)
    expect(chipIsOn(result, chip)).toBe(true)
  })
  it.each([
    ['state:open', open, ''],
    ['host:a  state:open text:"b c"', open, 'host:a text:"b c"'],
    ['state:open|failed|lost', failed, 'state:open'],
    ['state:open a state:open', open, 'a'],
    ['opcode:close|text|ping|pong', control, 'opcode:text']
  ])('%j, switched off, is %j → %j', (text, chip, result) => {
    expect(withChipToggled(text, chip)).toBe(result)
    expect(chipIsOn(result, chip)).toBe(false)
  })
  it('comes back to the same text when it is pressed twice', () => {
    for (const text of ['', 'host:a', 'state:open len:>1k', '"a b"|c'])
      expect(withChipToggled(withChipToggled(text, failed), failed)).toBe(text)
  })
})
