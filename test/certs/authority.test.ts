import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { makeEndEntity, type Authority } from '../../main/certs/authority.js'
import { hostName, type HostName } from '../../main/certs/host-name.js'
import { authorityFor, openssl, temporaryFolder, written } from './data-folder.js'

/** Whatever the authority's own code says: straight from its key. */
async function verify(authority: Authority, name: string): Promise<{ ok: boolean; said: string }> {
  const made = await makeEndEntity(authority, [hostName(name) as HostName], Date.now())
  const leaf = written(temporaryFolder(), 'leaf.pem', made.certificate)
  return openssl('verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', authority.certFile, leaf)
}

describe('the first authority, by OpenSSL', () => {
  it.each(['localhost', 'app.localhost', '*.localhost', 'a.b.test', '127.0.0.1', '10.9.8.7', '::1', 'fe80::1', 'fd12::1'])(
    'a certificate for %s verifies',
    async (name) => {
      const { said, ok } = await verify(await authorityFor(), name)
      expect(said).toMatch(/: OK\n$/)
      expect(ok).toBe(true)
    }
  )
  it.each(['example.com', 'google.com', 'notlocalhost.example', '8.8.8.8', '172.32.0.1', '2001:db8::1'])(
    'one for %s is refused: permitted subtree violation',
    async (name) => {
      const { said, ok } = await verify(await authorityFor(), name)
      expect(said).toContain('error 47 at 0 depth lookup: permitted subtree violation')
      expect(ok).toBe(false)
    }
  )
})

describe('an authority for the names of a config, by OpenSSL', () => {
  it.each(['app.example.com', 'sub.app.example.com'])('a certificate for %s verifies', async (name) => {
    expect((await verify(await authorityFor('app.example.com'), name)).said).toMatch(/: OK\n$/)
  })
  it.each(['localhost', 'example.com', 'evilapp.example.com'])('one for %s is refused', async (name) => {
    expect((await verify(await authorityFor('app.example.com'), name)).said).toContain('error 47')
  })
  it.each(['127.0.0.1', '8.8.8.8', '::1', '2001:db8::1'])('one for the address %s is refused: it was made for none', async (name) => {
    expect((await verify(await authorityFor('app.example.com'), name)).said).toContain(
      'error 48 at 0 depth lookup: excluded subtree violation'
    )
  })
  it('made for an address alone, issues for that', async () => {
    expect((await verify(await authorityFor('192.0.2.7'), '192.0.2.7')).said).toMatch(/: OK\n$/)
  })
  it.each(['192.0.2.8', '2001:db8::1'])('made for an address alone, not for %s', async (name) => {
    expect((await verify(await authorityFor('192.0.2.7'), name)).said).toContain('error 47')
  })
  it('made for an address alone, for no DNS name at all', async () => {
    expect((await verify(await authorityFor('192.0.2.7'), 'localhost')).said).toContain('error 48')
  })
})

