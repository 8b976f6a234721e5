import { describe, expect, test } from 'vitest'
import type { TraceLine } from '../../../shared/trace.js'
import { groupRows, reasonOf } from '../../../renderer/views/traffic/inspect/field-reasons.js'
import { differenceWords, fieldRows, markedWords, type Field } from '../../../renderer/views/traffic/inspect/field-rows.js'

const sent: Field[] = [
  ['Host', 'app.example.com'],
  ['Connection', 'Upgrade'],
  ['X-Debug-Token', '1'],
  ['Cookie', 'a=1']
]
const received: Field[] = [
  ['host', '127.0.0.1:3000'],
  ['Cookie', 'a=1'],
  ['X-Forwarded-Proto', 'https'],
  ['X-Forwarded-For', '127.0.0.1'],
  ['X-Forwarded-Host', 'app.example.com'],
  ['Connection', 'Upgrade']
]
const line = (directive: string, number: number): TraceLine => ({
  verdict: 'applied',
  directive,
  span: { file: 'site.conf', line: number, column: 1, endLine: number, endColumn: 2 },
  says: ''
})

describe('the rows of two heads', () => {
  test('equal names stand level with each other, in the order of the sender', () => {
    const rows = fieldRows(sent, received)
    expect(rows.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'changed Host',
      'same Connection',
      'removed X-Debug-Token',
      'same Cookie',
      'added X-Forwarded-Proto',
      'added X-Forwarded-For',
      'added X-Forwarded-Host'
    ])
    expect(differenceWords(rows)).toBe('1 changed, 1 removed, 3 added')
  })
  test('of several fields of one name, equal values find each other first', () => {
    const rows = fieldRows(
      [
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2']
      ],
      [
        ['Set-Cookie', 'b=2'],
        ['Set-Cookie', 'a=1; Secure'],
        ['Set-Cookie', 'c=3']
      ]
    )
    expect(rows.map(({ kind, before, after }) => [kind, before?.[1], after?.[1]])).toEqual([
      ['changed', 'a=1', 'a=1; Secure'],
      ['same', 'b=2', 'b=2'],
      ['added', undefined, 'c=3']
    ])
  })
  test('every field of either side stands in exactly one row', () => {
    const rows = fieldRows(sent, received)
    expect(rows.flatMap(({ before }) => before ?? [])).toEqual(sent.flat())
    expect(new Set(rows.flatMap(({ after }) => (after === null ? [] : [after])))).toEqual(new Set(received))
  })
})

test.each([
  ['http://a.example/x?y=1', 'http://b.example/x?y=1', ['http://', '*a.example', '/x?y=1']],
  ['same', 'same', ['same']],
  ['one', 'one two', ['one']],
  ['one two', 'one', ['one', '* two']]
])('%j beside %j marks what differs', (text, other, words) => {
  expect(markedWords(text, other).map((word) => (word.differs ? '*' : '') + word.text)).toEqual(words)
})

describe('reasons', () => {
  const lines = [
    line('RequestHeader set X-Forwarded-Proto "https"', 6),
    line('RequestHeader unset X-Debug-Token', 5),
    line('Header always set Host x', 9)
  ]
  test('come from the line that names the field, on the way that it acts', () => {
    const rows = fieldRows(sent, received)
    const reasons = rows.map((row) => (row.kind === 'same' ? null : reasonOf(row, 'backend', lines)))
    expect(reasons.map((reason) => reason?.span?.line ?? reason?.directive ?? null)).toEqual([
      'ProxyPreserveHost Off, default of mod_proxy',
      null,
      5,
      null,
      6,
      'ProxyAddHeaders On, default of mod_proxy',
      'ProxyAddHeaders On, default of mod_proxy'
    ])
  })
  test('rows with one reason are one group', () => {
    const groups = groupRows(fieldRows(sent, received), 'backend', lines)
    expect(groups.map(({ rows }) => rows.length)).toEqual([1, 1, 1, 1, 1, 2])
  })
  test('a directive that did not apply is no reason', () => {
    const missed = lines.map((each): TraceLine => ({ ...each, verdict: 'missed' }))
    expect(reasonOf({ kind: 'removed', name: 'X-Debug-Token', before: null, after: null }, 'backend', missed)).toBeNull()
  })
})
