import { expect, it } from 'vitest'
import { hadIt, lineNow } from '../../../renderer/views/config/line-now.js'

const had = hadIt({ generation: 3 }, { generation: 3 })

it('a line that is still there is gone to without a word', () => {
  expect(lineNow({ line: 2, text: 'a\nb', had }, '# new\na\nb')).toEqual({ line: 3, note: null })
})
it('one that is gone is named, and where it was is gone to', () => {
  expect(lineNow({ line: 2, text: 'a\n  b', had }, 'a\nc')).toEqual({ line: 2, note: 'Line 2 of config 3 is not in this text any more: b' })
})
it('one of a text that is not kept may be another, and that is said', () => {
  const { line, note } = lineNow({ line: 2, text: null, had: hadIt({ exchange: 7 }, { generation: 3 }) }, 'a\nb')
  expect([line, note]).toEqual([2, 'Line 2 of config 3: that text is not kept, so this line may be another.'])
})
