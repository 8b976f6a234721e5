import { X509Certificate } from 'node:crypto'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Authorities } from '../../main/certs/authorities.js'
import { caEnvironment, caInstall, caIssued, caPath, caStatus, caTrust, caUninstall, type CaContext } from '../../main/certs/ca-command.js'
import { caIssue } from '../../main/certs/ca-issue.js'
import { Issuer } from '../../main/certs/issuer.js'
import type { Run } from '../../main/certs/trust-store.js'
import { dayMs, openssl, someDay, temporaryFolder, written } from './data-folder.js'

/** A Windows machine whose Root store is a set. */
function onWindows(refuse = false): CaContext & { readonly root: Set<string> } {
  const root = new Set<string>()
  const run: Run = (_, args) => {
    const [, verb = '', , last = ''] = args
    const ok = verb === '-store' ? root.has(last) : !refuse
    if (ok && verb === '-addstore') root.add(new X509Certificate(readFileSync(last)).fingerprint.replaceAll(':', ''))
    if (ok && verb === '-delstore') root.delete(last)
    return Promise.resolve({ code: ok ? 0 : 1, stdout: '', stderr: ok ? '' : 'refused', missing: false })
  }
  return { root, authorities: new Authorities({ dataDir: temporaryFolder() }), stores: { platform: 'win32', run } }
}
const blocks = (path: string): string[] => readFileSync(path, 'utf8').match(/-----BEGIN CERT[^-]+-----[^-]+-----END[^-]+-----/g) ?? []

describe('ca status', () => {
  it('of an empty data folder is empty, and makes nothing', async () => {
    const context = onWindows()
    expect(await caStatus(context)).toEqual({ authorities: [], broken: [] })
    expect(existsSync(join(context.authorities.dataDir, 'authorities'))).toBe(false)
  })
  it('says of each authority what it may, until when, and who trusts it, as plain data', async () => {
    const context = onWindows()
    await context.authorities.authoritiesFor(['app.example.com', '192.0.2.1'])
    const status = await caStatus(context)
    expect(structuredClone(status)).toEqual(status)
    expect(status.authorities.map(({ names, addresses }) => [names, addresses])).toEqual([
      [['app.example.com'], ['192.0.2.1']],
      [
        ['localhost', 'test'],
        ['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', '::1', 'fc00::/7', 'fe80::/10']
      ]
    ])
    expect(status.authorities[0]).toMatchObject({
      fingerprint256: expect.stringMatching(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/) as string,
      notAfter: expect.stringMatching(/^20\d\d-\d\d-\d\dT/) as string,
      trust: [{ store: 'user-root', label: 'Windows, this user', state: 'absent' }]
    })
  })
  it('lists a broken one with what to do', async () => {
    const context = onWindows()
    written((await context.authorities.first()).folder, 'key.pem', '')
    expect((await caStatus(context)).broken).toMatchObject([
      { name: 'local', code: 'authority-broken', hint: expect.any(String) as string }
    ])
  })
})

describe('one authority in one store', () => {
  it('is trusted and no longer, and a failure says the command to run by hand', async () => {
    const context = onWindows()
    await context.authorities.first()
    expect(await caTrust(context, 'local', 'user-root', true)).toBe('done')
    expect(await caTrust(context, 'local', 'user-root', true)).toBe('already')
    expect(await caTrust(context, 'local', 'user-root', false)).toBe('done')
    await expect(caTrust(context, 'none', 'user-root', true)).rejects.toMatchObject({ code: 'request-invalid' })
    await expect(caTrust(context, 'local', 'none', true)).rejects.toMatchObject({ code: 'request-invalid' })
    const refusing = onWindows(true)
    await refusing.authorities.first()
    await expect(caTrust(refusing, 'local', 'user-root', true)).rejects.toMatchObject({
      code: 'trust-store-failed',
      hint: expect.stringContaining('Run by hand: ') as string
    })
  })
})

describe('ca install and uninstall', () => {
  it('work over all authorities, and tell what was so already', async () => {
    const context = onWindows()
    await context.authorities.authoritiesFor(['app.example.com'])
    expect((await caInstall(context)).map(({ outcome }) => outcome)).toEqual(['done', 'done'])
    expect(context.root.size).toBe(2)
    expect((await caInstall(context)).map(({ outcome }) => outcome)).toEqual(['already', 'already'])
    expect((await caStatus(context)).authorities.map(({ trust }) => trust[0]?.state)).toEqual(['trusted', 'trusted'])
    expect((await caUninstall(context)).map(({ outcome }) => outcome)).toEqual(['done', 'done'])
    expect(context.root.size).toBe(0)
    expect((await caUninstall(context)).map(({ outcome }) => outcome)).toEqual(['already', 'already'])
  })
  it('make the first authority where there is none; uninstall does not', async () => {
    const context = onWindows()
    expect(await caUninstall(context)).toEqual([])
    expect(await caInstall(context)).toMatchObject([{ authority: 'local', outcome: 'done' }])
  })
  it('go on after a store that failed, with the command to run by hand', async () => {
    const context = onWindows(true)
    await context.authorities.authoritiesFor(['app.example.com'])
    expect(await caInstall(context)).toMatchObject(
      [1, 2].map(() => ({
        outcome: 'failed',
        message: expect.stringContaining('refused') as string,
        hint: expect.stringMatching(/-addstore Root .*ca\.pem/) as string
      }))
    )
  })
  it('touch just the stores that are named', async () => {
    expect(await caInstall(onWindows(), ['system'])).toEqual([])
  })
})

