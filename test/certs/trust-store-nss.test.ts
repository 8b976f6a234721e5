import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { nssStore, type NssDatabase } from '../../main/certs/trust-store-nss.js'
import { runCommand, type Run } from '../../main/certs/trust-store.js'
import { trustedRoot } from '../../main/certs/trust-stores.js'
import { authorityFor, temporaryFolder } from './data-folder.js'

const certutil = (...args: string[]): string => execFileSync('certutil', args, { encoding: 'utf8' })
const database = (create = true): NssDatabase => ({
  folder: join(temporaryFolder(), '.pki/nssdb'),
  label: 'Chrome',
  usedBy: 'Chrome',
  create
})
const absentTool: Run = () => Promise.resolve({ code: null, stdout: '', stderr: '', missing: true })

describe('an NSS database', () => {
  it('is made, takes an authority, trusts it for servers alone, and gives it back', async () => {
    const chrome = database()
    const store = nssStore(chrome, runCommand)
    const root = trustedRoot(await authorityFor())
    expect(await store.status(root)).toEqual({ state: 'absent' })
    await store.install(root)
    expect(statSync(chrome.folder).mode & 0o777).toBe(0o700)
    expect(certutil('-L', '-d', `sql:${chrome.folder}`)).toMatch(new RegExp(`^${root.label} +C,, *$`, 'm'))
    expect(await store.status(root)).toEqual({ state: 'trusted' })
    await store.install(root)
    await store.uninstall(root)
    expect(await store.status(root)).toEqual({ state: 'absent' })
    await store.uninstall(root)
    expect(certutil('-L', '-d', `sql:${chrome.folder}`)).not.toContain('Switchyard')
  })

  it('holds several, each removed by itself', async () => {
    const store = nssStore(database(), runCommand)
    const [one, two] = [trustedRoot(await authorityFor()), trustedRoot(await authorityFor())]
    await store.install(one)
    await store.install(two)
    await store.uninstall(one)
    expect([await store.status(one), await store.status(two)]).toEqual([{ state: 'absent' }, { state: 'trusted' }])
  })

  it('does not count one that is there and distrusted, and trusts it again', async () => {
    const chrome = database()
    const store = nssStore(chrome, runCommand)
    const root = trustedRoot(await authorityFor())
    await store.install(root)
    certutil('-M', '-d', `sql:${chrome.folder}`, '-n', root.label, '-t', ',,')
    expect(await store.status(root)).toEqual({ state: 'absent' })
    await store.install(root)
    expect(await store.status(root)).toEqual({ state: 'trusted' })
  })

  it('without certutil: names the packages, and the command to run then', async () => {
    const firefox = database(false)
    mkdirSync(firefox.folder, { recursive: true })
    certutil('-N', '-d', `sql:${firefox.folder}`, '--empty-password')
    const store = nssStore(firefox, absentTool)
    const root = trustedRoot(await authorityFor())
    expect(await store.status(root)).toMatchObject({ state: 'unknown', hint: expect.stringContaining('libnss3-tools') as string })
    await expect(store.install(root)).rejects.toMatchObject({
      code: 'trust-store-failed',
      hint: expect.stringMatching(/libnss3-tools.*Then: certutil -A -d sql:\S+ -t C,, -n 'Switchyard local \w{8}' -i \S+ca\.pem$/) as string
    })
    await expect(store.uninstall(root)).rejects.toMatchObject({ code: 'trust-store-failed' })
  })

  it('that fails says what certutil said', async () => {
    const folder = join(temporaryFolder(), 'db')
    mkdirSync(folder)
    execFileSync('touch', [join(folder, 'cert9.db'), join(folder, 'key4.db')])
    const store = nssStore({ folder, label: 'Firefox', usedBy: '', create: false }, () =>
      Promise.resolve({ code: 255, stdout: '', stderr: 'SEC_ERROR_BAD_DATABASE\nmore', missing: false })
    )
    const root = trustedRoot(await authorityFor())
    expect(await store.status(root)).toMatchObject({ state: 'unknown', why: 'SEC_ERROR_BAD_DATABASE' })
    await expect(store.install(root)).rejects.toMatchObject({
      code: 'trust-store-failed',
      message: 'Firefox did not take the authority: SEC_ERROR_BAD_DATABASE'
    })
  })

  it('of a profile that was never started is not made', async () => {
    const firefox = database(false)
    const root = trustedRoot(await authorityFor())
    await nssStore(firefox, runCommand)
      .install(root)
      .catch((thrown: unknown) => expect(thrown).toMatchObject({ code: 'trust-store-failed' }))
    expect(existsSync(firefox.folder) && readdirSync(firefox.folder)).toBe(false)
  })
})
