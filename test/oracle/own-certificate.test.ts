import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundled } from '../bundled.js'
import { Switchyard, temporaryFolder } from '../e2e/switchyard.js'
import { TestAuthority, type Made } from '../engine/wire/certificates.js'
import { readCase } from './case.js'
import { canConnect, freePort } from './loopback.js'
import { apache, startProxy } from './proxies.js'

const isRoot = process.getuid?.() === 0
const nobody = 65_534

let authority: TestAuthority
let own: Made
let other: Made
beforeAll(() => {
  authority = new TestAuthority()
  own = authority.issue('DNS:localhost')
  other = authority.issue('DNS:localhost')
})
afterAll(() => authority.remove())

/** A config with a plain listener before the one that speaks TLS, in a folder that whoever serves it may read. */
async function site(
  certFile: string,
  keyFile: string,
  chainFile?: string
): Promise<{ config: string; folder: string; plain: number; tls: number }> {
  const [plain, tls, folder] = [await freePort(), await freePort(), temporaryFolder()]
  const config = join(folder, 'site.conf')
  writeFileSync(
    config,
    `ServerName localhost
Listen 127.0.0.1:${plain}
Listen 127.0.0.1:${tls}
<VirtualHost 127.0.0.1:${tls}>
ServerName localhost
SSLEngine on
SSLCertificateFile ${certFile}
SSLCertificateKeyFile ${keyFile}
${chainFile === undefined ? '' : `SSLCertificateChainFile ${chainFile}`}
</VirtualHost>
`
  )
  chmodSync(folder, 0o755)
  return { config, folder, plain, tls }
}

const words = (config: string, data: string) => ['serve', config, '--no-ui', '--capture', 'off', '--data', data]

/** As one who may not read everything: root may. */
function serve(config: string): Promise<Switchyard> {
  const data = temporaryFolder()
  if (isRoot) chownSync(data, nobody, nobody)
  const lowered = isRoot ? ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'] : []
  return Switchyard.run(data, [...lowered, process.execPath, bundled('cli/switchyard'), ...words(config, data)])
}

async function shownCertificate(port: number): Promise<X509Certificate> {
  const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const certificate = socket.getPeerX509Certificate() as X509Certificate
  socket.destroy()
  return certificate
}

/** httpd binds its ports before it looks at certificates: that one connects says nothing, that one is answered does. */
async function httpdStarts(config: string, ports: readonly number[]): Promise<boolean> {
  const work = temporaryFolder()
  mkdirSync(join(work, 'run'))
  const rendered = { ports: {}, probes: [], listens: ports, configFolder: work, configFile: config }
  const httpd = await startProxy(apache(readCase('apache/ws-basic'), rendered, work), ports, work)
  const answered = await fetch(`http://127.0.0.1:${ports[0]}/`).then(
    () => true,
    () => false
  )
  await httpd.stop()
  return httpd.started && answered
}

/** A copy of a file in the config's folder, or other bytes under its name. */
function placed(folder: string, name: string, content: string, mode = 0o644): string {
  const path = join(folder, name)
  writeFileSync(path, content, { mode })
  return path
}

describe('a config’s own certificate', () => {
  it('is the one that is shown, as by httpd', async () => {
    const files = temporaryFolder()
    chmodSync(files, 0o755)
    const { config, tls, plain } = await site(placed(files, 'own.crt', own.cert), placed(files, 'own.key', own.key))
    const switchyard = await serve(config)
    expect((await shownCertificate(tls)).fingerprint256).toBe(new X509Certificate(own.cert).fingerprint256)
    expect(switchyard.said).not.toMatch(/certificate/i)
    await switchyard.stop()
    expect(await httpdStarts(config, [plain, tls])).toBe(true)
  })

  it('is replaced by a local one where it is not here, which is said; httpd does not start', async () => {
    const { config, tls, plain } = await site('/etc/ssl/production/own.crt', '/etc/ssl/production/own.key')
    const switchyard = await serve(config)
    const shown = await shownCertificate(tls)
    expect([shown.subjectAltName, shown.checkIssued(new X509Certificate(authority.ca.cert))]).toEqual([
      expect.stringContaining('localhost'),
      false
    ])
    expect(switchyard.said).toMatch(
      /site\.conf:7.*\/etc\/ssl\/production\/own\.crt is not on this machine: localhost is served with a local certificate/
    )
    await switchyard.stop()
    expect(await httpdStarts(config, [plain, tls])).toBe(false)
  })
})

