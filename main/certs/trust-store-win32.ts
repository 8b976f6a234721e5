import { win32 } from 'node:path'
import { reason, runOrThrow, type Run, type TrustedRoot, type TrustStatus, type TrustStore } from './trust-store.js'

/**
 * The user's Root store of Windows, through its own certutil (named by its full path: NSS has a program of that name too).
 * Windows asks the user in a window before it adds or removes a root; no administrator is needed. Firefox reads these roots
 * since version 120. Written by the manual: the command lines are tested as data, since no Windows was at hand to run them on.
 */
export function win32TrustStores(systemRoot: string, run: Run): TrustStore[] {
  const certutil = win32.join(systemRoot, 'System32', 'certutil.exe')
  return [
    {
      id: 'user-root',
      label: 'Windows, this user',
      usedBy: 'Edge, Chrome, Firefox 120 and later, .NET, most apps',
      status: async (root) => await status(certutil, root, run),
      install: async (root) => {
        if ((await status(certutil, root, run)).state === 'trusted') return
        await runOrThrow(run, "Windows' Root store did not take the authority", certutil, ['-user', '-addstore', 'Root', root.certFile])
      },
      uninstall: async (root) => {
        if ((await status(certutil, root, run)).state === 'absent') return
        await runOrThrow(run, "Windows' Root store still holds the authority", certutil, ['-user', '-delstore', 'Root', root.sha1])
      }
    }
  ]
}

/** `-store` fails where nothing matches; a certificate is named by its SHA-1 thumbprint, as Windows does everywhere. */
async function status(certutil: string, root: TrustedRoot, run: Run): Promise<TrustStatus> {
  const found = await run(certutil, ['-user', '-store', 'Root', root.sha1])
  if (found.missing)
    return { state: 'unknown', why: reason(certutil, found), hint: 'Look in certmgr.msc under Trusted Root Certification Authorities.' }
  return { state: found.code === 0 ? 'trusted' : 'absent' }
}
