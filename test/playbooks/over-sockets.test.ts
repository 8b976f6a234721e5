import { afterAll, beforeAll, describe, it } from 'vitest'
import { TestAuthority } from '../engine/wire/certificates.js'
import type { Identities } from './wire-player.js'
import { WirePlayer } from './wire-player.js'
import { wireScripts } from './wire-scripts.js'

let authority: TestAuthority
let identities: Identities

beforeAll(() => {
  authority = new TestAuthority()
  const { ca } = authority
  identities = {
    server: authority.issue('DNS:www.test,DNS:admin.test'),
    client: authority.issue('DNS:client.test'),
    caFile: ca.certFile,
    ca: ca.cert
  }
})
afterAll(() => authority.remove())

describe('the playbooks over sockets', () => {
  it.each(wireScripts)('($letter) $story', (script) => WirePlayer.play(script, identities))
})

// Those about TLS itself bring their own.
describe('the playbooks over sockets, with clients that speak TLS', () => {
  it.each(wireScripts.filter(({ letter }) => letter !== 'i'))('($letter) $story', (script) =>
    WirePlayer.play(script, identities, 'www.test')
  )
})
