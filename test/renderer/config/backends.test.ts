import { describe, expect, it } from 'vitest'
import type { ListenerFacts, OutlineHost } from '../../../shared/contract.js'
import { backendsOf, originOf, readAddress, withMap } from '../../../renderer/views/config/backends.js'
import { otherPort, portsOf, withPort } from '../../../renderer/views/config/ports.js'

describe('origins of routes', () => {
  it.each([
    ['http://app-01.internal:3000/ws/', { host: 'app-01.internal', port: 3000, tls: false }],
    ['wss://Broker/mqtt', { host: 'broker', port: 443, tls: true }],
    ['ws://[::1]:9001/', { host: '::1', port: 9001, tls: false }],
    ['/var/www/html', null],
    ['redirect to https://app.example.com/', null],
    ['not proxied', null]
  ])('%s', (to, origin) => expect(originOf(to)).toEqual(origin))
})

describe('backends', () => {
  const routes = ['http://a:3000/', 'ws://a:3000/ws/', 'http://b/'].map((to) => ({ match: '/', to, upgrades: true, at: null }))
  const hosts: OutlineHost[] = [{ name: 'x', listens: [], at: null, routes }]

  it('stand once each, with where they are here', () => {
    expect(backendsOf(hosts, ['a:3000=127.0.0.1:3001', 'b=127.0.0.1:80'])).toEqual([
      { name: 'a:3000', host: 'a', port: 3000, tls: false, here: '127.0.0.1:3001', routes: 2 },
      { name: 'b:80', host: 'b', port: 80, tls: false, here: '127.0.0.1:80', routes: 1 }
    ])
  })
  it('are led elsewhere by one map, and back', () => {
    const maps = withMap(['a:3000=127.0.0.1:1', 'c=1.2.3.4:5'], { host: 'a', port: 3000 }, '127.0.0.1:2')
    expect(maps).toEqual(['c=1.2.3.4:5', 'a:3000=127.0.0.1:2'])
    expect(withMap([...maps, 'a=127.0.0.1:9'], { host: 'a', port: 3000 }, '')).toEqual(['c=1.2.3.4:5'])
  })
  it.each([
    ['3000', { host: '127.0.0.1', port: 3000 }],
    [':3000', { host: '127.0.0.1', port: 3000 }],
    ['[::1]:80', { host: '::1', port: 80 }],
    ['box.local:8080', { host: 'box.local', port: 8080 }],
    ['box.local', null],
    ['a:70000', null]
  ])('takes %s as an address', (typed, address) => expect(readAddress(typed)).toEqual(address))
})

describe('ports', () => {
  const listener = (production: number, port: number): ListenerFacts => ({
    url: '',
    address: '127.0.0.1',
    port,
    tls: true,
    production: { address: '*', port: production },
    exposed: false
  })

  it('are those that are listened on, then those that would be', () => {
    expect(
      portsOf(
        [listener(443, 8443)],
        [
          [443, 8443],
          [80, 8080]
        ]
      )
    ).toEqual([
      { production: 443, here: 8443, tls: true },
      { production: 80, here: 8080, tls: false }
    ])
  })
  it('need no pair where they are as in production', () => {
    expect(withPort([[443, 8443]], 443, 443)).toEqual([])
    expect(withPort([[443, 8443]], 443, 9443)).toEqual([[443, 9443]])
  })
  it('that cannot be had lead to another one', () => {
    const error = { code: 'port-in-use', message: 'Port 8443 is in use by another program.' } as const
    expect(otherPort(error, [[443, 8443]], [8444])).toEqual({ production: 443, here: 8445 })
    const named = { ...error, hint: 'Serve it on another one: by Ports on the Config screen, --port 8443=8444 on the command line.' }
    expect(otherPort(named, [], [8443, 8444])).toEqual({ production: 8443, here: 8445 })
    expect(otherPort({ code: 'port-denied', message: 'Port 443 needs rights.' }, [], [])).toEqual({ production: 443, here: 8443 })
    expect(otherPort({ code: 'config-refused', message: 'Port 1.' }, [], [])).toBeNull()
  })
})
