import { randomBytes, X509Certificate, type KeyObject } from 'node:crypto'
import { hostname } from 'node:os'
import type { HostName } from './host-name.js'
import type { Permitted } from './permitted.js'
import { keyIdentifier, keyPem, makeKeyPair } from './keys.js'
import type { CertificatePlan, DistinguishedName } from './x509.js'

/** A local authority, read and checked: its key is its certificate's. */
export interface Authority {
  /** The name of its folder: `local`, or that of the first host it was made for. Unique in a data folder. */
  readonly name: string
  readonly folder: string
  readonly certFile: string
  /** PEM. */
  readonly certificate: string
  readonly key: KeyObject
  readonly subject: DistinguishedName
  readonly permitted: Permitted
  readonly notBefore: Date
  readonly notAfter: Date
  /** SHA-256 of the certificate, `4E:9A:…`. */
  readonly fingerprint256: string
}

/** PEM texts of a new authority, before it has a place. */
export interface NewAuthority {
  readonly certificate: string
  readonly key: string
  readonly subject: DistinguishedName
}
/** PEM texts of a new end entity. */
export interface NewEndEntity {
  readonly certificate: string
  readonly key: string
  readonly notAfter: Date
}

const dayMs = 86_400_000
const authorityDays = 3650
/** Below the 825 days that Apple's clients take from a local authority, and the 398 that they take from others. */
const endEntityDays = 397
/** Certificates are valid from a day ago: the clock of a container or a virtual machine may be behind. */
const backdatedMs = dayMs

export async function makeAuthority(permitted: Permitted, nowMs: number): Promise<NewAuthority> {
  const { publicKey, privateKey } = await makeKeyPair()
  const subject = authoritySubject()
  const extensions = { of: 'authority' as const, permitted, subjectKey: keyIdentifier(publicKey) }
  const certificate = await certificateOf(
    { subject, issuer: subject, ...validity(nowMs, authorityDays), extensions },
    publicKey,
    privateKey
  )
  return { certificate, key: keyPem(privateKey), subject }
}

/** Issues for these names, the first of them its subject; all must be permitted. Never outlives its authority. */
export async function makeEndEntity(authority: Authority, names: readonly HostName[], nowMs: number): Promise<NewEndEntity> {
  const { publicKey, privateKey } = await makeKeyPair()
  const wanted = validity(nowMs, endEntityDays)
  const notAfter = wanted.notAfter < authority.notAfter ? wanted.notAfter : authority.notAfter
  const plan = {
    subject: endEntitySubject(names),
    issuer: authority.subject,
    notBefore: wanted.notBefore,
    notAfter,
    extensions: { of: 'endEntity' as const, names, subjectKey: keyIdentifier(publicKey), authorityKey: authorityKeyIdentifier(authority) }
  }
  return { certificate: await certificateOf(plan, publicKey, authority.key), key: keyPem(privateKey), notAfter }
}

/** Most starts make none: node-forge, a fifteenth of a second of each thread that loads it, comes with the first. */
async function certificateOf(plan: CertificatePlan, publicKey: KeyObject, issuerKey: KeyObject): Promise<string> {
  const { makeCertificate } = await import('./x509.js')
  return await makeCertificate(plan, publicKey, issuerKey)
}

/** NSS and Windows find authorities by subject, so no two may share one: a random mark stands in it. */
function authoritySubject(): DistinguishedName {
  return [
    ['O', 'Switchyard'],
    ['OU', hostname() || 'this machine'],
    ['CN', `Switchyard local authority ${randomBytes(4).toString('hex')}`]
  ]
}

/** The commonName is for people: clients go by subjectAltName (RFC 9525 §2). One that would not fit is left out. */
function endEntitySubject(names: readonly HostName[]): DistinguishedName {
  const name = names.find((each) => each.kind === 'dns' && each.text.length <= 64)
  return [['O', 'Switchyard development certificate'], ...(name ? [['CN', name.text] as const] : [])]
}

function authorityKeyIdentifier(authority: Authority): Buffer {
  return keyIdentifier(new X509Certificate(authority.certificate).publicKey)
}

function validity(nowMs: number, days: number): { notBefore: Date; notAfter: Date } {
  const notBeforeMs = Math.floor((nowMs - backdatedMs) / 1000) * 1000
  return { notBefore: new Date(notBeforeMs), notAfter: new Date(notBeforeMs + days * dayMs) }
}
