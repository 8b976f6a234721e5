import { describe, expect, test } from 'vitest'
import { parseFilter } from '../../../main/capture/reader/filter.js'

const now = Date.parse('2026-11-24T12:30:00Z') * 1000
const parsed = (text: string): unknown => parseFilter(text, now)

describe('filter', () => {
  test('words, fields, negation, alternatives and quotes', () => {
    expect(parsed('chat -host:a|"b c" status:101')).toEqual({
      filter: [
        { field: 'shown', negated: false, tests: [{ kind: 'contains', text: 'chat' }] },
        {
          field: 'host',
          negated: true,
          tests: [
            { kind: 'contains', text: 'a' },
            { kind: 'contains', text: 'b c' }
          ]
        },
        { field: 'status', negated: false, tests: [{ least: 101, most: 101 }] }
      ]
    })
    expect(parsed('"a:b \\"c\\""')).toEqual({
      filter: [{ field: 'shown', negated: false, tests: [{ kind: 'contains', text: 'a:b "c"' }] }]
    })
    expect(parsed('  ')).toEqual({ filter: [] })
  })
  test.each([
    ['len:1k', 1000, 1000],
    ['len:>=1.5k', 1500, Infinity],
    ['len<=64', -Infinity, 64],
    ['status:4xx', 400, 499],
    ['opcode:ping', 9, 9],
    ['dur:<=250ms', -Infinity, 250_000],
    ['since:5m', now - 300e6, Infinity],
    ['since:2026-11-24T12:00Z', now - 1800e6, Infinity]
  ])('%s', (text, least, most) => {
    expect(parsed(text)).toMatchObject({ filter: [{ tests: [{ least, most }] }] })
  })
  test('below and above leave the number itself out', () => {
    const bounds = (text: string): { least: number; most: number } => {
      const result = parseFilter(text, now)
      if (!('filter' in result)) throw new Error('not parsed')
      return result.filter[0]?.tests[0] as { least: number; most: number }
    }
    expect(bounds('len:>1k').least).toBeGreaterThan(1000)
    expect(bounds('len:>1k').least).toBeLessThan(1001)
    expect(bounds('len:<1k').most).toBeLessThan(1000)
    expect(bounds('len:<1k').most).toBeGreaterThan(999)
    expect(bounds('len:<0').most).toBeLessThan(0)
  })
  test('regular expressions and bytes', () => {
    expect(parsed('text:/a b|c\\/d/i hex:0d0A|"ff 00"')).toEqual({
      filter: [
        { field: 'text', negated: false, tests: [{ kind: 'regex', regex: /a b|c\/d/i }] },
        {
          field: 'hex',
          negated: false,
          tests: [
            { kind: 'bytes', bytes: Buffer.from([13, 10]) },
            { kind: 'bytes', bytes: Buffer.from([255, 0]) }
          ]
        }
      ]
    })
    // A path is no regular expression.
    for (const path of ['/ws/chat', '/ws/'])
      expect(parsed(`path:${path}`)).toMatchObject({ filter: [{ field: 'path', tests: [{ kind: 'contains', text: path }] }] })
  })
  test.each([
    ['hosst:x', 0, 5, 'There is no field hosst.'],
    ['a status:x', 9, 10, 'status: does not take "x".'],
    ['a "b', 2, 4, 'This quote is not closed.'],
    ['state:open|opned', 11, 16, 'state: does not take "opned".'],
    ['-from:backend', 6, 13, 'from: does not take "backend".'],
    ['hex:123', 4, 7, 'hex: takes pairs of hexadecimal digits.'],
    ['-host:', 0, 6, 'host: lacks a value here.'],
    ['text:/(/', 5, 8, 'This is no regular expression: /(/: Unterminated group.']
  ])('%s is wrong at a place', (text, start, end, message) => {
    expect(parsed(text)).toMatchObject({ fault: { start, end, message } })
  })
  test('a part of a word that a field says is enough', () => {
    for (const text of ['state:fail', 'state:OPEN', 'from:serv', 'state:/^l/']) expect(parsed(text)).toHaveProperty('filter')
  })
})
