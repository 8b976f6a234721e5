import { describe, expect, it } from 'vitest'
import { TellingParts, urlOf } from '../../../renderer/views/traffic/exchanges/address.js'
import { activitySays, barsPath } from '../../../renderer/views/traffic/exchanges/activity-path.js'
import {
  dotOf,
  exchangeLabel,
  framesOf,
  framesSay,
  statusOf,
  statusSays,
  typeOf
} from '../../../renderer/views/traffic/exchanges/exchange-words.js'
import { wentBadly } from '../../../shared/went-badly.js'
import { ended, exchange, http, openedAtUs } from './rows.js'

describe('The address of a row', () => {
  const of = (...targets: string[]) => {
    const rows = targets.map((target) => exchange({ target }))
    const telling = new TellingParts(rows)
    return rows.map((row) => telling.of(row))
  }
  const textOf = ({ path, query }: ReturnType<TellingParts['of']>): string => path + query.map(({ text }) => text).join('')
  it('has the target as it was sent, its secrets masked', () => {
    for (const target of ['/path?x=1', '/path', '/path?', '/a?b&c=&&d=%20', '/a?b=1?2&b=1']) expect(textOf(of(target)[0]!)).toBe(target)
    expect(textOf(of('/ws?room=1&token=abc')[0]!)).toBe('/ws?room=1&token=•••')
  })
  it('knows the parts of the query that tell rows of one path apart', () => {
    const telling = (...targets: string[]) => of(...targets).map(({ query }) => query.filter(({ tells }) => tells).map(({ text }) => text))
    expect(telling('/s?EIO=4&sid=a', '/s?EIO=4&sid=b', '/s?EIO=4')).toEqual([['&sid=a'], ['&sid=b'], []])
    expect(telling('/s?EIO=4', '/t?EIO=4')).toEqual([['?EIO=4'], ['?EIO=4']])
    expect(telling('/s?a', '/s?a')).toEqual([[], []])
  })
  it('has the host only where hosts differ', () => {
    const one = [exchange(), exchange()]
    expect(new TellingParts(one).of(one[0]!).host).toBe('')
    const two = [exchange(), exchange({ host: 'www.example.com' })]
    expect(new TellingParts(two).of(two[1]!).host).toBe('www.example.com')
  })
  it('masks secrets, unless they are asked for', () => {
    const row = exchange({ target: '/ws?room=1&access_token=abc&authority=x' })
    expect(urlOf(row)).toBe('wss://app.example.com/ws?room=1&access_token=•••&authority=x')
    expect(urlOf(row, { secrets: true })).toBe('wss://app.example.com/ws?room=1&access_token=abc&authority=x')
    expect(urlOf(http({ target: 'http://other/x' }))).toBe('http://other/x')
  })
})

describe('The status of a row', () => {
  it('is 101 while a tunnel is open, then its close code', () => {
    expect(statusOf(exchange())).toBe('101')
    expect(statusOf(ended(1, { closeClient: 1000, closeServer: 1000 }))).toBe('1000')
    expect(statusOf(ended(1, { closeClient: 1000, closeServer: 1011 }))).toBe('1011')
    expect(statusOf(ended(1))).toBe('1006')
    expect(statusOf(exchange({ state: 'lost' }))).toBe('lost')
  })
  it('is that of the answer otherwise', () => {
    expect(statusOf(http({ status: 404 }))).toBe('404')
    expect(statusOf(http({ status: 0, state: 'open' }))).toBe('…')
    expect(statusSays(http({ status: 503, state: 'failed', cause: 'refused', address: '127.0.0.1:9' }))).toBe(
      '503: Nothing listens at 127.0.0.1:9'
    )
  })
  it('is bad where something went wrong', () => {
    expect([exchange(), http(), http({ status: 301 }), ended(1, { closeClient: 1001 })].map(wentBadly)).toEqual([
      false,
      false,
      false,
      false
    ])
    const bad = [http({ status: 400 }), http({ state: 'failed' }), ended(1), ended(1, { closeServer: 1009 }), exchange({ state: 'lost' })]
    expect(bad.map(wentBadly)).toEqual(bad.map(() => true))
    expect(wentBadly(ended(1, { ended: 'stopped' }))).toBe(false)
    expect(dotOf(http())).toBeNull()
    expect(dotOf(exchange())?.tone).toBe('live')
  })
  it('is spoken in a row', () => {
    expect(exchangeLabel(exchange(), openedAtUs + 4_000_000)).toBe('WS, wss://app.example.com/ws/, open, 4.00 s')
    expect(exchangeLabel(ended(4, { closeServer: 1009 }), 0)).toBe(
      'WS, wss://app.example.com/ws/, 1009 Message too big, not answered, 4.00 s'
    )
    expect(exchangeLabel(ended(4), 0)).toBe('WS, wss://app.example.com/ws/, 1006 no Close frame, 4.00 s')
    expect(exchangeLabel(http({ status: 404 }), 0)).toBe('GET, https://app.example.com/, status 404, 38 ms')
  })
})

describe('A handshake that was refused', () => {
  const refused = http({ handshake: 1, status: 404, target: '/ws/' })
  it('is a WebSocket by its type and address, with the status that refused it', () => {
    expect([typeOf(refused), urlOf(refused), statusOf(refused)]).toEqual(['WS', 'wss://app.example.com/ws/', '404'])
    expect(exchangeLabel(refused, 0)).toBe('WS, wss://app.example.com/ws/, status 404, 38 ms')
    expect(statusSays(refused)).toBe('No WebSocket: answered with 404')
  })
  it('is bad whatever was answered, once it was', () => {
    expect(dotOf(refused)).toEqual({ tone: 'bad', title: 'WebSocket refused' })
    const answers = [200, 302, 0].map((status) => http({ handshake: 1, status }))
    expect(answers.map(wentBadly)).toEqual([true, true, true])
    expect(wentBadly(http({ handshake: 1, status: 0, state: 'open', endedAtUs: 0 }))).toBe(false)
  })
})

describe('A strip of activity', () => {
  const box = { width: 8, axis: 9, height: 8 }
  it('has a bar for each bin that has something, the loudest as high as there is room', () => {
    expect(barsPath([0, 4, 0, 1], 4, { ...box, down: false })).toBe('M2 1h1.5v8h-1.5zM6 5h1.5v4h-1.5z')
    expect(barsPath([4], 4, { ...box, down: true })).toBe('M0 9h7.5v8h-7.5z')
    expect(barsPath([0, 0], 0, { ...box, down: true })).toBe('')
  })
  it('is said in words', () => {
    expect(activitySays([0, 0], [0, 0], true)).toBe('Nothing passed, closed badly')
    expect(activitySays([1, 1, 1, 0], [0, 0, 0, 2], false)).toBe('client all along, backend now and then')
  })
})

it('frames are told in six chars at most, and exactly in the title', () => {
  const told = [0, 99_999, 100_002, 999_999, 1_000_000, 10_214_882].map((frames) => framesOf(exchange(), frames))
  expect(told).toEqual(['0', '99,999', '100 k', '999 k', '1.0 M', '10.2 M'])
  expect(framesOf(http(), 3)).toBe('')
  expect(framesSay(exchange(), 100_002, 1_400_000)).toBe('100,002 frames, 1.4 MB')
})