describe('its certificate', () => {
  it('says what it is, in words of OpenSSL', async () => {
    const authority = await authorityFor('app.example.com')
    const { said } = openssl('x509', '-in', authority.certFile, '-noout', '-text')
    expect(said).toContain('Version: 3')
    expect(said).toContain('Signature Algorithm: ecdsa-with-SHA256')
    expect(said).toContain('NIST CURVE: P-256')
    expect(said).toMatch(/X509v3 Basic Constraints: critical\s+CA:TRUE, pathlen:0/)
    expect(said).toMatch(/X509v3 Key Usage: critical\s+Certificate Sign, CRL Sign/)
    expect(said).toMatch(/X509v3 Extended Key Usage: \s+TLS Web Server Authentication/)
    expect(said).toMatch(
      /X509v3 Name Constraints: critical\s+Permitted:\s+DNS:app\.example\.com\s+Excluded:\s+IP:0\.0\.0\.0\/0\.0\.0\.0\s+IP:0:0:0:0:0:0:0:0\/0:0:0:0:0:0:0:0/
    )
    expect(said).toMatch(/Subject: O = Switchyard, OU = .+, CN = Switchyard local authority [0-9a-f]{8}/)
  })
  it('names every range of the first', async () => {
    const { said } = openssl('x509', '-in', (await authorityFor()).certFile, '-noout', '-ext', 'nameConstraints')
    expect(said.replaceAll(/\s+/g, ' ')).toContain(
      'Permitted: DNS:localhost DNS:test IP:127.0.0.0/255.0.0.0 IP:10.0.0.0/255.0.0.0 IP:172.16.0.0/255.240.0.0 IP:192.168.0.0/255.255.0.0 ' +
        'IP:169.254.0.0/255.255.0.0 IP:0:0:0:0:0:0:0:1/FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF IP:FC00:0:0:0:0:0:0:0/FE00:0:0:0:0:0:0:0 IP:FE80:0:0:0:0:0:0:0/FFC0:0:0:0:0:0:0:0'
    )
  })
})

describe('an end entity', () => {
  it('says what it is', async () => {
    const authority = await authorityFor()
    const nowMs = Date.now()
    const made = await makeEndEntity(
      authority,
      ['app.test', '*.app.test', '10.0.0.1', '::1'].map((name) => hostName(name) as HostName),
      nowMs
    )
    const x509 = new X509Certificate(made.certificate)
    expect(x509.subjectAltName).toBe('DNS:app.test, DNS:*.app.test, IP Address:10.0.0.1, IP Address:0:0:0:0:0:0:0:1')
    expect(x509.ca).toBe(false)
    expect(x509.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
    expect(x509.checkIssued(new X509Certificate(authority.certificate))).toBe(true)
    expect(Date.parse(x509.validFrom)).toBeLessThan(nowMs)
    expect(Date.parse(x509.validTo) - Date.parse(x509.validFrom)).toBe(397 * 86_400_000)
    expect(Date.parse(x509.validTo)).toBe(made.notAfter.getTime())
  })
  it('has a serial number of 16 bytes of its own', async () => {
    const authority = await authorityFor()
    const made = await Promise.all(
      Array.from({ length: 50 }, () => makeEndEntity(authority, [hostName('localhost') as HostName], Date.now()))
    )
    const serials = made.map(({ certificate }) => new X509Certificate(certificate).serialNumber)
    expect(new Set(serials).size).toBe(50)
    expect(serials.every((serial) => /^[4-7][0-9A-F]{31}$/.test(serial))).toBe(true)
  })
  it('for a name of more than 64 characters has no commonName, and verifies', async () => {
    const long = `${'a'.repeat(63)}.${'b'.repeat(63)}.test`
    const authority = await authorityFor()
    expect(
      new X509Certificate((await makeEndEntity(authority, [hostName(long) as HostName], Date.now())).certificate).subject
    ).not.toContain('CN=')
    expect((await verify(authority, long)).said).toMatch(/: OK\n$/)
  })
  it('never outlives its authority', async () => {
    const authority = await authorityFor()
    const nowMs = authority.notAfter.getTime() - 86_400_000
    expect((await makeEndEntity(authority, [hostName('localhost') as HostName], nowMs)).notAfter).toEqual(authority.notAfter)
  })
  it('ends after 2049 in GeneralizedTime, which OpenSSL reads', async () => {
    const authority = { ...(await authorityFor()), notAfter: new Date(Date.UTC(2060, 0, 1)) }
    const made = await makeEndEntity(authority, [hostName('localhost') as HostName], Date.UTC(2055, 5, 1))
    const path = written(temporaryFolder(), 'leaf.pem', made.certificate)
    expect(openssl('x509', '-in', path, '-noout', '-enddate').said).toContain('2056 GMT')
    expect(openssl('asn1parse', '-in', path).said.match(/GENERALIZEDTIME/g)).toHaveLength(2)
  })
})
