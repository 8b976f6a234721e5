import { describe, expect, it } from 'vitest'
import { persists } from '../../../main/engine/exchange/origin-persistence.js'

const request = (...fields: string[]) => ({ method: 'GET', target: '/', version: 'HTTP/1.1', fields })
const answer = (status: number, version: string, ...fields: string[]) => ({ version, status, reason: '', fields })

describe('a connection to an origin persists', () => {
  it.each([
    ['by default in HTTP/1.1', request(), answer(200, 'HTTP/1.1'), true],
    ['not where the origin says close', request(), answer(200, 'HTTP/1.1', 'Connection', 'foo, Close'), false],
    ['not where we say close', request('Connection', 'close'), answer(200, 'HTTP/1.1'), false],
    ['in HTTP/1.0 only where the origin says so', request(), answer(200, 'HTTP/1.0'), false],
    ['in HTTP/1.0 where it does', request(), answer(200, 'HTTP/1.0', 'Connection', 'keep-alive'), true],
    ['never behind a 101: it speaks another protocol now', request(), answer(101, 'HTTP/1.1', 'Connection', 'upgrade'), false],
    ['never behind a 100: the answer is still to come', request(), answer(100, 'HTTP/1.1'), false]
  ])('%s', (_what, asked, answered, expected) => {
    expect(persists(asked, answered)).toBe(expected)
  })
})
