import { expect, test } from 'vitest'
import { routeFromArgument } from '../../../../main/dialects/native/index.js'
import { exampleMatch, exampleTarget, readTarget, wrongMatch } from '../../../../renderer/views/start/route-fields.js'

const isRead = (target: string) => !('wrong' in readTarget(target))
const isTaken = (match: string, target: string) => {
  try {
    return routeFromArgument(`${match}=${target}`) !== null
  } catch {
    return false
  }
}

test('the example is a route', () => {
  expect(wrongMatch(exampleMatch)).toBeNull()
  expect(isRead(exampleTarget) && isTaken(exampleMatch, exampleTarget)).toBe(true)
})
test.each(['ws://localhost:3000/', 'https://[::1]:8443/x', 'http://10.0.0.2'])('%s is where a route may lead', (target) => {
  expect([isRead(target), isTaken('/', target)]).toEqual([true, true])
})
const nowhere = ['ws://localhost:99999/', 'ws://localhost:0/', 'ws://[::1]:x/', 'ws://exa mple/', 'ws://user:pw@localhost/', 'ws://é.test/']
test.each(['localhost:3000', 'ftp://localhost/', 'ws://localhost/?a=b', 'ws://', ...nowhere])('%s is not', (target) => {
  expect([isRead(target), isTaken('/', target)]).toEqual([false, false])
})
test('a path that is refused is refused as it is typed', () => {
  for (const match of ['ws', '/a?b', '/a b', '/é/']) {
    expect(wrongMatch(match), match).not.toBeNull()
    expect(isTaken(match, exampleTarget), match).toBe(false)
  }
  // The request that carries both has room for so much.
  expect([wrongMatch(`/${'a'.repeat(2000)}`), readTarget(`${exampleTarget}${'a'.repeat(2000)}`)]).toEqual([
    'It is longer than 2,000 characters.',
    { wrong: 'It is longer than 2,000 characters.' }
  ])
  expect([wrongMatch(''), wrongMatch('app.test/ws/')]).toEqual([null, null])
})
test('the port that is asked is the scheme’s own where none is said', () => {
  expect(readTarget('wss://app.test/')).toEqual({ host: 'app.test', port: 443, tls: true })
  expect(readTarget('ws://[::1]/')).toEqual({ host: '::1', port: 80, tls: false })
})
