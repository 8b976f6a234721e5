import { createHash, generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'

interface KeyPair {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

const generate = promisify(generateKeyPair)

/** A P-256 key pair (RFC 5480 §2.1.1.1): taken by every TLS client, and by Electron's BoringSSL. */
export async function makeKeyPair(): Promise<KeyPair> {
  return await generate('ec', { namedCurve: 'P-256' })
}

/** PKCS #8 PEM. */
export function keyPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }) as string
}

/** Leftmost 160 bits of the SHA-256 of the public key's bits (RFC 7093 §2, method 1). */
export function keyIdentifier(publicKey: KeyObject): Buffer {
  // A P-256 key's bits are its uncompressed point, the last 65 bytes of subjectPublicKeyInfo.
  const point = publicKey.export({ type: 'spki', format: 'der' }).subarray(-65)
  return createHash('sha256').update(point).digest().subarray(0, 20)
}
