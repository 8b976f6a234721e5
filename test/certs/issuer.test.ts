import { X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Authorities } from '../../main/certs/authorities.js'
import { Issuer, type IssuerOptions } from '../../main/certs/issuer.js'
import type { KeyPairTexts } from '../../main/certs/key-pair-files.js'
import { Clock, openssl, temporaryFolder, written } from './data-folder.js'

function issuer(options: Partial<IssuerOptions> & { dataDir?: string } = {}): {
  issuer: Issuer
  authorities: Authorities
  dataDir: string
} {
  const dataDir = options.dataDir ?? temporaryFolder()
  const authorities = new Authorities({ dataDir, ...(options.now ? { now: options.now } : {}) })
  return { issuer: new Issuer({ authorities, ...options }), authorities, dataDir }
}
const local = (...names: string[]) => ({ from: 'local' as const, names })
const names = ({ certificate }: KeyPairTexts): string =>
  (new X509Certificate(certificate).subjectAltName ?? '').replaceAll(/DNS:|IP Address:/g, '')
const loopback = 'localhost, 127.0.0.1, 0:0:0:0:0:0:0:1'

describe('a local certificate', () => {
  it.each([
    ['for the name asked, with its aliases', ['app.test', 'www.app.test'], 'www.app.test', 'www.app.test, app.test'],
    ['for a name below a wildcard', ['*.app.test'], 'a.app.test', 'a.app.test, *.app.test'],
    ['for a name of no config that an authority covers', ['app.test'], 'other.localhost', 'other.localhost'],
    ['for names of a config that nobody else may have', ['app.example.com', 'localhost'], 'app.example.com', 'app.example.com'],
    ['for localhost, without an address', ['localhost', '127.0.0.1'], 'localhost', 'localhost'],
    ['for an IPv4 address', ['app.test'], '192.168.1.7', '192.168.1.7'],
    ['for an IPv6 address', ['app.test'], '::1', '0:0:0:0:0:0:0:1'],
    ['for an address of the config, with its others', ['app.test', '10.0.0.1', '10.0.0.2'], '10.0.0.2', '10.0.0.2, 10.0.0.1'],
    ['without SNI: for the first name, and by address', ['app.test'], null, `app.test, ${loopback}`],
    ['without SNI: for the first name that is not local', ['app.example.com', 'app.test'], null, 'app.example.com'],
    ['for a name that no authority covers: for the first name', ['app.example.com'], 'bank.example', 'app.example.com'],
    ['for an IDN name as it is', ['xn--bcher-kva.example'], 'xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['where no name of the config can have one: for localhost, and by address', ['com', 'a b'], 'com', loopback],
    ['where the config has no name: for localhost', [], null, loopback]
  ])('%s', async (_, refNames, asked, expected) => {
    expect(names(await issuer().issuer.pair(local(...refNames), asked))).toBe(expected)
  })

  it.each(['\0', 'a'.repeat(70_000), 'a b', 'x,DNS:evil.example', '*', '..', '%00', 'ﬀ.test', '-'])(
    'asked by garbage, is that of the first name',
    async (garbage) => {
      expect(names(await issuer().issuer.pair(local('app.test'), garbage))).toBe(`app.test, ${loopback}`)
    }
  )

  it('is signed by the authority that covers its name', async () => {
    const { issuer: issues, authorities } = issuer()
    const ref = local('app.example.com', 'localhost')
    const [mine, first] = [await issues.pair(ref, 'app.example.com'), await issues.pair(ref, 'localhost')]
    const found = (await authorities.authoritiesFor(ref.names)).authorities.map(({ certificate }) => new X509Certificate(certificate))
    expect(new X509Certificate(mine.certificate).checkIssued(found[1] as X509Certificate)).toBe(true)
    expect(new X509Certificate(first.certificate).checkIssued(found[0] as X509Certificate)).toBe(true)
  })

  it('never carries more than 100 names', async () => {
    const many = Array.from({ length: 500 }, (_, i) => `n${i}.test`)
    expect(names(await issuer().issuer.pair(local(...many), 'n499.test')).split(', ')).toHaveLength(100)
  })

  it('is made once for handshakes that ask at once, and kept', async () => {
    const { issuer: issues, dataDir } = issuer()
    const pairs = await Promise.all(Array.from({ length: 40 }, () => issues.pair(local('app.test'), 'app.test')))
    expect(new Set(pairs.map(({ certificate }) => certificate)).size).toBe(1)
    expect((await issues.pair(local('app.test'), 'app.test')).certificate).toBe(pairs[0]?.certificate)
    expect(readdirSync(join(dataDir, 'issued'))).toHaveLength(1)
  })

  it('outlives a restart, in a file for its owner alone', async () => {
    const { issuer: issues, dataDir } = issuer()
    const before = await issues.pair(local('app.test'), 'app.test')
    const [file = ''] = readdirSync(join(dataDir, 'issued'))
    expect((statSync(join(dataDir, 'issued', file)).mode & 0o777).toString(8)).toBe('600')
    expect(await issuer({ dataDir }).issuer.pair(local('app.test'), 'app.test')).toEqual(before)
  })

  it.each(['', 'garbage', '-----BEGIN PRIVATE KEY-----'])('is issued anew where its file holds %j', async (text) => {
    const { issuer: issues, dataDir } = issuer()
    const before = await issues.pair(local('app.test'), 'app.test')
    const file = join(dataDir, 'issued', readdirSync(join(dataDir, 'issued'))[0] ?? '')
    writeFileSync(file, text)
    const after = await issuer({ dataDir }).issuer.pair(local('app.test'), 'app.test')
    expect(after.certificate).not.toBe(before.certificate)
    expect(readFileSync(file, 'utf8')).toBe(after.certificate + after.key)
  })

  it('comes all the same where it cannot be kept', async () => {
    const dataDir = temporaryFolder()
    written(dataDir, 'issued', 'a file where the folder should be')
    expect(names(await issuer({ dataDir }).issuer.pair(local('app.test'), 'app.test'))).toBe('app.test')
  })

  it('is renewed a month before its end, on disk as well', async () => {
    const clock = new Clock()
    const { issuer: issues, dataDir } = issuer({ now: clock.now })
    const first = await issues.pair(local('app.test'), 'app.test')
    clock.passDays(397 - 1 - 31)
    expect(await issues.pair(local('app.test'), 'app.test')).toEqual(first)
    clock.passDays(2)
    const second = await issues.pair(local('app.test'), 'app.test')
    expect(second.certificate).not.toBe(first.certificate)
    expect(Date.parse(new X509Certificate(second.certificate).validTo)).toBeGreaterThan(clock.nowMs + 390 * 86_400_000)
    expect(await issuer({ now: clock.now, dataDir }).issuer.pair(local('app.test'), 'app.test')).toEqual(second)
    expect(readdirSync(join(dataDir, 'issued'))).toHaveLength(1)
  })

  it('takes bounded room, in memory and on disk, whatever is asked', async () => {
    const { issuer: issues, dataDir } = issuer({ maxInMemory: 5, maxOnDisk: 10 })
    const asked = Array.from({ length: 30 }, (_, i) => `n${i}.localhost`)
    const first = await issues.pair(local('localhost'), 'n0.localhost')
    for (const name of asked) await issues.pair(local('localhost'), name)
    expect(readdirSync(join(dataDir, 'issued')).length).toBeLessThanOrEqual(10)
    expect((await issues.pair(local('localhost'), 'n0.localhost')).certificate).not.toBe(first.certificate)
  })
})

describe('the certificate of a config', () => {
  function ofOpenssl(folder: string, name: string): { from: 'files'; certFile: string; keyFile: string } {
    const [certFile, keyFile] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)]
    const made = openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      keyFile,
      '-out',
      certFile,
      '-subj',
      `/CN=${name}`,
      '-days',
      '1'
    )
    expect(made.ok).toBe(true)
    return { from: 'files', certFile, keyFile }
  }

  it('is read from its files, whatever name is asked', async () => {
    const ref = ofOpenssl(temporaryFolder(), 'prod')
    const pair = await issuer().issuer.pair(ref, 'anything.example')
    expect(new X509Certificate(pair.certificate).subject).toBe('CN=prod')
  })

  it('is read again when its files changed, and kept while they are broken', async () => {
    const folder = temporaryFolder()
    const clock = new Clock()
    const { issuer: issues } = issuer({ now: clock.now })
    const ref = ofOpenssl(folder, 'prod')
    const first = await issues.pair(ref, null)
    const next = ofOpenssl(folder, 'next')
    writeFileSync(ref.certFile, readFileSync(next.certFile))
    clock.nowMs += 1000
    expect(await issues.pair(ref, null)).toEqual(first)
    writeFileSync(ref.keyFile, readFileSync(next.keyFile))
    expect(await issues.pair(ref, null)).toEqual(first)
    clock.nowMs += 1000
    expect(new X509Certificate((await issues.pair(ref, null)).certificate).subject).toBe('CN=next')
  })

  it('is refused where it is broken from the start', async () => {
    const folder = temporaryFolder()
    const ref = { ...ofOpenssl(folder, 'prod'), keyFile: ofOpenssl(folder, 'other').keyFile }
    await expect(issuer().issuer.pair(ref, null)).rejects.toMatchObject({ code: 'certificate-broken' })
  })
})