interface Refusal {
  readonly name: string
  readonly cert: () => string
  readonly key: () => string
  readonly keyMode?: number
  readonly says: RegExp
  /** httpd reads keys as root. */
  readonly rootReads?: true
}
const refusals: readonly Refusal[] = [
  { name: 'a certificate that is none', cert: () => 'no PEM', key: () => own.key, says: /one\.crt holds no certificate that can be read/ },
  { name: 'a key that is none', cert: () => own.cert, key: () => 'no PEM', says: /one\.key holds no private key that can be read/ },
  {
    name: 'the key of another',
    cert: () => own.cert,
    key: () => other.key,
    says: /one\.key does not belong to the certificate .*one\.crt/
  },
  {
    name: 'a key that may not be read',
    cert: () => own.cert,
    key: () => own.key,
    keyMode: 0,
    says: /one\.key cannot be read \(EACCES\)/,
    rootReads: true
  }
]

describe.each(refusals)('$name', ({ cert, key, keyMode, says, rootReads }) => {
  it('is refused with its name, and nothing listens', async () => {
    const files = temporaryFolder()
    chmodSync(files, 0o755)
    const { config, plain, tls } = await site(placed(files, 'one.crt', cert()), placed(files, 'one.key', key(), keyMode))
    const refused = await serve(config).then(
      () => null,
      (error: Error) => error.message
    )
    expect(refused).toMatch(says)
    expect(refused).toMatch(/site\.conf:7/)
    expect([await canConnect(plain), await canConnect(tls)]).toEqual([false, false])
    expect(await httpdStarts(config, [plain, tls])).toBe(isRoot && rootReads === true)
  })

  it('is refused on a reload, and what was served goes on', async () => {
    const files = temporaryFolder()
    chmodSync(files, 0o755)
    const [certFile, keyFile] = [placed(files, 'one.crt', own.cert), placed(files, 'one.key', own.key)]
    const { config, tls } = await site(certFile, keyFile)
    const switchyard = await serve(config)
    writeFileSync(certFile, cert())
    writeFileSync(keyFile, key())
    chmodSync(keyFile, keyMode ?? 0o644)
    switchyard.reload()
    await expect.poll(() => switchyard.said).toMatch(says)
    expect((await shownCertificate(tls)).fingerprint256).toBe(new X509Certificate(own.cert).fingerprint256)
  })
})

const brokenPem = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'

describe('a chain of certificates', () => {
  it('is let pass where there is none in it, as by httpd', async () => {
    const files = temporaryFolder()
    chmodSync(files, 0o755)
    const pair = [placed(files, 'one.crt', own.cert), placed(files, 'one.key', own.key)] as const
    const { config, plain, tls } = await site(...pair, placed(files, 'chain.pem', 'no PEM'))
    const switchyard = await serve(config)
    expect((await shownCertificate(tls)).fingerprint256).toBe(new X509Certificate(own.cert).fingerprint256)
    await switchyard.stop()
    expect(await httpdStarts(config, [plain, tls])).toBe(true)
  })

  it('is refused where one cannot be read, as the certificate would be', async () => {
    const files = temporaryFolder()
    chmodSync(files, 0o755)
    const pair = [placed(files, 'one.crt', own.cert), placed(files, 'one.key', own.key)] as const
    const { config, plain, tls } = await site(...pair, placed(files, 'chain.pem', brokenPem))
    await expect(serve(config)).rejects.toThrow(/site\.conf:7.*chain\.pem holds no certificate that can be read/)
    expect([await canConnect(plain), await canConnect(tls)]).toEqual([false, false])
    expect(await httpdStarts(config, [plain, tls])).toBe(false)
  })

  it('is replaced with its certificate by a local one where it is not here', async () => {
    const files = temporaryFolder()
    chmodSync(files, 0o755)
    const pair = [placed(files, 'one.crt', own.cert), placed(files, 'one.key', own.key)] as const
    const { config, tls } = await site(...pair, '/etc/ssl/production/chain.pem')
    const switchyard = await serve(config)
    expect((await shownCertificate(tls)).fingerprint256).not.toBe(new X509Certificate(own.cert).fingerprint256)
    expect(switchyard.said).toMatch(/\/etc\/ssl\/production\/chain\.pem is not on this machine/)
  })
})