describe('ca path', () => {
  it('is a file with all local authorities, kept up as more are made', async () => {
    const context = onWindows()
    const path = await caPath(context, { bundle: false })
    expect(blocks(path)).toHaveLength(1)
    await context.authorities.authoritiesFor(['app.example.com'])
    expect(blocks(path)).toHaveLength(2)
    expect(statSync(path).mode & 0o777).toBe(0o644)
  })
  it('--bundle: the system’s roots before them, each once', async () => {
    const context = onWindows()
    const path = await caPath(context, { bundle: true })
    await context.authorities.authoritiesFor(['app.example.com'])
    const all = blocks(path)
    expect(all.length).toBeGreaterThan(100)
    expect(new Set(all).size).toBe(all.length)
    expect(new X509Certificate(all.at(-1) ?? '').subject).toContain('Switchyard local authority')
    expect(openssl('verify', '-CAfile', path, (await context.authorities.first()).certFile).said).toMatch(/: OK\n$/)
  })
  it('stands in the variables for a terminal', async () => {
    const context = onWindows()
    const variables = await caEnvironment(context)
    expect(variables['NODE_EXTRA_CA_CERTS']).toBe(await caPath(context, { bundle: false }))
    expect([variables['SSL_CERT_FILE'], variables['CURL_CA_BUNDLE'], variables['REQUESTS_CA_BUNDLE']]).toEqual(
      new Array(3).fill(await caPath(context, { bundle: true }))
    )
  })
})

describe('ca issue', () => {
  it('writes a pair an authority that the names need', async () => {
    const { authorities } = onWindows()
    const out = join(temporaryFolder(), 'out')
    const pairs = await caIssue(authorities, ['app.example.com', '*.app.test', '::1', 'www.example.com'], out)
    expect(pairs.map(({ names }) => names)).toEqual([
      ['app.example.com', 'www.example.com'],
      ['*.app.test', '::1']
    ])
    expect(pairs.map(({ certFile, keyFile }) => [certFile, keyFile])).toEqual([
      [join(out, 'app.example.com.pem'), join(out, 'app.example.com-key.pem')],
      [join(out, '_wildcard.app.test.pem'), join(out, '_wildcard.app.test-key.pem')]
    ])
    const bundle = await caPath({ authorities }, { bundle: false })
    for (const { certFile, keyFile } of pairs) {
      expect(openssl('verify', '-CAfile', bundle, certFile).said).toMatch(/: OK\n$/)
      expect(statSync(keyFile).mode & 0o777).toBe(0o600)
    }
  })
  it('refuses names that none may cover, and makes nothing then', async () => {
    const { authorities } = onWindows()
    for (const names of [[], ['com'], ['app.example.com', 'a b']]) {
      await expect(caIssue(authorities, names, temporaryFolder())).rejects.toMatchObject({ code: 'bad-argument' })
    }
    expect(existsSync(join(authorities.dataDir, 'authorities'))).toBe(false)
  })
  it('never replaces a file', async () => {
    const { authorities } = onWindows()
    const out = temporaryFolder()
    writeFileSync(join(out, 'app.test-key.pem'), 'the key of production')
    await expect(caIssue(authorities, ['app.test'], out)).rejects.toMatchObject({
      code: 'file-unwritable',
      message: expect.stringContaining('is there already') as string
    })
    expect(readFileSync(join(out, 'app.test-key.pem'), 'utf8')).toBe('the key of production')
    expect(existsSync(join(out, 'app.test.pem'))).toBe(false)
  })
  it('says until when', async () => {
    const dataDir = temporaryFolder()
    const [pair] = await caIssue(new Authorities({ dataDir, now: () => someDay }), ['app.test'], temporaryFolder(), () => someDay)
    expect(pair?.notAfter).toBe(new Date(someDay + 396 * dayMs).toISOString())
  })
})

describe('the names issued', () => {
  it('are listed with their end', async () => {
    const { authorities, stores } = onWindows()
    const context = { authorities, ...(stores ? { stores } : {}) }
    expect(await caIssued(context)).toEqual([])
    await new Issuer({ authorities }).pair({ from: 'local', names: ['app.test', 'www.app.test'] }, 'app.test')
    expect(await caIssued(context)).toEqual([{ names: ['app.test', 'www.app.test'], notAfter: expect.any(Date) as Date }])
  })
})
