import { dirname, resolve } from 'node:path'
import type { CertificateRef, ConfigHost } from '../../../shared/site.js'
import type { Finding } from '../../../shared/trace.js'
import type { ReadConfig } from './read-config.js'
import { openingOf } from './shape.js'

type ReadCertificate = NonNullable<ReadConfig['certificates']>[number]

/** A certificate of the config, with the names that it is for; `*.name` among them. */
export interface NamedCertificate {
  readonly names: readonly string[]
  readonly ref: CertificateRef
}

/** One that is not here is replaced by a local one, with a finding; one that is here and broken is an error. */
export function makeCertificate(
  read: ReadCertificate,
  file: string,
  host: ConfigHost
): { readonly certificate: NamedCertificate | null; readonly finding: Finding | null } {
  const names = (read.names ?? []).map((name) => name.toLowerCase())
  const certFile = besideConfig(file, read.certFile as string)
  const keyFile = besideConfig(file, read.keyFile as string)
  const span = openingOf(read.node)
  const chain = read.chainFile === undefined ? [] : [besideConfig(file, read.chainFile)]
  const missing = [certFile, keyFile, ...chain].filter((path) => host.stat(path) !== 'file')
  if (missing.length > 0) {
    const message = `${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} not here: ${names[0]} gets a local certificate instead.`
    const finding: Finding = { code: 'certificate-missing', severity: 'warning', message, span, routing: false }
    return { certificate: { names, ref: { from: 'local', names } }, finding }
  }
  const broken = host.checkCertificate(certFile, keyFile, ...chain)
  if (broken !== null) {
    return { certificate: null, finding: { code: 'certificate-broken', severity: 'error', message: broken, span, routing: false } }
  }
  const [chainFile] = chain
  const ref = { from: 'files', certFile, keyFile, ...(chainFile === undefined ? {} : { chainFile }) } as const
  return { certificate: { names, ref }, finding: null }
}

/** The certificate for a name: an exact one, one by `*.` over a single label (RFC 6125 §6.4.3), or a local one. */
export function certificateFor(certificates: readonly NamedCertificate[], names: readonly string[], asked: string | null): CertificateRef {
  const name = asked?.toLowerCase() ?? ''
  const above = `*${name.slice(name.indexOf('.'))}`
  const found =
    certificates.find((one) => one.names.includes(name)) ?? certificates.find((one) => name.includes('.') && one.names.includes(above))
  if (found !== undefined) return found.ref
  // Without a name, the first that the config has is as good as any.
  if (asked === null && certificates[0] !== undefined) return certificates[0].ref
  return { from: 'local', names: asked === null ? names : [name] }
}

/** Paths in a config are relative to its folder. They are UTF-8 there, and the system wants them decoded. */
export function besideConfig(file: string, path: string): string {
  return resolve(dirname(file), Buffer.from(path, 'latin1').toString('utf8'))
}
