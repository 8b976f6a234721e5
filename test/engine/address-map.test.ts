import { describe, expect, it } from 'vitest'
import { AddressMap } from '../../main/engine/address-map.js'
import type { Target } from '../../shared/steps.js'

const target = (host: string, port: number): Target => ({ host, port, tls: null })

describe('--map', () => {
  it.each([
    ['backend=127.0.0.1:3000', 'backend', 80, '127.0.0.1:3000'],
    ['backend=127.0.0.1:3000', 'BACKEND', 8443, '127.0.0.1:3000'],
    ['Backend.Test:8080=localhost:3000', 'backend.test', 8080, 'localhost:3000'],
    ['backend.test:8080=localhost:3000', 'backend.test', 8081, 'backend.test:8081'],
    ['[2001:db8::1]:80=[::1]:3000', '2001:db8::1', 80, '::1:3000'],
    ['10.0.0.1=127.0.0.1:3000', '10.0.0.1', 1, '127.0.0.1:3000'],
    ['other=127.0.0.1:3000', 'backend', 80, 'backend:80']
  ])('%s sends %s port %i to %s', (rule, host, port, expected) => {
    const to = new AddressMap([rule]).addressOf(target(host, port))
    expect(`${to.host}:${to.port}`).toBe(expected)
  })

  it('a name with its port goes before the name alone, and the first rule before a later one', () => {
    const map = new AddressMap(['a=1.1.1.1:1', 'a:80=2.2.2.2:2', 'a=3.3.3.3:3', 'a:80=4.4.4.4:4'])
    expect(map.addressOf(target('a', 80))).toEqual({ host: '2.2.2.2', port: 2 })
    expect(map.addressOf(target('a', 81))).toEqual({ host: '1.1.1.1', port: 1 })
  })

  it.each(['', 'a', 'a=b', 'a=b:', 'a=:80', '=b:80', 'a:x=b:80', 'a:70000=b:80', 'a=b:70000', 'a b=c:80', '::1=b:80', 'a=b:80:80'])(
    'refuses %j and says how it is written',
    (rule) => {
      expect(() => new AddressMap([rule])).toThrow(
        expect.objectContaining({ code: 'bad-argument', hint: expect.stringContaining('--map') as string })
      )
    }
  )
})
