import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressText, answersFor, hostName, type HostName } from '../../main/certs/host-name.js'

const text = (name: string): string | null => hostName(name)?.text ?? null

describe('a host name', () => {
  it.each([
    ['localhost', 'localhost'],
    ['App.Example.COM', 'app.example.com'],
    ['example.com.', 'example.com'],
    ['*.example.com', '*.example.com'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['my_app.test', 'my_app.test'],
    ['127.0.0.1', '127.0.0.1'],
    ['[::1]', '::1'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['FE80::A', 'fe80::a'],
    ['::ffff:10.0.0.1', '::ffff:a00:1']
  ])('%s is read as %s', (given, read) => expect(text(given)).toBe(read))

  it.each([
    [''],
    ['.'],
    ['*'],
    ['*.'],
    ['a..b'],
    ['-a.test'],
    ['a-.test'],
    ['foo*.test'],
    ['a.*.test'],
    ['*.*.test'],
    ['bücher.example'],
    ['a b'],
    ['a/b'],
    ['a\0b.test'],
    ['a,DNS:b.test'],
    ['1.2.3'],
    ['1.2.3.256'],
    ['fe80::1%eth0'],
    ['[localhost]'],
    [`${'a'.repeat(64)}.test`],
    ['a.'.repeat(126) + 'abc'],
    ['a'.repeat(100_000)]
  ])('%j is none', (given) => expect(hostName(given)).toBeNull())

  it('may have 253 characters', () => expect(text('a.'.repeat(126) + 'b')).toHaveLength(253))

  it('is read from anything without throwing, and what is read reads the same again', () =>
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.domain(), fc.ipV4(), fc.ipV6()), (given) => {
        const read = text(given)
        if (read !== null) expect(text(read)).toBe(read)
      })
    ))

  it('writes IPv6 as RFC 5952 has it: as the URL parser does', () =>
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 255 })), { minLength: 16, maxLength: 16 }), (bytes) => {
        const written = addressText(Buffer.from(bytes))
        expect(`[${written}]`).toBe(new URL(`http://[${written}]/`).hostname)
        expect((hostName(written) as Extract<HostName, { kind: 'address' }>).bytes).toEqual(Buffer.from(bytes))
      })
    ))
})

describe('a name in a certificate', () => {
  const answers = (pattern: string, asked: string): boolean => answersFor(hostName(pattern) as HostName, hostName(asked) as HostName)
  it('answers for itself', () => expect(answers('a.test', 'A.test')).toBe(true))
  it('with a wildcard, for one label', () => expect(answers('*.a.test', 'b.a.test')).toBe(true))
  it('not for the name without it', () => expect(answers('*.a.test', 'a.test')).toBe(false))
  it('nor for two labels', () => expect(answers('*.a.test', 'c.b.a.test')).toBe(false))
  it('nor as an address', () => expect(answers('127.0.0.1', '127.0.0.2')).toBe(false))
})
