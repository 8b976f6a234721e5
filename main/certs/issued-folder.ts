import { createHash, createPrivateKey, randomBytes, X509Certificate } from 'node:crypto'
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeEndEntity, type Authority, type NewEndEntity } from './authority.js'
import type { HostName } from './host-name.js'

/** A certificate that was issued here, for a screen. */
export interface IssuedFacts {
  /** Names of its subjectAltName, the subject first. */
  readonly names: readonly string[]
  readonly notAfter: Date
}
/**
 * The end entity of an authority for these names, the first of them its subject: the one on disk where it is valid beyond
 * `untilMs`, else a new one.
 */
export type Issue = (authority: Authority, names: readonly HostName[], times: IssueTimes) => Promise<NewEndEntity>
/** Milliseconds since the epoch. */
export interface IssueTimes {
  readonly nowMs: number
  readonly untilMs: number
}
const maxFileBytes = 65_536
const fileName = /^[0-9a-f]{32}\.pem$/

/**
 * End entities on disk, one file (certificate, then key; 0600) an authority and set of names, in the data folder's `issued/`:
 * a cache, so that a restart keeps what browsers have seen. What can't be read or written is issued anew, without a word.
 */
export class IssuedFolder {
  readonly #folder: string
  readonly #maxFiles: number

  constructor(dataDir: string, maxFiles = 1000) {
    this.#folder = join(dataDir, 'issued')
    this.#maxFiles = maxFiles
  }

  /** The one for these names, where it is whole and still valid at `untilMs`. */
  async find(authority: Authority, names: readonly HostName[], untilMs: number): Promise<NewEndEntity | null> {
    const text = await readBounded(join(this.#folder, fileFor(authority, names)))
    const found = text === null ? null : parse(text)
    return found && found.notAfter.getTime() > untilMs && isIssuedBy(found, authority) ? found : null
  }

  /** Keeps it, replacing an older one. A disk that is full or read-only costs the cache, not the handshake. */
  async keep(authority: Authority, names: readonly HostName[], made: NewEndEntity): Promise<NewEndEntity> {
    const path = join(this.#folder, fileFor(authority, names))
    const aside = `${path}.${randomBytes(6).toString('hex')}`
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 })
      await writeFile(aside, made.certificate + made.key, { mode: 0o600, flag: 'wx' })
      await rename(aside, path)
      await this.#dropOldest()
    } catch {
      await rm(aside, { force: true }).catch(() => undefined)
    }
    return made
  }

  /** All that are kept, the latest end last. */
  async list(): Promise<IssuedFacts[]> {
    const files = (await this.#files()).map((name) => readBounded(join(this.#folder, name)))
    const facts = (await Promise.all(files)).flatMap((text) => (text === null ? [] : (factsOf(text) ?? [])))
    return facts.sort((a, b) => a.notAfter.getTime() - b.notAfter.getTime())
  }

  async #files(): Promise<string[]> {
    return (await readdir(this.#folder).catch(() => [])).filter((name) => fileName.test(name))
  }

  /** A tenth more than needed goes at once, so that not every handshake with a new name has to look through all. */
  async #dropOldest(): Promise<void> {
    const files = await this.#files()
    if (files.length <= this.#maxFiles) return
    const aged = await Promise.all(files.map(async (name) => ({ name, atMs: (await stat(join(this.#folder, name))).mtimeMs })))
    const surplus = files.length - Math.floor(this.#maxFiles * 0.9)
    for (const { name } of aged.sort((a, b) => a.atMs - b.atMs).slice(0, surplus)) await rm(join(this.#folder, name), { force: true })
  }
}

/** Issues in this thread, and keeps what it issued in the data folder. */
export function issueFrom(dataDir: string, maxFiles?: number): Issue {
  const issued = new IssuedFolder(dataDir, maxFiles)
  return async (authority, names, { nowMs, untilMs }) =>
    (await issued.find(authority, names, untilMs)) ?? (await issued.keep(authority, names, await makeEndEntity(authority, names, nowMs)))
}

function fileFor(authority: Authority, names: readonly HostName[]): string {
  const all = [authority.fingerprint256, ...names.map((name) => name.text)].join('\n')
  return `${createHash('sha256').update(all).digest('hex').slice(0, 32)}.pem`
}

function parse(text: string): NewEndEntity | null {
  const keyAt = text.indexOf('-----BEGIN PRIVATE KEY-----')
  if (keyAt < 0) return null
  const made = { certificate: text.slice(0, keyAt), key: text.slice(keyAt) }
  try {
    const x509 = new X509Certificate(made.certificate)
    return x509.checkPrivateKey(createPrivateKey(made.key)) ? { ...made, notAfter: new Date(x509.validTo) } : null
  } catch {
    return null
  }
}

function isIssuedBy(made: NewEndEntity, authority: Authority): boolean {
  return new X509Certificate(made.certificate).verify(new X509Certificate(authority.certificate).publicKey)
}

/** Node writes subjectAltName as `DNS:a, IP Address:127.0.0.1`; our names hold no comma. */
function factsOf(text: string): IssuedFacts | null {
  const made = parse(text)
  if (!made) return null
  const names = new X509Certificate(made.certificate).subjectAltName ?? ''
  return { names: names.split(', ').map((name) => name.replace(/^(?:DNS|IP Address):/, '')), notAfter: made.notAfter }
}

async function readBounded(path: string): Promise<string | null> {
  try {
    return (await stat(path)).size > maxFileBytes ? null : await readFile(path, 'latin1')
  } catch {
    return null
  }
}
