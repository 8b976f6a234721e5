import { describe, expect, it } from 'vitest'
import { readFrameNumber } from '../../../renderer/views/traffic/frames/frame-number.js'
import {
  flagsOf,
  frameLabel,
  gapSays,
  inflatedSays,
  payloadSays,
  printable,
  troubleSays
} from '../../../renderer/views/traffic/frames/frame-words.js'
import { count } from '../../../renderer/state/sizes.js'
import type { FrameTrouble } from '../../../shared/rows.js'
import { exchange, frame } from './rows.js'

const codes = { closeClient: 0, closeServer: 0 }

describe('A frame in its row', () => {
  it('has four flags, a dot for each that is clear', () => {
    expect(flagsOf({ fin: true, rsv: 4 })).toBe('F1··')
    expect(flagsOf({ fin: false, rsv: 3 })).toBe('··23')
  })
  it('shows control characters as their pictures', () => {
    expect(printable('a\tb\u0000\u007f')).toBe('a␉b␀␡')
  })
  it('says why there is nothing to read', () => {
    expect(payloadSays(frame({ preview: '', length: 0 }), codes)).toBe('')
    expect(payloadSays(frame({ preview: '', opcode: 2, length: 4, stored: 4 }), codes)).toBe('4 bytes')
    expect(payloadSays(frame({ preview: '', inflate: 'contextLost' }), codes)).toMatch(/was not captured/)
    expect(payloadSays(frame({ preview: '', stored: 0 }), codes)).toBe('not kept')
  })
  it('does not pass off what is kept of an inflated message as all of it', () => {
    const binary = { preview: '', opcode: 2, compressed: true, inflated: 1_048_576 }
    expect(payloadSays(frame({ ...binary, inflate: 'done' }), codes)).toBe('1.0 MB inflated')
    expect(payloadSays(frame({ ...binary, inflate: 'cut' }), codes)).toBe('more than 1.0 MB inflated')
    expect(inflatedSays(frame({ ...binary, inflate: 'cut' }), count)).toBe('more than 1,048,576')
  })
  it('shows the first bytes of a binary message, and says its size to a reader', () => {
    const four = frame({ opcode: 2, length: 4, stored: 4, preview: '000a1fff' })
    expect([payloadSays(four, codes), frameLabel(four, exchange())]).toEqual([
      '00 0a 1f ff',
      'Frame 1, from client, binary, 4 bytes, 4 bytes'
    ])
    expect(payloadSays(frame({ opcode: 2, length: 99, stored: 99, preview: '0a1f' }), codes)).toBe('0a 1f …')
    expect(payloadSays(frame({ opcode: 2, length: 99, stored: 2, preview: '0a1f' }), codes)).toBe('0a 1f …')
    const inflated = { opcode: 2, compressed: true, stored: 9, inflated: 2, preview: '0a1f', inflate: 'done' } as const
    expect(payloadSays(frame(inflated), codes)).toBe('0a 1f 2 B inflated')
    expect(payloadSays(frame({ ...inflated, inflated: 1_048_576, inflate: 'cut' }), codes)).toBe('0a 1f … more than 1.0 MB inflated')
  })
  it('says code, name and reason of a Close frame', () => {
    // 1000 is 03 e8: the second byte is no UTF-8, so the exchange tells the code.
    expect(payloadSays(frame({ opcode: 8, length: 5, preview: '\u0003\ufffdbye' }), { ...codes, closeClient: 1000 })).toBe(
      '1000 Normal closure: bye'
    )
    // 4608 is 12 00: both bytes stand in the text.
    expect(payloadSays(frame({ opcode: 8, length: 2, preview: '\u0012\u0000' }), codes)).toBe('4608 For private use')
    expect(payloadSays(frame({ opcode: 8, length: 0, preview: '' }), codes)).toBe('no code')
  })
  it('says what is wrong with it, and who sent it so', () => {
    const says = (trouble: FrameTrouble | null, more = {}): string | null => troubleSays(frame({ trouble, from: 'server', ...more }))
    expect([says(null), says('closeCode'), says('inflate')]).toEqual([null, null, null])
    expect(says('reservedBits', { rsv: 5 })).toBe('the server set RSV1, RSV3, which no extension of this tunnel gives a meaning')
    expect(says('reservedOpcode', { opcode: 11 })).toBe('the server sent opcode 0xb, which is reserved')
    expect(says('unmasked', { from: 'client' })).toBe('the client did not mask it, as it must')
    expect(says('longControl', { length: 126 })).toBe('the server sent a control frame of 126 bytes, 125 are the most')
    expect(frameLabel(frame({ trouble: 'masked', from: 'server' }), exchange())).toMatch(/5 bytes, the server masked it, .*, hello$/)
  })
  it('says what is missing before it', () => {
    expect(gapSays(frame())).toBeNull()
    const says = (client: [number, number], server: [number, number]): string | null => {
      const [lostFrames, lostBytes] = [client[0] + server[0], client[1] + server[1]]
      return gapSays(frame({ gapBefore: { lostFrames, lostBytes, fromClient: { lostFrames: client[0], lostBytes: client[1] } } }))
    }
    expect(says([1204, 9000], [0, 0])).toBe('1,204 frames from the client not captured; traffic was not affected')
    expect(says([0, 0], [1, 9])).toBe('1 frame from the server not captured; traffic was not affected')
    expect(says([3, 30], [122, 9000])).toBe(
      '3 frames from the client and 122 frames from the server not captured; traffic was not affected'
    )
    expect(says([0, 400], [0, 0])).toBe('400 B from the client not captured; traffic was not affected')
  })
  it('is spoken', () => {
    expect(frameLabel(frame({ id: 1173, from: 'server' }), exchange())).toBe('Frame 1,174, from server, text, 5 bytes, hello')
  })
  it('is gone to by its number', () => {
    expect(['1', '1,174', ' #7 ', '0', '', 'x'].map(readFrameNumber)).toEqual([0, 1173, 6, null, null, null])
  })
})
