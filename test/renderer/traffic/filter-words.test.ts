import { describe, expect, it } from 'vitest'
import { filterWords, isUnfinished, wordBefore } from '../../../renderer/views/traffic/filter/filter-words.js'
import { parseFilter } from '../../../main/capture/reader/filter.js'

describe('The words of a filter as they are typed', () => {
  it('have a field, values and their places', () => {
    const [first, second] = filterWords('-host:a|"b c" len>1k')
    expect(first).toMatchObject({ start: 0, end: 13, negated: true, field: 'host', valuesStart: 6 })
    expect(first?.values.map(({ text, quoted }) => [text, quoted])).toEqual([
      ['a', false],
      ['b c', true]
    ])
    expect(second).toMatchObject({ field: 'len', negated: false, values: [{ text: '>1k' }] })
  })
  it('are cut as the host cuts them', () => {
    for (const text of ['a b', 'text:/a b|c/i d', 'path:/ws/ x', 'host:a|b -status:4xx "quo ted"', 'text:"a\\"b" c']) {
      const parsed = parseFilter(text, 0)
      if (!('filter' in parsed)) throw new Error(`${text} is refused`)
      expect(filterWords(text).map(({ field, negated, values }) => [field ?? 'shown', negated, values.length])).toEqual(
        parsed.filter.map(({ field, negated, tests }) => [field, negated, tests.length])
      )
    }
  })
  it('knows the word at a caret', () => {
    expect(wordBefore('host:a sta', 10)).toMatchObject({ start: 7, field: null })
    expect(wordBefore('host:a ', 7)).toBeNull()
    expect(wordBefore('', 0)).toBeNull()
  })
  it('are not worth a question while more is to come', () => {
    for (const text of ['status:', 'host:a|', 'text:"a b', 'len:>', 'a -']) expect(isUnfinished(text), text).toBe(true)
    for (const text of ['', 'a', 'status:4', 'text:"a b"', 'status: a', 'len:>1']) expect(isUnfinished(text), text).toBe(false)
  })
})
