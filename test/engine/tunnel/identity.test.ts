import { afterAll, beforeAll, expect, it } from 'vitest'
import { TestAuthority } from '../wire/certificates.js'
import type { Made } from '../wire/certificates.js'
import { didStall, runIdentity } from './identity.js'

const cases = Number(process.env['SWITCHYARD_CASES'] ?? 10_000)
let authority: TestAuthority
let pair: Made

beforeAll(() => {
  authority = new TestAuthority()
  pair = authority.issue('DNS:localhost')
})
afterAll(() => authority.remove())

// A TLS handshake costs ten plain connections: fewer of those, the sum is what is asked for.
it.each([
  ['plain', 'plain', 0.7],
  ['tls', 'plain', 0.15],
  ['plain', 'tls', 0.075],
  ['tls', 'tls', 0.075]
] as const)(
  'changes no byte: %s client, %s origin',
  async (client, origin, share) => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    const result = await runIdentity({ cases: Math.ceil(cases * share), seed, client, origin, pair: { cert: pair.cert, key: pair.key } })
    expect(result.failures).toEqual([])
    expect(result.cases).toBe(Math.ceil(cases * share))
    expect(result.frames).toBeGreaterThan(result.cases)
    expect(result).toSatisfy(didStall(client, origin))
  },
  120_000
)
