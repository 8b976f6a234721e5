import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto'
import { chmod, mkdir, open, readFile, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { SwitchyardError } from '../../shared/errors.js'
import type { Authority, NewAuthority } from './authority.js'
import { rangeText, readRange, type Permitted } from './permitted.js'
import type { DistinguishedName } from './x509.js'

/** What stands in `facts.json` beside `ca.pem` and `key.pem`. */
interface Facts {
  readonly version: 1
  readonly subject: DistinguishedName
  readonly names: readonly string[]
  readonly ranges: readonly string[]
  readonly fingerprint256: string
}
const maxFileBytes = 65_536
const unfinishedPrefix = '.new-'
const unfinishedAfterMs = 3_600_000

/** Names of the authorities in a folder, in order of name; empty where there is none. */
export async function authorityNames(parent: string): Promise<string[]> {
  const entries = await readdir(parent, { withFileTypes: true }).catch(absentOr(parent))
  return (entries ?? [])
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .sort()
}

/**
 * Reads an authority, or null where there is none of this name.
 * @throws SwitchyardError `authority-broken` where a file is missing, unreadable, or does not belong to the others.
 */
export async function readAuthority(parent: string, name: string): Promise<Authority | null> {
  const folder = join(parent, name)
  const found = await stat(folder).catch(absentOr(parent))
  if (!found) return null
  try {
    return await readWhole(name, folder)
  } catch (cause) {
    throw broken(folder, cause)
  }
}

/**
 * Gives a new authority its place, whole or not at all: it is written beside, then renamed. Where another process was
 * quicker, its authority is the one, and the new one is dropped: what is there is never replaced.
 */
export async function placeAuthority(
  parent: string,
  name: string,
  made: NewAuthority,
  permitted: Permitted,
  nowMs: number
): Promise<Authority> {
  await makePrivateFolder(parent)
  await removeUnfinished(parent, nowMs)
  const aside = join(parent, `${unfinishedPrefix}${process.pid}-${randomBytes(6).toString('hex')}`)
  try {
    await writeWhole(aside, made, permitted)
    await renameUnlessTaken(aside, join(parent, name))
  } catch (cause) {
    throw unwritable(parent, cause)
  } finally {
    await rm(aside, { recursive: true, force: true })
  }
  const placed = await readAuthority(parent, name)
  if (!placed) throw unwritable(parent, new Error(`${join(parent, name)} is gone again`))
  return placed
}

/** The folder and what is above it, readable by its owner alone. */
export async function makePrivateFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw unwritable(folder, cause)
  }
}

async function readWhole(name: string, folder: string): Promise<Authority> {
  const certFile = join(folder, 'ca.pem')
  const keyFile = join(folder, 'key.pem')
  const certificate = await readBounded(certFile)
  const x509 = new X509Certificate(certificate)
  const key = createPrivateKey(await readBounded(keyFile))
  if (!x509.checkPrivateKey(key)) throw new Error('key.pem is not the key of ca.pem')
  const facts = JSON.parse(await readBounded(join(folder, 'facts.json'))) as Facts
  if (facts.version !== 1) throw new Error(`facts.json has version ${String(facts.version)}, which only a later Switchyard reads`)
  if (facts.fingerprint256 !== x509.fingerprint256) throw new Error('facts.json is not about ca.pem')
  await keepPrivate(keyFile)
  return {
    name,
    folder,
    certFile,
    certificate,
    key,
    subject: facts.subject,
    permitted: { names: facts.names, ranges: facts.ranges.map(rangeOrThrow) },
    notBefore: new Date(x509.validFrom),
    notAfter: new Date(x509.validTo),
    fingerprint256: x509.fingerprint256
  }
}

async function writeWhole(folder: string, made: NewAuthority, permitted: Permitted): Promise<void> {
  await mkdir(folder, { mode: 0o700 })
  const facts: Facts = {
    version: 1,
    subject: made.subject,
    names: permitted.names,
    ranges: permitted.ranges.map(rangeText),
    fingerprint256: new X509Certificate(made.certificate).fingerprint256
  }
  await writeNew(join(folder, 'key.pem'), made.key, 0o600)
  await writeNew(join(folder, 'ca.pem'), made.certificate, 0o644)
  await writeNew(join(folder, 'facts.json'), `${JSON.stringify(facts, null, 2)}\n`, 0o644)
}

/** On disk before it is renamed, so that a power cut leaves a whole authority or none. */
async function writeNew(path: string, text: string, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** A folder that holds something cannot be renamed onto: ENOTEMPTY or EEXIST, on Windows EPERM. */
async function renameUnlessTaken(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (cause) {
    if (!(await stat(to).catch(absent))) throw cause
  }
}

/** What a killed process left behind: an hour is far more than the few milliseconds that writing takes. */
async function removeUnfinished(parent: string, nowMs: number): Promise<void> {
  const left = (await readdir(parent)).filter((name) => name.startsWith(unfinishedPrefix))
  for (const name of left) {
    const found = await stat(join(parent, name)).catch(absent)
    if (found && nowMs - found.mtimeMs > unfinishedAfterMs) await rm(join(parent, name), { recursive: true, force: true })
  }
}

/** A copy or a restored backup may have loosened the key's mode. Where it can't be changed, it is read all the same. */
async function keepPrivate(keyFile: string): Promise<void> {
  const { mode } = await stat(keyFile)
  if ((mode & 0o077) !== 0) await chmod(keyFile, 0o600).catch(() => undefined)
}

async function readBounded(path: string): Promise<string> {
  const { size } = await stat(path)
  if (size > maxFileBytes) throw new Error(`${path} is too large`)
  return await readFile(path, 'utf8')
}

function rangeOrThrow(text: string) {
  const range = readRange(text)
  if (!range) throw new Error(`facts.json names a range that is none: ${text}`)
  return range
}

function absent(cause: NodeJS.ErrnoException): null {
  if (cause.code === 'ENOENT') return null
  throw cause
}

/** Neither there nor not there: the data folder is a file, or not ours to look into. */
function absentOr(parent: string): (cause: NodeJS.ErrnoException) => null {
  return (cause) => {
    if (cause.code === 'ENOENT') return null
    throw unwritable(parent, cause)
  }
}

function broken(folder: string, cause: unknown): SwitchyardError {
  return new SwitchyardError('authority-broken', `The local authority in ${folder} cannot be used: ${words(cause)}`, {
    hint: 'Restore its files, or move that folder away: the next start makes a new authority, which then has to be trusted in its place (Certificates, or ca install).',
    cause
  })
}

function unwritable(folder: string, cause: unknown): SwitchyardError {
  return new SwitchyardError('authority-broken', `Local authorities cannot be kept in ${folder}: ${words(cause)}`, {
    hint: 'Make it a folder that you may read and write, or choose another data folder with --data.',
    cause
  })
}

function words(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
