import { describe, expect, it } from 'vitest'
import { darwinTrustStores } from '../../main/certs/trust-store-darwin.js'
import { win32TrustStores } from '../../main/certs/trust-store-win32.js'
import { commandLine, runCommand, type CommandResult, type Run, type TrustedRoot, type TrustStore } from '../../main/certs/trust-store.js'

const root: TrustedRoot = {
  label: 'Switchyard local AB12',
  certFile: '/data/My Files/ca.pem',
  certificate: 'PEM',
  sha256: 'AB12'.repeat(16),
  sha1: 'CD34'.repeat(10)
}
const succeeded: CommandResult = { code: 0, stdout: '', stderr: '', missing: false }
const failed: CommandResult = { code: 1, stdout: '', stderr: 'User canceled.', missing: false }

/** A machine that answers by what the command begins with, and notes each command. */
function machine(answers: Record<string, CommandResult>): { run: Run; ran: string[] } {
  const ran: string[] = []
  const run: Run = (file, args) => {
    ran.push(commandLine(file, args))
    return Promise.resolve(answers[args.find((arg) => arg in answers) ?? ''] ?? succeeded)
  }
  return { run, ran }
}
const listed = { ...succeeded, stdout: `SHA-256 hash: ${root.sha256}\n` }

describe('macOS', () => {
  const keychain = '/Users/mara/Library/Keychains/login.keychain-db'
  const find = `/usr/bin/security find-certificate -a -Z -c Switchyard ${keychain}`
  const verify = "/usr/bin/security verify-cert -c '/data/My Files/ca.pem' -p ssl -l -L -q"
  const store = (run: Run): TrustStore => darwinTrustStores('/Users/mara', run)[0] as TrustStore

  it('trusts what is in the keychain and verifies', async () => {
    const { run, ran } = machine({ 'find-certificate': listed })
    expect(await store(run).status(root)).toEqual({ state: 'trusted' })
    expect(ran).toEqual([find, verify])
  })
  it('does not trust what is there without a setting', async () => {
    expect(await store(machine({ 'find-certificate': listed, 'verify-cert': failed }).run).status(root)).toEqual({ state: 'absent' })
  })
  it('installs into the login keychain, for TLS alone', async () => {
    const { run, ran } = machine({})
    await store(run).install(root)
    expect(ran).toEqual([find, `/usr/bin/security add-trusted-cert -r trustRoot -p ssl -k ${keychain} '/data/My Files/ca.pem'`])
  })
  it('removes the setting and the certificate', async () => {
    const { run, ran } = machine({ 'find-certificate': listed })
    await store(run).uninstall(root)
    expect(ran).toEqual([
      find,
      "/usr/bin/security remove-trusted-cert '/data/My Files/ca.pem'",
      `/usr/bin/security delete-certificate -Z ${root.sha256} ${keychain}`
    ])
  })
  it('says the command where the user refused', async () => {
    await expect(store(machine({ 'add-trusted-cert': failed }).run).install(root)).rejects.toMatchObject({
      code: 'trust-store-failed',
      message: 'The login keychain did not take the authority: User canceled.',
      hint: `Run by hand: /usr/bin/security add-trusted-cert -r trustRoot -p ssl -k ${keychain} '/data/My Files/ca.pem'`
    })
  })
})

describe('Windows', () => {
  const certutil = String.raw`C:\Windows\System32\certutil.exe`
  const store = (run: Run): TrustStore => win32TrustStores(String.raw`C:\Windows`, run)[0] as TrustStore
  const line = (...args: string[]): string => commandLine(certutil, args)

  it('trusts what its user’s Root store lists', async () => {
    const { run, ran } = machine({})
    expect(await store(run).status(root)).toEqual({ state: 'trusted' })
    expect(ran).toEqual([line('-user', '-store', 'Root', root.sha1)])
  })
  it('installs once', async () => {
    const { run, ran } = machine({ '-store': failed })
    await store(run).install(root)
    expect(ran[1]).toBe(line('-user', '-addstore', 'Root', root.certFile))
    const again = machine({})
    await store(again.run).install(root)
    expect(again.ran).toHaveLength(1)
  })
  it('removes by thumbprint', async () => {
    const { run, ran } = machine({})
    await store(run).uninstall(root)
    expect(ran[1]).toBe(line('-user', '-delstore', 'Root', root.sha1))
  })
})

describe('a command', () => {
  it('gets its arguments as they are, without a shell', async () => {
    expect(await runCommand('printf', ['%s', '$HOME; `id` "x" \'y\''])).toEqual({
      code: 0,
      stdout: '$HOME; `id` "x" \'y\'',
      stderr: '',
      missing: false
    })
  })
  it('that fails says its code', async () =>
    expect(await runCommand('sh', ['-c', 'echo why >&2; exit 7'])).toMatchObject({ code: 7, stderr: 'why\n', missing: false }))
  it('that is not there is missing', async () =>
    expect(await runCommand('no-such-program-here', [])).toMatchObject({ code: null, missing: true }))
  it('is written as it would be typed', () =>
    expect(commandLine('a', ['b c', "it's", '', '/x/y.pem', 'C,,'])).toBe(String.raw`a 'b c' 'it'\''s' '' /x/y.pem C,,`))
})
