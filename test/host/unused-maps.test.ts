import { expect, it } from 'vitest'
import type { OutlineHost } from '../../shared/contract.js'
import { unusedMaps } from '../../main/host/unused-maps.js'

function hostTo(...targets: string[]): OutlineHost[] {
  return [{ name: 'a.test', listens: [], at: null, routes: targets.map((to) => ({ match: '/', to, upgrades: false, at: null })) }]
}

it.each([
  ['backend=127.0.0.1:1', 'http://backend/'],
  ['BACKEND:80=127.0.0.1:1', 'ws://Backend/ws/'],
  ['backend:443=127.0.0.1:1', 'wss://backend'],
  ['backend:8080=127.0.0.1:1', 'http://backend:8080/'],
  ['[2001:db8::1]=127.0.0.1:1', 'http://[2001:db8::1]:81/'],
  ['anything=127.0.0.1:1', 'http://$1.internal/']
])('%s is used for %s', (map, to) => expect(unusedMaps([map], hostTo(to))).toEqual([]))

it('a map of another name or port is named, with the origins that there are', () => {
  const hosts = hostTo('http://one/', 'ws://two:3000/ws', 'http://one/more', '/srv/www', 'not proxied', 'redirect to https://x/')
  expect(unusedMaps(['onee=127.0.0.1:1', 'one=127.0.0.1:1', 'two:3001=[::1]:2'], hosts)).toMatchObject([
    { message: 'The config sends nothing to onee: --map onee=127.0.0.1:1 is not used.', hint: 'Its origins: one:80, two:3000' },
    { message: 'The config sends nothing to two:3001: --map two:3001=[::1]:2 is not used.', severity: 'warning', routing: false }
  ])
  expect(unusedMaps(['a=b:1'], hostTo('/srv'))).toMatchObject([{ hint: 'It has no origin at all.' }])
  const many = unusedMaps(['a=b:1'], hostTo(...Array.from({ length: 10 }, (_, at) => `http://h${at}/`)))
  expect(many[0]?.hint).toMatch(/h7:80 and 2 more$/)
})
