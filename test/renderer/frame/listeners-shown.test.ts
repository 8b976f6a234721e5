import { expect, test } from 'vitest'
import { securedFirst, shownIn } from '../../../renderer/frame/listeners-shown.js'
import type { ListenerFacts } from '../../../shared/contract.js'

const listener = (url: string, port: number): ListenerFacts => ({
  url,
  address: '127.0.0.1',
  port,
  production: { address: '*', port },
  tls: url.startsWith('https'),
  exposed: false
})

test('listeners of TLS come first, each kind in the order of the config', () => {
  const all = [listener('http://a:80', 80), listener('https://a:443', 443), listener('http://a:81', 81), listener('https://a:444', 444)]
  expect(securedFirst(all).map(({ port }) => port)).toEqual([443, 444, 80, 81])
})

test('as many addresses stand in the bar as there is room for: two at most, one always', () => {
  expect(shownIn(1000, [])).toBe(0)
  expect(shownIn(0, [200, 200])).toBe(1)
  expect(shownIn(414, [200, 200])).toBe(2)
  expect(shownIn(413, [200, 200])).toBe(1)
  // The button to the third takes room, too.
  expect(shownIn(414, [200, 200, 200])).toBe(1)
  expect(shownIn(462, [200, 200, 200])).toBe(2)
  expect(shownIn(2000, [200, 200, 200])).toBe(2)
})
