import { randomBytes, sign, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import forge from 'node-forge'
import { extensionsOf, type ExtensionPlan } from './extensions.js'

/** Everything of a certificate but its key (RFC 5280 §4.1.2). */
export interface CertificatePlan {
  readonly subject: DistinguishedName
  readonly issuer: DistinguishedName
  readonly notBefore: Date
  readonly notAfter: Date
  readonly extensions: ExtensionPlan
}
/** In the order given: `[['O', 'Switchyard'], ['CN', 'localhost']]`. Values are at most 64 characters (RFC 5280 appendix A.1). */
export type DistinguishedName = readonly (readonly ['O' | 'OU' | 'CN', string])[]

const { asn1 } = forge
const { Class, Type } = asn1
const signOffThread = promisify(sign) as unknown as (algorithm: string, data: Uint8Array, key: KeyObject) => Promise<Buffer>
const ecdsaWithSha256 = '1.2.840.10045.4.3.2'
const attributeOids = { O: '2.5.4.10', OU: '2.5.4.11', CN: '2.5.4.3' }

/**
 * Makes a certificate for `publicKey`, signed by `issuerKey` (ecdsa-with-SHA256, RFC 5758 §3.2), as PEM.
 * The structure is node-forge's, which signs with RSA alone: the signature is node:crypto's, on its thread pool.
 */
export async function makeCertificate(plan: CertificatePlan, publicKey: KeyObject, issuerKey: KeyObject): Promise<string> {
  const tbs = tbsCertificate(plan, publicKey)
  const signature = await signOffThread('sha256', derBytes(tbs), issuerKey)
  const certificate = sequence([tbs, algorithm(), bitString(signature)])
  return pem('CERTIFICATE', derBytes(certificate))
}

function pem(label: string, der: Uint8Array): string {
  const base64 =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${base64.join('\n')}\n-----END ${label}-----\n`
}

function tbsCertificate(plan: CertificatePlan, publicKey: KeyObject): forge.asn1.Asn1 {
  return sequence([
    asn1.create(Class.CONTEXT_SPECIFIC, 0, true, [asn1.create(Class.UNIVERSAL, Type.INTEGER, false, '\x02')]),
    asn1.create(Class.UNIVERSAL, Type.INTEGER, false, serialNumber().toString('latin1')),
    algorithm(),
    distinguishedName(plan.issuer),
    sequence([time(plan.notBefore), time(plan.notAfter)]),
    distinguishedName(plan.subject),
    asn1.fromDer(publicKey.export({ type: 'spki', format: 'der' }).toString('latin1')),
    asn1.create(Class.CONTEXT_SPECIFIC, 3, true, [extensionsOf(plan.extensions)])
  ])
}

/** Sixteen random bytes, positive and without a leading zero (RFC 5280 §4.1.2.2). */
function serialNumber(): Buffer {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] as number) & 0x3f) | 0x40
  return bytes
}

function distinguishedName(name: DistinguishedName): forge.asn1.Asn1 {
  return sequence(
    name.map(([attribute, value]) =>
      asn1.create(Class.UNIVERSAL, Type.SET, true, [
        sequence([
          asn1.create(Class.UNIVERSAL, Type.OID, false, asn1.oidToDer(attributeOids[attribute]).getBytes()),
          asn1.create(Class.UNIVERSAL, Type.UTF8, false, forge.util.encodeUtf8([...value].slice(0, 64).join('')))
        ])
      ])
    )
  )
}

/** UTCTime until 2049, GeneralizedTime from 2050 (RFC 5280 §4.1.2.5). */
function time(at: Date): forge.asn1.Asn1 {
  return at.getUTCFullYear() < 2050
    ? asn1.create(Class.UNIVERSAL, Type.UTCTIME, false, asn1.dateToUtcTime(at))
    : asn1.create(Class.UNIVERSAL, Type.GENERALIZEDTIME, false, asn1.dateToGeneralizedTime(at))
}

function algorithm(): forge.asn1.Asn1 {
  return sequence([asn1.create(Class.UNIVERSAL, Type.OID, false, asn1.oidToDer(ecdsaWithSha256).getBytes())])
}

function bitString(bytes: Buffer): forge.asn1.Asn1 {
  return asn1.create(Class.UNIVERSAL, Type.BITSTRING, false, `\0${bytes.toString('latin1')}`)
}

function sequence(members: forge.asn1.Asn1[]): forge.asn1.Asn1 {
  return asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, members)
}

function derBytes(node: forge.asn1.Asn1): Buffer {
  return Buffer.from(asn1.toDer(node).getBytes(), 'latin1')
}
