import { expect, test } from 'vitest'
import { ago, calendarDay, clockSeconds, clockTime, duration, sinceSeconds } from '../../../renderer/state/clock.js'

const us = (ms: number) => ms * 1000
const at = us(Date.UTC(2026, 10, 28, 14, 31, 19, 513)) + 999

test('times of day keep their ms and never round up', () => {
  expect(clockTime(at, { utc: true })).toBe('14:31:19.513')
  expect(clockTime(at, { utc: true, date: true })).toBe('2026-11-28 14:31:19.513')
  expect(clockSeconds(at / 1000, true)).toBe('14:31:19')
  expect(calendarDay(at, true)).toBe('2026-11-28')
})

test('local time is what the clock on the wall shows', () => {
  const local = new Date(at / 1000)
  const pad = (value: number) => String(value).padStart(2, '0')
  expect(clockTime(at, { utc: false })).toBe(`${pad(local.getHours())}:${pad(local.getMinutes())}:${pad(local.getSeconds())}.513`)
})

test('seconds since a beginning have three digits behind the point', () => {
  expect(sinceSeconds(172_301_499, 0)).toBe('172.301')
  expect(sinceSeconds(4_000_000_000, 1_000_000)).toBe('3,999.000')
})

test.each([
  [0, '0 ms'],
  [60, '0.06 ms'],
  [994, '0.99 ms'],
  [2_000, '2 ms'],
  [2_340, '2.3 ms'],
  [38_400, '38 ms'],
  [999_499, '999 ms'],
  [999_500, '1.00 s'],
  [1_250_000, '1.25 s'],
  [60_002_000, '60.0 s'],
  [178_000_000, '2 m 58 s'],
  [3_599_900_000, '1 h 00 m'],
  [75_840e6, '21 h 04 m'],
  [266_400e6, '3 d 02 h'],
  [-38_400, '−38 ms']
])('a duration of %d µs is %s', (value, said) => {
  expect(duration(value)).toBe(said)
})

test('how long ago', () => {
  const now = 1_800_000_000_000
  const said = (seconds: number) => ago(now - seconds * 1000, now)
  expect([said(-5), said(59), said(60), said(3_599), said(7_200), said(200_000)]).toEqual([
    'just now',
    'just now',
    '1 m ago',
    '59 m ago',
    '2 h ago',
    '2 d ago'
  ])
})
