import { describe, expect, it } from 'vitest'
import { hostName, type HostName } from '../../main/certs/host-name.js'
import { localPermitted, maskBytes, permits, permittedFor, rangeText, readRange, tooBroad } from '../../main/certs/permitted.js'

const host = (name: string): HostName => hostName(name) as HostName

describe('the first authority', () => {
  it.each([
    'localhost',
    'app.localhost',
    '*.localhost',
    'a.b.test',
    '127.0.0.1',
    '127.255.255.255',
    '::1',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '169.254.0.1',
    'fd00::1',
    'fe80::1',
    'febf::1'
  ])('may issue for %s', (name) => expect(permits(localPermitted, host(name))).toBe(true))
  it.each([
    'example.com',
    'notlocalhost',
    'localhost.example',
    'mytest',
    '8.8.8.8',
    '128.0.0.1',
    '172.32.0.1',
    '172.15.255.255',
    '192.169.0.1',
    '::2',
    '2001:db8::1',
    'fec0::1',
    'fe00::1',
    '::ffff:127.0.0.1'
  ])('may not issue for %s', (name) => expect(permits(localPermitted, host(name))).toBe(false))
})

describe('an authority for the names of a config', () => {
  it('is permitted just these, each once, a wildcard as the name it stands on', () => {
    const permitted = permittedFor(['www.b.org', '*.a.com', 'a.com', 'x.y.a.com', '192.0.2.7'].map(host))
    expect(permitted.names).toEqual(['a.com', 'www.b.org'])
    expect(permitted.ranges.map(rangeText)).toEqual(['192.0.2.7'])
  })
  it('is the same whatever their order', () => {
    const names = ['b.org', 'a.com', '2001:db8::1', '192.0.2.7'].map(host)
    expect(permittedFor(names)).toEqual(permittedFor([...names].reverse()))
  })
  it.each(['com', '*.com', 'dev', '*.app', 'xn--p1ai', 'co.uk', '*.co.uk', 'com.au'])('is not made for %s', (name) =>
    expect(tooBroad(host(name))).not.toBeNull()
  )
  it.each(['example.com', '*.example.com', 'app.co.uk', 'localhost', '*.test', 'backend-server', 'web1', '192.0.2.7', 't.co'])(
    'is made for %s',
    (name) => expect(tooBroad(host(name))).toBeNull()
  )
})

describe('a range of addresses', () => {
  it.each(['10.0.0.0/8', '172.16.0.0/12', '192.0.2.7', '0.0.0.0/0', 'fc00::/7', '::1'])('%s is written and read', (text) => {
    const range = readRange(text)
    expect(range && rangeText(range)).toBe(text)
  })
  it.each(['', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', 'localhost/8', '10.0.0.0/-1'])('%j is none', (text) =>
    expect(readRange(text)).toBeNull()
  )
  it('has a mask', () => {
    expect(maskBytes(readRange('172.16.0.0/12') ?? never()).toString('hex')).toBe('fff00000')
    expect(maskBytes(readRange('fc00::/7') ?? never()).toString('hex')).toBe('fe' + '00'.repeat(15))
  })
})

function never(): never {
  throw new Error('not a range')
}
