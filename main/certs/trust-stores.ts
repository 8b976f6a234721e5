import { X509Certificate } from 'node:crypto'
import { homedir } from 'node:os'
import type { Authority } from './authority.js'
import { darwinTrustStores } from './trust-store-darwin.js'
import { linuxTrustStores } from './trust-store-linux.js'
import { win32TrustStores } from './trust-store-win32.js'
import { runCommand, type Run, type TrustedRoot, type TrustStore } from './trust-store.js'

export interface TrustStoresOptions {
  readonly platform?: NodeJS.Platform
  /** Whose browsers. Default: this user's. */
  readonly home?: string
  readonly run?: Run
}

/** The trust stores of this machine. Empty on a system that we know none of. */
export async function trustStores(options: TrustStoresOptions = {}): Promise<TrustStore[]> {
  const { platform = process.platform, home = homedir(), run = runCommand } = options
  switch (platform) {
    case 'linux':
      return await linuxTrustStores(home, run)
    case 'darwin':
      return darwinTrustStores(home, run)
    case 'win32':
      return win32TrustStores(process.env['SystemRoot'] ?? 'C:\\Windows', run)
    default:
      return []
  }
}

/** What stores are told of an authority. */
export function trustedRoot(authority: Authority): TrustedRoot {
  const x509 = new X509Certificate(authority.certificate)
  const sha256 = authority.fingerprint256.replaceAll(':', '')
  return {
    label: `Switchyard ${authority.name.slice(0, 60)} ${sha256.slice(0, 8)}`,
    certFile: authority.certFile,
    certificate: authority.certificate,
    sha256,
    sha1: x509.fingerprint.replaceAll(':', '')
  }
}
