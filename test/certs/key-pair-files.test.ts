import { X509Certificate } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkCertificate, readKeyPair } from '../../main/certs/key-pair-files.js'
import { SwitchyardError } from '../../shared/errors.js'
import { openssl, temporaryFolder, written } from './data-folder.js'

const rsa = ['-newkey', 'rsa:2048', '-nodes']
const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']

/** A certificate by openssl, and paths of both files. */
function made(folder: string, name = 'site', options: readonly string[] = ec): { certFile: string; keyFile: string } {
  const [certFile, keyFile] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)]
  expect(openssl('req', '-x509', ...options, '-keyout', keyFile, '-out', certFile, '-subj', `/CN=${name}`, '-days', '30')).toMatchObject({
    ok: true
  })
  return { certFile, keyFile }
}
function refusal(files: { certFile: string; keyFile: string; chainFile?: string }): SwitchyardError {
  try {
    readKeyPair(files)
  } catch (thrown) {
    if (thrown instanceof SwitchyardError) return thrown
  }
  throw new Error('it was not refused')
}
const subjects = (certificate: string): string[] =>
  (certificate.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----\n/g) ?? []).map((block) => new X509Certificate(block).subject)

describe('a certificate and its key', () => {
  it.each([
    ['RSA', rsa],
    ['P-256', ec],
    ['Ed25519', ['-newkey', 'ed25519', '-nodes']]
  ])('of kind %s are read', (_, options) => {
    const files = made(temporaryFolder(), 'site', options)
    expect(subjects(readKeyPair(files).certificate)).toEqual(['CN=site'])
    expect(checkCertificate(files.certFile, files.keyFile)).toBeNull()
  })
  it('may be one file, in either order', () => {
    const folder = temporaryFolder()
    const { certFile, keyFile } = made(folder)
    for (const order of [
      [certFile, keyFile],
      [keyFile, certFile]
    ]) {
      const one = written(folder, 'one.pem', order.map((path) => readFileSync(path, 'utf8')).join(''))
      const pair = readKeyPair({ certFile: one, keyFile: one })
      expect(subjects(pair.certificate)).toEqual(['CN=site'])
      expect(pair.certificate).not.toContain('KEY')
    }
  })
  it('may have the parameters of a curve before the key, and comments before the certificate', () => {
    const folder = temporaryFolder()
    const { certFile } = made(folder)
    openssl('ecparam', '-name', 'prime256v1', '-genkey', '-out', join(folder, 'ec.key'))
    expect(readFileSync(join(folder, 'ec.key'), 'utf8')).toContain('BEGIN EC PARAMETERS')
    openssl('req', '-x509', '-key', join(folder, 'ec.key'), '-subj', '/CN=site', '-out', certFile)
    written(folder, 'site.crt', `# ours since 2019\r\n${readFileSync(certFile, 'utf8').replaceAll('\n', '\r\n')}`)
    expect(subjects(readKeyPair({ certFile, keyFile: join(folder, 'ec.key') }).certificate)).toEqual(['CN=site'])
  })
  it('may stand under the older label', () => {
    const { certFile, keyFile } = made(temporaryFolder())
    writeFileSync(certFile, readFileSync(certFile, 'utf8').replaceAll('CERTIFICATE', 'X509 CERTIFICATE'))
    expect(checkCertificate(certFile, keyFile)).toBeNull()
  })
  it('are followed by the chain, from the same file and from the chain file', () => {
    const folder = temporaryFolder()
    const { certFile, keyFile } = made(folder)
    const between = made(folder, 'between').certFile
    const chainFile = made(folder, 'root').certFile
    written(folder, 'site.crt', readFileSync(certFile, 'utf8') + readFileSync(between, 'utf8'))
    expect(subjects(readKeyPair({ certFile, keyFile, chainFile }).certificate)).toEqual(['CN=site', 'CN=between', 'CN=root'])
  })
  it('are served when they have expired, as real servers do', () => {
    const folder = temporaryFolder()
    const { certFile, keyFile } = made(folder)
    openssl('x509', '-in', certFile, '-signkey', keyFile, '-days', '-1', '-out', join(folder, 'old.crt'))
    expect(checkCertificate(join(folder, 'old.crt'), keyFile)).toBeNull()
  })
})

describe('is refused with its reason', () => {
  it('a key that is another certificate’s', () => {
    const folder = temporaryFolder()
    const { keyFile } = made(folder, 'other')
    const { certFile } = made(folder)
    expect(refusal({ certFile, keyFile })).toMatchObject({
      code: 'certificate-broken',
      message: `The key ${keyFile} does not belong to the certificate ${certFile}.`
    })
    expect(checkCertificate(certFile, keyFile)).toContain('does not belong')
  })
  it.each([['-aes256'], ['-traditional', '-aes256']])('an encrypted key (%s)', (...how) => {
    const folder = temporaryFolder()
    const { certFile, keyFile } = made(folder, 'site', rsa)
    expect(openssl('rsa', '-in', keyFile, ...how, '-passout', 'pass:secret', '-out', join(folder, 'locked.key')).ok).toBe(true)
    expect(refusal({ certFile, keyFile: join(folder, 'locked.key') })).toMatchObject({
      code: 'key-unreadable',
      message: expect.stringContaining('is encrypted') as string,
      hint: expect.stringContaining('openssl pkey') as string
    })
  })
  it.each([
    ['nothing there', 'missing', 'ENOENT'],
    ['a folder', '.', 'not a file']
  ])('%s in place of either', (_, name, why) => {
    const folder = temporaryFolder()
    const { certFile, keyFile } = made(folder)
    const bad = join(folder, name)
    expect(refusal({ certFile: bad, keyFile })).toMatchObject({
      code: 'certificate-broken',
      message: expect.stringContaining(why) as string
    })
    expect(refusal({ certFile, keyFile: bad })).toMatchObject({ code: 'key-unreadable', message: expect.stringContaining(why) as string })
    expect(refusal({ certFile, keyFile, chainFile: bad })).toMatchObject({
      code: 'certificate-broken',
      message: expect.stringContaining(why) as string
    })
  })
  it.each([
    '',
    'garbage',
    '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
    '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n',
    '\0\x30\x82'
  ])('a file that holds %j', (text) => {
    const folder = temporaryFolder()
    const { certFile, keyFile } = made(folder)
    const bad = written(folder, 'bad.pem', text)
    expect(refusal({ certFile: bad, keyFile }).code).toBe('certificate-broken')
    expect(refusal({ certFile, keyFile: bad }).code).toBe('key-unreadable')
    // A chain that begins no certificate adds none, as httpd has it.
    if (text.includes('BEGIN CERTIFICATE')) expect(refusal({ certFile, keyFile, chainFile: bad }).code).toBe('certificate-broken')
    else expect(readKeyPair({ certFile, keyFile, chainFile: bad })).toEqual(readKeyPair({ certFile, keyFile }))
  })
  it('a file of more than 1 MiB', () => {
    const folder = temporaryFolder()
    const { keyFile } = made(folder)
    expect(refusal({ certFile: written(folder, 'huge.crt', 'x'.repeat(1_048_577)), keyFile }).message).toContain('larger than')
  })
  it('an RSA key that TLS finds too small', () => {
    const files = made(temporaryFolder(), 'small', ['-newkey', 'rsa:512', '-nodes'])
    expect(refusal(files)).toMatchObject({ code: 'certificate-broken', message: expect.stringContaining('refused by TLS') as string })
  })
})
