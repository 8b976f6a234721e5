import forge from 'node-forge'
import type { HostName } from './host-name.js'
import { maskBytes, type AddressRange, type Permitted } from './permitted.js'

/** What a certificate's extensions say: an authority's or an end entity's. Key identifiers are 20 bytes. */
export type ExtensionPlan =
  | { readonly of: 'authority'; readonly permitted: Permitted; readonly subjectKey: Buffer }
  | { readonly of: 'endEntity'; readonly names: readonly HostName[]; readonly subjectKey: Buffer; readonly authorityKey: Buffer }

const { asn1 } = forge
const { Class, Type } = asn1
type Node = forge.asn1.Asn1

const oids = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  authorityKeyIdentifier: '2.5.29.35',
  extKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1'
}
/** Tags of GeneralName (RFC 5280 §4.2.1.6), IMPLICIT. */
const dnsNameTag = 2
const ipAddressTag = 7

/** The Extensions of RFC 5280 §4.2, as DER would have them. */
export function extensionsOf(plan: ExtensionPlan): Node {
  return sequence(plan.of === 'authority' ? authorityExtensions(plan.permitted, plan.subjectKey) : endEntityExtensions(plan))
}

function authorityExtensions(permitted: Permitted, subjectKey: Buffer): Node[] {
  return [
    // It signs end entities alone: no authority below it (pathLenConstraint 0).
    extension('basicConstraints', true, sequence([boolean(true), integer(0)])),
    // keyCertSign is bit 5, cRLSign bit 6.
    extension('keyUsage', true, bits(1, 0b0000_0110)),
    // On an authority this bounds what is below it, in every store that we know: no mail, no code, no client.
    extension('extKeyUsage', false, sequence([oid(oids.serverAuth)])),
    extension('nameConstraints', true, nameConstraints(permitted)),
    extension('subjectKeyIdentifier', false, octets(subjectKey))
  ]
}

function endEntityExtensions(plan: Extract<ExtensionPlan, { of: 'endEntity' }>): Node[] {
  return [
    extension('basicConstraints', true, sequence([])),
    // digitalSignature is bit 0: all that an ECDSA key does in TLS.
    extension('keyUsage', true, bits(7, 0b1000_0000)),
    extension('extKeyUsage', false, sequence([oid(oids.serverAuth)])),
    extension('subjectAltName', false, sequence(plan.names.map(generalName))),
    extension('subjectKeyIdentifier', false, octets(plan.subjectKey)),
    extension('authorityKeyIdentifier', false, sequence([implicit(0, plan.authorityKey)]))
  ]
}

/**
 * NameConstraints (RFC 5280 §4.2.1.10). A form of name that has no permitted subtree is not constrained at all, so the
 * form that is left empty is excluded whole: all addresses, or all DNS names.
 */
function nameConstraints({ names, ranges }: Permitted): Node {
  const permitted = [...names.map((name) => subtree(dnsName(name))), ...ranges.map((range) => subtree(addressAndMask(range)))]
  const excluded = [...(names.length > 0 ? [] : [subtree(dnsName(''))]), ...(ranges.length > 0 ? [] : allAddresses.map(subtree))]
  return sequence([constructed(0, permitted), ...(excluded.length > 0 ? [constructed(1, excluded)] : [])])
}

const allAddresses = [implicit(ipAddressTag, Buffer.alloc(8)), implicit(ipAddressTag, Buffer.alloc(32))]

/** GeneralSubtree: its minimum is 0, the default, which DER leaves out. */
function subtree(base: Node): Node {
  return sequence([base])
}

function addressAndMask(range: AddressRange): Node {
  return implicit(ipAddressTag, Buffer.concat([range.bytes, maskBytes(range)]))
}

function generalName(name: HostName): Node {
  return name.kind === 'dns' ? dnsName(name.text) : implicit(ipAddressTag, name.bytes)
}

function dnsName(name: string): Node {
  return implicit(dnsNameTag, Buffer.from(name, 'latin1'))
}

function extension(name: keyof typeof oids, critical: boolean, value: Node): Node {
  const der = Buffer.from(asn1.toDer(value).getBytes(), 'latin1')
  return sequence([oid(oids[name]), ...(critical ? [boolean(true)] : []), octets(der)])
}

function sequence(members: Node[]): Node {
  return asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, members)
}
function constructed(tag: number, members: Node[]): Node {
  return asn1.create(Class.CONTEXT_SPECIFIC, tag, true, members)
}
function implicit(tag: number, bytes: Buffer): Node {
  return asn1.create(Class.CONTEXT_SPECIFIC, tag, false, bytes.toString('latin1'))
}
function oid(dotted: string): Node {
  return asn1.create(Class.UNIVERSAL, Type.OID, false, asn1.oidToDer(dotted).getBytes())
}
function boolean(value: boolean): Node {
  return asn1.create(Class.UNIVERSAL, Type.BOOLEAN, false, value ? '\xff' : '\0')
}
function integer(value: number): Node {
  return asn1.create(Class.UNIVERSAL, Type.INTEGER, false, String.fromCharCode(value))
}
/** A named bit list in one byte, `unused` bits of it at the end cut off (X.690 §11.2.2). */
function bits(unused: number, byte: number): Node {
  return asn1.create(Class.UNIVERSAL, Type.BITSTRING, false, String.fromCharCode(unused, byte))
}
function octets(bytes: Buffer): Node {
  return asn1.create(Class.UNIVERSAL, Type.OCTETSTRING, false, bytes.toString('latin1'))
}
