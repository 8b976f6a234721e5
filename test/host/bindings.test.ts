import { describe, expect, it } from 'vitest'
import { bindingsFor, isExposed } from '../../main/host/bindings.js'
import type { ListenerSpec } from '../../shared/site.js'

const here = new Set(['127.0.0.1', '::1', '192.168.7.5', 'fe80::7'])

/** `address port` of each, `?` behind one that may be passed over. */
function bound(listens: readonly string[], { ports = {}, expose = false }: { ports?: Record<number, number>; expose?: boolean } = {}) {
  const listeners = listens.map((text) => {
    const [address, port] = text.split(' ')
    return { address, port: Number(port), tls: false } as ListenerSpec
  })
  const rules = { ports: new Map(Object.entries(ports).map(([from, to]) => [Number(from), to])), expose }
  return bindingsFor(listeners, rules, here).map(({ address, port, optional }) => `${address} ${port}${optional === true ? '?' : ''}`)
}

describe('bindingsFor', () => {
  it.each([
    ['every wildcard is loopback', ['* 80'], ['127.0.0.1 80', '::1 80?']],
    ['one of IPv4 too', ['0.0.0.0 80'], ['127.0.0.1 80']],
    ['one of IPv6 too', [':: 80'], ['::1 80']],
    ['loopback addresses stay as they are', ['127.0.0.1 80', '127.0.0.9 80', '::1 80'], ['127.0.0.1 80', '127.0.0.9 80', '::1 80']],
    ['an address of this machine is not exposed unasked', ['192.168.7.5 80'], ['127.0.0.1 80']],
    ['a production address is served on loopback', ['192.0.2.10 443'], ['127.0.0.1 443']],
    ['two of them stay two listeners', ['192.0.2.10 443', '192.0.2.11 443'], ['127.0.0.1 443', '127.0.0.2 443']],
    ['with other ports they share an address', ['192.0.2.10 80', '192.0.2.10 443'], ['127.0.0.1 80', '127.0.0.1 443']],
    ['two of IPv6 as well', ['2001:db8::1 80', '2001:db8::2 80'], ['::1 80', '127.0.0.2 80']],
    ['the second family stands back for an address of its own', ['::1 80', '* 80'], ['::1 80', '127.0.0.1 80']]
  ])('%s', (_what, listens, expected) => {
    expect(bound(listens)).toEqual(expected)
  })

  it.each([
    ['wildcards are bound as written', ['* 80'], ['0.0.0.0 80', ':: 80?']],
    ['so is an address of this machine', ['192.168.7.5 80', '0.0.0.0 81'], ['192.168.7.5 80', '0.0.0.0 81']],
    ['but not one that it lacks', ['192.0.2.10 80'], ['127.0.0.1 80']],
    ['and loopback stays loopback', ['127.0.0.1 80'], ['127.0.0.1 80']]
  ])('exposed: %s', (_what, listens, expected) => {
    expect(bound(listens, { expose: true })).toEqual(expected)
  })

  it('maps ports, and any free port is one of the first family alone', () => {
    expect(bound(['* 443', '* 80'], { ports: { 443: 8443 } })).toEqual(['127.0.0.1 8443', '::1 8443?', '127.0.0.1 80', '::1 80?'])
    expect(bound(['* 443', '* 80'], { ports: { 443: 0, 80: 0 } })).toEqual(['127.0.0.1 0', '127.0.0.1 0'])
  })

  it('refuses a mapping that makes one port of two', () => {
    expect(() => bound(['* 443', '* 8443'], { ports: { 443: 8443 } })).toThrow(
      'Ports 443 and 8443 of the config would both be served on 8443.'
    )
    expect(bound(['* 443', '* 8443'], { ports: { 443: 8443, 8443: 443 } })).toHaveLength(4)
  })
})

it('knows what other machines could reach', () => {
  expect(['127.0.0.1', '127.9.9.9', '::1'].map(isExposed)).toEqual([false, false, false])
  expect(['0.0.0.0', '::', '192.168.7.5', '12.7.0.0'].map(isExposed)).toEqual([true, true, true, true])
})
