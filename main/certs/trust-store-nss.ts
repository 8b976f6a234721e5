import { X509Certificate } from 'node:crypto'
import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { commandLine, reason, trustStoreFailed, type Run, type TrustedRoot, type TrustStatus, type TrustStore } from './trust-store.js'

/** A certificate database of Mozilla's NSS (`cert9.db` in a folder), as Chromium on Linux and every Firefox profile have one. */
export interface NssDatabase {
  readonly folder: string
  readonly label: string
  readonly usedBy: string
  /** Make the database where there is none: Chromium's is made on first use by whoever comes first. */
  readonly create: boolean
}

const tool = 'certutil'
/** Trusted to issue server certificates, for mail and code not at all. */
const trustFlags = 'C,,'
const packageHint =
  "NSS's certutil is needed: install libnss3-tools (Debian, Ubuntu), nss-tools (Fedora, Alpine), mozilla-nss-tools (openSUSE) or nss (Arch, Homebrew)."

/** The store that an NSS database is, worked through NSS's own certutil (not the program of that name on Windows). */
export function nssStore(database: NssDatabase, run: Run): TrustStore {
  const where = `sql:${database.folder}`
  return {
    id: `nss:${database.folder}`,
    label: database.label,
    usedBy: database.usedBy,
    status: async (root) => ((await exists(join(database.folder, 'cert9.db'))) ? await statusIn(where, root, run) : { state: 'absent' }),
    install: async (root) => {
      if ((await statusIn(where, root, run)).state === 'trusted') return
      if (database.create) await makeDatabase(database.folder, run)
      const args = ['-A', '-d', where, '-t', trustFlags, '-n', root.label, '-i', root.certFile]
      await certutil(run, `${database.label} did not take the authority`, args)
    },
    uninstall: async (root) => {
      if (!(await exists(join(database.folder, 'cert9.db')))) return
      // Not by its flags: one that is there without being trusted goes too.
      const listed = await run(tool, ['-L', '-d', where, '-n', root.label])
      if (listed.code !== 0 && !listed.missing) return
      await certutil(run, `${database.label} still holds the authority`, ['-D', '-d', where, '-n', root.label])
    }
  }
}

async function statusIn(where: string, root: TrustedRoot, run: Run): Promise<TrustStatus> {
  const all = await run(tool, ['-L', '-d', where])
  if (all.missing) return { state: 'unknown', why: 'certutil is not installed', hint: packageHint }
  if (all.code !== 0) return { state: 'unknown', why: reason(tool, all), hint: `Run by hand: ${commandLine(tool, ['-L', '-d', where])}` }
  if (!flagsOf(all.stdout, root.label).startsWith('C')) return { state: 'absent' }
  const one = await run(tool, ['-L', '-d', where, '-n', root.label, '-a'])
  return one.code === 0 && isSame(one.stdout, root) ? { state: 'trusted' } : { state: 'absent' }
}

/** A line of the list is a nickname, spaces, and the flags for servers, mail and code: `Switchyard local 4E9A07C1   C,,`. */
function flagsOf(list: string, nickname: string): string {
  const line = list.split('\n').find((each) => each.startsWith(`${nickname} `))
  return line === undefined ? '' : (line.slice(nickname.length).trim().split(/\s+/)[0] ?? '')
}

function isSame(pem: string, root: TrustedRoot): boolean {
  try {
    return new X509Certificate(pem).fingerprint256.replaceAll(':', '') === root.sha256
  } catch {
    return false
  }
}

async function makeDatabase(folder: string, run: Run): Promise<void> {
  if (await exists(join(folder, 'cert9.db'))) return
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw trustStoreFailed(`The certificate database ${folder} could not be made.`, 'Make its folder writable.', cause)
  })
  await certutil(run, `The certificate database ${folder} could not be made`, ['-N', '-d', `sql:${folder}`, '--empty-password'])
}

async function certutil(run: Run, what: string, args: readonly string[]): Promise<void> {
  const result = await run(tool, args)
  if (result.missing) throw trustStoreFailed(`${what}: certutil is not installed.`, `${packageHint} Then: ${commandLine(tool, args)}`)
  if (result.code !== 0) throw trustStoreFailed(`${what}: ${reason(tool, result)}`, `Run by hand: ${commandLine(tool, args)}`)
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false
  )
}
