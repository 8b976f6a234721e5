import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lookAtHello, maxHelloBytes } from '../../../main/engine/listen/client-hello.js'
import { browserHello, nodeHello, opensslHello, records, unrecorded } from './real-hellos.js'

const hello = (serverName: string | null, alpn: readonly string[]): object => ({ look: 'hello', hello: { serverName, alpn } })

describe('real clients', () => {
  it('Node, with and without a name', async () => {
    expect(lookAtHello(await nodeHello({ servername: 'app.test', ALPNProtocols: ['http/1.1'] }))).toEqual(hello('app.test', ['http/1.1']))
    expect(lookAtHello(await nodeHello({}))).toEqual(hello(null, []))
    expect(lookAtHello(await nodeHello({ servername: 'app.test', maxVersion: 'TLSv1.2' }))).toEqual(hello('app.test', []))
  })
  it('openssl, with and without a name', async () => {
    expect(lookAtHello(await opensslHello(['-servername', 'app.test', '-alpn', 'h2,http/1.1']))).toEqual(
      hello('app.test', ['h2', 'http/1.1'])
    )
    expect(lookAtHello(await opensslHello(['-noservername']))).toEqual(hello(null, []))
  })
  it('a browser with GREASE and a post-quantum key share', () => {
    expect(lookAtHello(browserHello('wss.example.test', ['h2', 'http/1.1']))).toEqual(hello('wss.example.test', ['h2', 'http/1.1']))
  })
})

it('waits for more, wherever it is cut', () => {
  const whole = browserHello('app.test', ['http/1.1'])
  for (let cut = 0; cut < whole.length; cut++) expect(lookAtHello(whole.subarray(0, cut))).toEqual({ look: 'more' })
})

it('reads on over records of any size (RFC 8446 §5.1)', () => {
  const message = unrecorded(browserHello('app.test', ['http/1.1']))
  for (const size of [1, 2, 3, 4, 5, 50, 1000]) expect(lookAtHello(records(message, size))).toEqual(hello('app.test', ['http/1.1']))
})

it('looks no further than the ClientHello', () => {
  expect(lookAtHello(Buffer.concat([browserHello('app.test', []), randomBytes(500)]))).toEqual(hello('app.test', []))
})

it('tells what is no TLS, and what pretends to be', () => {
  expect(lookAtHello(Buffer.from('GET / HTTP/1.1\r\n'))).toEqual({ look: 'notTls' })
  expect(lookAtHello(Buffer.from([0x80, 0x2e, 1]))).toEqual({ look: 'notTls' })
  expect(lookAtHello(Buffer.from('16030100050200000100', 'hex'))).toMatchObject({ look: 'broken' })
  expect(lookAtHello(Buffer.from('1605010005', 'hex'))).toMatchObject({ look: 'broken' })
  expect(lookAtHello(Buffer.from('1603010000', 'hex'))).toMatchObject({ look: 'broken' })
  expect(lookAtHello(records(Buffer.from('01ffffff00', 'hex'), 16_384))).toMatchObject({ look: 'broken' })
})

it('gives up on one that never ends', () => {
  const endless = records(Buffer.concat([Buffer.from([1, 0, 0x3f, 0xff]), Buffer.alloc(40)]), 1)
  expect(lookAtHello(endless)).toEqual({ look: 'more' })
  const padded = Buffer.concat([records(Buffer.concat([Buffer.from([1, 0, 0x3f, 0xff]), Buffer.alloc(16_000)]), 1)])
  expect(padded.length).toBeGreaterThan(maxHelloBytes)
  expect(lookAtHello(padded.subarray(0, maxHelloBytes))).toMatchObject({ look: 'broken' })
})

it('never throws, and never takes a damaged hello for another name than it holds', () => {
  const whole = browserHello('app.test', ['http/1.1'])
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 6 }),
      fc.nat(whole.length),
      (changes, cut) => {
        const damaged = Buffer.from(whole)
        for (const [at, byte] of changes) damaged[at] = byte
        const seen = lookAtHello(damaged.subarray(0, cut))
        if (seen.look === 'hello' && seen.hello.serverName !== null) expect(damaged.includes(seen.hello.serverName)).toBe(true)
      }
    ),
    { numRuns: 5000 }
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      lookAtHello(Buffer.concat([Buffer.from([22, 3, 1]), bytes]))
      const at = Buffer.concat([Buffer.from([1, 0, 0, bytes.length & 255]), bytes])
      expect(['more', 'broken', 'hello']).toContain(lookAtHello(records(at, 16_384)).look)
    }),
    { numRuns: 5000 }
  )
})
