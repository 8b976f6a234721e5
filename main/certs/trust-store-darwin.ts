import { join } from 'node:path'
import { commandLine, reason, runOrThrow, type Run, type TrustedRoot, type TrustStatus, type TrustStore } from './trust-store.js'

const security = '/usr/bin/security'

/**
 * The login keychain of macOS, through `security` (security(1)): the user is asked for the password in a window, no
 * administrator is needed, and no other user is concerned. Firefox reads the keychain's roots since version 120.
 * Written by the manual: the command lines are tested as data, since no macOS was at hand to run them on.
 */
export function darwinTrustStores(home: string, run: Run): TrustStore[] {
  const keychain = join(home, 'Library/Keychains/login.keychain-db')
  return [
    {
      id: 'login-keychain',
      label: 'macOS login keychain',
      usedBy: 'Safari, Chrome, Edge, Firefox 120 and later, most apps',
      status: async (root) => await status(keychain, root, run),
      install: async (root) => await install(keychain, root, run),
      uninstall: async (root) => await uninstall(keychain, root, run)
    }
  ]
}

/** In the keychain, by fingerprint; and trusted for TLS as a root (-l: it is an authority; -L: no network). */
async function status(keychain: string, root: TrustedRoot, run: Run): Promise<TrustStatus> {
  const listed = await run(security, ['find-certificate', '-a', '-Z', '-c', 'Switchyard', keychain])
  if (listed.missing) return { state: 'unknown', why: reason(security, listed), hint: `Look in Keychain Access for '${root.label}'.` }
  if (!listed.stdout.toUpperCase().includes(root.sha256)) return { state: 'absent' }
  const verified = await run(security, ['verify-cert', '-c', root.certFile, '-p', 'ssl', '-l', '-L', '-q'])
  return { state: verified.code === 0 ? 'trusted' : 'absent' }
}

async function install(keychain: string, root: TrustedRoot, run: Run): Promise<void> {
  if ((await status(keychain, root, run)).state === 'trusted') return
  const args = ['add-trusted-cert', '-r', 'trustRoot', '-p', 'ssl', '-k', keychain, root.certFile]
  await runOrThrow(run, 'The login keychain did not take the authority', security, args)
}

/** Its trust setting first, then the certificate: the setting would stay behind for a certificate that is gone. */
async function uninstall(keychain: string, root: TrustedRoot, run: Run): Promise<void> {
  const listed = await run(security, ['find-certificate', '-a', '-Z', '-c', 'Switchyard', keychain])
  if (!listed.missing && !listed.stdout.toUpperCase().includes(root.sha256)) return
  const drop = ['delete-certificate', '-Z', root.sha256, keychain]
  const byHand = `${commandLine(security, ['remove-trusted-cert', root.certFile])} && ${commandLine(security, drop)}`
  await run(security, ['remove-trusted-cert', root.certFile])
  await runOrThrow(run, 'The login keychain still holds the authority', security, drop, byHand)
}
