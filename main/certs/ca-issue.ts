import { access, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SwitchyardError } from '../../shared/errors.js'
import { whySystemRefused } from '../../shared/system-error.js'
import { refusedNames, type Authorities } from './authorities.js'
import { makeEndEntity, type Authority } from './authority.js'
import { hostName, type HostName } from './host-name.js'

/** A certificate and its key, written to files. */
export interface IssuedPair {
  readonly names: readonly string[]
  readonly certFile: string
  readonly keyFile: string
  /** ISO 8601. */
  readonly notAfter: string
  /** Name of the authority that signed. */
  readonly authority: string
}
interface IssuePlan {
  readonly authority: Authority
  readonly hosts: readonly HostName[]
  readonly certFile: string
  readonly keyFile: string
}

/**
 * Writes `NAME.pem` and `NAME-key.pem` (0600) into a folder for use outside Switchyard: one pair an authority that the names
 * need, called after the first of its names. Files that are there stay.
 * @throws SwitchyardError `bad-argument` for a name that no authority may cover, `file-unwritable` for a file that is there already, or a folder
 */
export async function caIssue(authorities: Authorities, names: readonly string[], outDir: string, now = Date.now): Promise<IssuedPair[]> {
  refuseNames(names)
  await authorities.authoritiesFor(names)
  const plans = [...byAuthority(authorities, names)].map(([authority, hosts]) => ({ authority, hosts, ...pathsFor(outDir, hosts) }))
  for (const plan of plans) await refuseTaken([plan.certFile, plan.keyFile])
  const pairs: IssuedPair[] = []
  for (const plan of plans) pairs.push(await writePair(plan, outDir, now()))
  return pairs
}

function refuseNames(names: readonly string[]): void {
  if (names.length === 0) throw badArgument('No name was given to issue a certificate for.')
  const [first] = refusedNames(names)
  if (first) throw badArgument(`No certificate can be issued for '${first.name}': ${first.why}.`)
}

function badArgument(message: string): SwitchyardError {
  return new SwitchyardError('bad-argument', message, {
    hint: 'Give host names or IP addresses, such as app.example.com, *.app.test or 127.0.0.1.'
  })
}

function byAuthority(authorities: Authorities, names: readonly string[]): Map<Authority, HostName[]> {
  const groups = new Map<Authority, HostName[]>()
  for (const host of names.flatMap((name) => hostName(name) ?? [])) {
    const authority = authorities.covering(host)
    if (authority) groups.set(authority, [...(groups.get(authority) ?? []), host])
  }
  return groups
}

/** `*` and `:` are no characters for a file's name everywhere. */
function pathsFor(outDir: string, hosts: readonly HostName[]): { certFile: string; keyFile: string } {
  const base = (hosts[0] as HostName).text.replace('*', '_wildcard').replaceAll(':', '_').slice(0, 200)
  return { certFile: join(outDir, `${base}.pem`), keyFile: join(outDir, `${base}-key.pem`) }
}

/** It might be the key of production. */
async function refuseTaken(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const taken = await access(path).then(
      () => true,
      () => false
    )
    if (taken)
      throw new SwitchyardError('file-unwritable', `${path} is there already.`, { hint: 'Move it away, or choose another folder.' })
  }
}

async function writePair({ authority, hosts, certFile, keyFile }: IssuePlan, outDir: string, nowMs: number): Promise<IssuedPair> {
  const made = await makeEndEntity(authority, hosts, nowMs)
  try {
    await mkdir(outDir, { recursive: true })
    await writeFile(keyFile, made.key, { mode: 0o600, flag: 'wx' })
    await writeFile(certFile, made.certificate, { mode: 0o644, flag: 'wx' })
  } catch (cause) {
    throw new SwitchyardError('file-unwritable', `The certificate cannot be written to ${outDir}: ${whySystemRefused(cause)}.`, {
      hint: 'Choose a folder that you may write to.',
      cause
    })
  }
  return { names: hosts.map((host) => host.text), certFile, keyFile, notAfter: made.notAfter.toISOString(), authority: authority.name }
}
