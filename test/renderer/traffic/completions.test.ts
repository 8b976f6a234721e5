import { describe, expect, it } from 'vitest'
import { completionsAt, exchangeFields } from '../../../renderer/views/traffic/filter/completions.js'
import { shownFault } from '../../../renderer/views/traffic/filter/filter-fault.js'
import { matchedSays } from '../../../renderer/views/traffic/filter/matched-words.js'
import { valuesSeen } from '../../../renderer/views/traffic/filter/values-seen.js'
import { filterFields } from '../../../main/capture/reader/filter.js'
import { http } from './rows.js'

const seen = (field: string): readonly string[] => (field === 'host' ? ['app.example.com', 'a b'] : [])
const texts = (text: string, caret = text.length) => completionsAt(text, caret, exchangeFields, seen).map((one) => one.text)

describe('What is offered while a filter is typed', () => {
  it('is fields by their beginning, behind a minus too', () => {
    expect(texts('st')).toEqual(['status:', 'state:'])
    expect(texts('host:a -st')).toEqual(['status:', 'state:'])
    expect(completionsAt('a st', 4, exchangeFields, seen)[0]).toMatchObject({ from: 2, to: 4 })
  })
  it('is values, those that were seen among them, quoted where they need it', () => {
    expect(texts('state:')).toEqual(['open', 'closed', 'failed', 'lost'])
    expect(texts('state:open|lo')).toEqual(['lost', 'closed'])
    expect(texts('host:')).toEqual(['app.example.com', '"a b"'])
    expect(texts('host:exam')).toEqual(['app.example.com'])
  })
  it('is nothing where nothing is typed, or all of it stands there', () => {
    expect(texts('')).toEqual([])
    expect(texts('state:lost')).toEqual([])
    expect(texts('nofield:')).toEqual([])
  })
  it('names only fields that the host knows', () => {
    expect(exchangeFields.map(({ name }) => name).filter((name) => !filterFields.includes(name))).toEqual([])
  })
  it('has what rows have, most of them first', () => {
    const rows = [http({ target: '/a?x=1' }), http({ target: '/b' }), http({ target: '/b?y' })]
    expect(valuesSeen(rows, 'path')).toEqual(['/b', '/a'])
    expect(valuesSeen(rows, 'len')).toEqual([])
  })
})

describe('What is told of a filter', () => {
  it('is the fault and its place', () => {
    const message = 'The filter is wrong at 8: "fo\\"o". There is no field foo.'
    expect(shownFault({ code: 'filter-invalid', message, hint: 'Fields: …' })).toEqual({
      message: 'There is no field foo.',
      hint: 'Fields: …',
      start: 7,
      end: 11
    })
    expect(shownFault({ code: 'internal', message: 'Gone.' })).toMatchObject({ message: 'Gone.', start: 0, end: 0 })
  })
  it('is how many match, and how far a long search is', () => {
    const found = { filter: 'a', filterError: null, matched: 44, total: 1284, looked: 1284, matching: false }
    expect(matchedSays(found)).toBe('44 of 1,284')
    expect(matchedSays({ ...found, filter: '' })).toBe('')
    expect(matchedSays({ ...found, filterError: { code: 'filter-invalid', message: '' } })).toBe('')
    expect(matchedSays({ ...found, total: 10_214_882, looked: 3_200_000, matching: true })).toBe('filtering 3.2 M of 10.2 M')
  })
})
