import { randomBytes } from 'node:crypto'
import { access, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import type { Authorities } from './authorities.js'
import { makePrivateFolder } from './authority-folder.js'

/** Where systems keep their roots in one file: Debian, Fedora, openSUSE, Alpine and the BSDs, macOS. */
const systemBundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem'
]
const pemBlock = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** All local authorities in one file, for `NODE_EXTRA_CA_CERTS` and `curl --cacert`. Written anew; its path. */
export async function writeAuthoritiesFile(authorities: Authorities): Promise<string> {
  return await writeDerived(authorities.dataDir, 'authorities.pem', await localRoots(authorities))
}

/** System roots and all local authorities in one file, for clients whose setting replaces their roots. Its path. */
export async function writeBundle(authorities: Authorities): Promise<string> {
  const local = await localRoots(authorities)
  const theirs = (await systemRoots()).filter((root) => !local.includes(root))
  return await writeDerived(authorities.dataDir, 'bundle.pem', [...theirs, ...local])
}

/** A new authority goes into the files that somebody's environment points to already. */
export async function refreshBundles(dataDir: string, authorities: Authorities): Promise<void> {
  if (await exists(join(dataDir, 'authorities.pem'))) await writeAuthoritiesFile(authorities)
  if (await exists(join(dataDir, 'bundle.pem'))) await writeBundle(authorities)
}

/** PEM of each root that this system trusts; Node's own where it keeps them in no file. */
async function systemRoots(): Promise<string[]> {
  for (const path of systemBundles) {
    const roots = (await readFile(path, 'latin1').catch(() => '')).match(pemBlock)
    if (roots) return roots
  }
  return [...rootCertificates]
}

async function localRoots(authorities: Authorities): Promise<string[]> {
  const found = await authorities.list()
  return found.flatMap((each) => ('authority' in each ? [each.authority.certificate.trim()] : []))
}

/** Whole at any moment for who reads it: written beside, then renamed. */
async function writeDerived(dataDir: string, name: string, roots: readonly string[]): Promise<string> {
  await makePrivateFolder(dataDir)
  const path = join(dataDir, name)
  const aside = `${path}.${randomBytes(6).toString('hex')}`
  try {
    await writeFile(aside, `${roots.join('\n')}\n`, { mode: 0o644, flag: 'wx' })
    await rename(aside, path)
  } finally {
    await rm(aside, { force: true })
  }
  return path
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false
  )
}
