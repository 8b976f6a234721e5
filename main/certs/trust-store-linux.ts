import { access, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { dropFromJava } from './java-keystore.js'
import { nssStore } from './trust-store-nss.js'
import { commandLine, runOrThrow, trustStoreFailed, type Run, type TrustedRoot, type TrustStatus, type TrustStore } from './trust-store.js'

/** How a family of distributions takes a root: a file in a folder, and a program that then makes the bundle of it. */
export interface SystemLayout {
  readonly anchors: string
  readonly extension: string
  /** The bundle that clients read; a root is trusted once it is in there. */
  readonly bundle: string
  readonly update: readonly [string, ...string[]]
  /** What the same program is told after a file went. */
  readonly updateAfterRemoval: readonly [string, ...string[]]
  /** A keystore that takes its roots from this store and has to be told of removals. */
  readonly javaKeystore?: string
}

/** The first whose folder exists counts; the order is that of how sure the folder tells the family. */
export const systemLayouts: readonly SystemLayout[] = [
  // Fedora, RHEL, Amazon Linux
  layout('/etc/pki/ca-trust/source/anchors', '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem', ['update-ca-trust', 'extract']),
  // Arch: p11-kit's trust
  layout('/etc/ca-certificates/trust-source/anchors', '/etc/ssl/certs/ca-certificates.crt', ['trust', 'extract-compat']),
  // openSUSE, SLES
  layout('/etc/pki/trust/anchors', '/etc/ssl/ca-bundle.pem', ['update-ca-certificates']),
  // Debian, Ubuntu, Alpine; without --fresh Debian leaves a dangling link behind
  {
    ...layout('/usr/local/share/ca-certificates', '/etc/ssl/certs/ca-certificates.crt', ['update-ca-certificates']),
    updateAfterRemoval: ['update-ca-certificates', '--fresh'],
    javaKeystore: '/etc/ssl/certs/java/cacerts'
  }
]

/** The stores of this machine: the system's, Chromium's database, and one a Firefox profile. `home`: whose browsers. */
export async function linuxTrustStores(home: string, run: Run): Promise<TrustStore[]> {
  const layouts = await Promise.all(systemLayouts.map(async (each) => ((await exists(each.anchors)) ? [each] : [])))
  const system = layouts.flat().slice(0, 1)
  return [...system.map((each) => systemStore(each, run)), ...(await browserStores(home, run))]
}

/** The system's store, by its layout. */
export function systemStore(system: SystemLayout, run: Run): TrustStore {
  return {
    id: 'system',
    label: 'System store',
    usedBy: 'curl, OpenSSL, Python, Go, most tools',
    status: async (root) => await statusIn(system, root),
    install: async (root) => await installIn(system, root, run),
    uninstall: async (root) => await uninstallFrom(system, root, run)
  }
}

async function browserStores(home: string, run: Run): Promise<TrustStore[]> {
  const chromium = {
    folder: join(home, '.pki/nssdb'),
    label: 'Chrome, Chromium',
    usedBy: 'Chrome, Chromium, Edge, Brave of this user',
    create: true
  }
  const snap = {
    folder: join(home, 'snap/chromium/current/.pki/nssdb'),
    label: 'Chromium (snap)',
    usedBy: 'Chromium from the snap store',
    create: false
  }
  const snapThere = (await exists(join(snap.folder, 'cert9.db'))) ? [snap] : []
  const firefox = (await firefoxProfiles(home)).map((folder) => ({
    folder,
    label: `Firefox, ${basename(folder).replace(/^[^.]*\./, '')}`,
    usedBy: 'one Firefox profile',
    create: false
  }))
  return [chromium, ...snapThere, ...firefox].map((database) => nssStore(database, run))
}

/** Profiles that have been started once, in the folders of Firefox itself, its snap and its flatpak. */
async function firefoxProfiles(home: string): Promise<string[]> {
  const parents = ['.mozilla/firefox', 'snap/firefox/common/.mozilla/firefox', '.var/app/org.mozilla.firefox/.mozilla/firefox']
  const folders = await Promise.all(
    parents.map(async (parent) => (await names(join(home, parent))).map((name) => join(home, parent, name)))
  )
  const withDatabase = await Promise.all(folders.flat().map(async (folder) => ((await exists(join(folder, 'cert9.db'))) ? [folder] : [])))
  return withDatabase.flat().sort()
}

async function statusIn(system: SystemLayout, root: TrustedRoot): Promise<TrustStatus> {
  try {
    return (await readFile(system.bundle, 'latin1')).includes(base64Of(root.certificate)) ? { state: 'trusted' } : { state: 'absent' }
  } catch (cause) {
    const why = `${system.bundle} cannot be read`
    return { state: 'unknown', why, hint: `Is ca-certificates installed? (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})` }
  }
}

async function installIn(system: SystemLayout, root: TrustedRoot, run: Run): Promise<void> {
  if ((await statusIn(system, root)).state === 'trusted') return
  const anchor = anchorFile(system, root)
  const byHand = `sudo ${commandLine('install', ['-m', '644', root.certFile, anchor])} && sudo ${commandLine(...split(system.update))}`
  await writeFile(anchor, root.certificate, { mode: 0o644 }).catch((cause: unknown) => {
    throw trustStoreFailed(`${system.anchors} takes no file from this user.`, `Run by hand: ${byHand}`, cause)
  })
  await runOrThrow(run, 'The system store was not brought up to date', ...split(system.update), byHand)
}

async function uninstallFrom(system: SystemLayout, root: TrustedRoot, run: Run): Promise<void> {
  const anchor = anchorFile(system, root)
  if (!(await exists(anchor)) && (await statusIn(system, root)).state !== 'trusted') return
  const byHand = `sudo ${commandLine('rm', ['-f', anchor])} && sudo ${commandLine(...split(system.updateAfterRemoval))}`
  // First, so that what fails here is tried again the next time.
  if (system.javaKeystore !== undefined) await dropFromJava(system.javaKeystore, basename(anchor).replace(/crt$/, 'pem'), run)
  await rm(anchor, { force: true }).catch((cause: unknown) => {
    throw trustStoreFailed(`${anchor} cannot be removed by this user.`, `Run by hand: ${byHand}`, cause)
  })
  await runOrThrow(run, 'The system store was not brought up to date', ...split(system.updateAfterRemoval), byHand)
}

/** The fingerprint parts authorities of one name in several data folders. */
function anchorFile(system: SystemLayout, root: TrustedRoot): string {
  return join(system.anchors, `switchyard-${root.sha256.slice(0, 16).toLowerCase()}${system.extension}`)
}

/** Bundles break lines at 64 as we do, but may have a comment or name between blocks: the inside is what is looked for. */
function base64Of(pem: string): string {
  return pem.replace(/-----[^-]+-----/g, '').trim()
}

function layout(anchors: string, bundle: string, update: readonly [string, ...string[]]): SystemLayout {
  return { anchors, extension: '.crt', bundle, update, updateAfterRemoval: update }
}

function split([file, ...args]: readonly [string, ...string[]]): [string, string[]] {
  return [file, args]
}

async function names(folder: string): Promise<string[]> {
  return await readdir(folder).catch(() => [])
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false
  )
}
