import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { asSwitchyardError, SwitchyardError } from '../../shared/errors.js'

/** PEM texts: the end entity first, then what links it to its root. The shape of the engine's `CertificatePair`. */
export interface KeyPairTexts {
  readonly certificate: string
  readonly key: string
}
export interface KeyPairFiles {
  readonly certFile: string
  readonly keyFile: string
  readonly chainFile?: string
}
const maxFileBytes = 1_048_576

/**
 * Reads a config's own certificate and key, refused where a real server would refuse them: unreadable, not PEM, encrypted,
 * of different keys, or of a kind that TLS here does not take. One that has expired is served: so do they.
 * @throws SwitchyardError `key-unreadable` | `certificate-broken`
 */
export function readKeyPair({ certFile, keyFile, chainFile }: KeyPairFiles): KeyPairTexts {
  const certificate = readPem('certificate-broken', 'certificate', certFile)
  const leaf = parseCertificate(certificate, certFile)
  const key = readPem('key-unreadable', 'key', keyFile)
  const parsedKey = parseKey(key, keyFile)
  if (!leaf.checkPrivateKey(parsedKey)) throw mismatch(certFile, keyFile)
  const chain = chainFile === undefined ? '' : readPem('certificate-broken', 'certificate chain', chainFile)
  // A chain without any certificate adds none, and is let pass (httpd: SSL_CTX_use_certificate_chain).
  if (chainFile !== undefined && /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/.test(chain)) parseCertificate(chain, chainFile)
  const texts = { certificate: `${certificatesOf(certificate)}${certificatesOf(chain)}`, key: keyText(parsedKey) }
  tryInTls(texts, certFile)
  return texts
}

/** For a dialect, while it reads its config: what is wrong with these files, in plain words, or null. */
export function checkCertificate(certFile: string, keyFile: string, chainFile?: string): string | null {
  try {
    readKeyPair({ certFile, keyFile, ...(chainFile === undefined ? {} : { chainFile }) })
    return null
  } catch (thrown) {
    const { message, hint } = asSwitchyardError(thrown)
    return hint === undefined ? message : `${message} ${hint}`
  }
}

/** Tells a changed file from one that stayed: device times and sizes of all of them. Missing ones count as such. */
export function filesStamp({ certFile, keyFile, chainFile }: KeyPairFiles): string {
  return [certFile, keyFile, ...(chainFile === undefined ? [] : [chainFile])].map(fileStamp).join('|')
}

function fileStamp(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true })
  return found ? `${found.mtimeNs}-${found.size}-${found.ino}` : 'missing'
}

function readPem(code: 'certificate-broken' | 'key-unreadable', what: string, path: string): string {
  try {
    const found = statSync(path)
    if (!found.isFile()) throw new Error('it is not a file')
    if (found.size > maxFileBytes) throw new Error(`it is larger than ${maxFileBytes} bytes`)
    return readFileSync(path, 'latin1')
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? (cause as Error).message
    throw new SwitchyardError(code, `The ${what} ${path} cannot be read (${why}).`, { hint: readHint(why), cause })
  }
}

function readHint(why: string): string {
  if (why === 'EACCES' || why === 'EPERM') return 'Allow this user to read it, or start Switchyard as one who may.'
  return 'Check the path in the config.'
}

function parseCertificate(text: string, path: string): X509Certificate {
  try {
    return new X509Certificate(text)
  } catch (cause) {
    throw new SwitchyardError('certificate-broken', `${path} holds no certificate that can be read.`, {
      hint: 'It must be PEM and begin with -----BEGIN CERTIFICATE-----.',
      cause
    })
  }
}

function parseKey(text: string, path: string): KeyObject {
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(text)) throw encrypted(path)
  try {
    return createPrivateKey(text)
  } catch (cause) {
    throw new SwitchyardError('key-unreadable', `${path} holds no private key that can be read.`, {
      hint: 'It must be PEM and hold a block such as -----BEGIN PRIVATE KEY-----.',
      cause
    })
  }
}

function encrypted(path: string): SwitchyardError {
  return new SwitchyardError('key-unreadable', `The key ${path} is encrypted, and nobody is there to type its pass phrase.`, {
    hint: `Write it without one, readable by you alone: openssl pkey -in '${path}' -out key.pem`
  })
}

function mismatch(certFile: string, keyFile: string): SwitchyardError {
  return new SwitchyardError('certificate-broken', `The key ${keyFile} does not belong to the certificate ${certFile}.`, {
    hint: "Use the key that the certificate was requested with; the first certificate in the file must be the site's own."
  })
}

/** Certificate blocks alone: comments, parameters or a key in the same file must not go to where chains are shown. */
function certificatesOf(text: string): string {
  return (text.match(/-----BEGIN (?:X509 )?CERTIFICATE-----[^-]+-----END (?:X509 )?CERTIFICATE-----/g) ?? [])
    .map((block) => `${block}\n`)
    .join('')
}

function keyText(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }) as string
}

/** TLS has conditions of its own: a key too small for the security level, a curve that this runtime lacks. */
function tryInTls(texts: KeyPairTexts, certFile: string): void {
  try {
    createSecureContext({ cert: texts.certificate, key: texts.key })
  } catch (cause) {
    const why = (cause as Error).message.replace(/^error:[0-9A-Fa-f]+:/, '')
    throw new SwitchyardError('certificate-broken', `The certificate ${certFile} is refused by TLS: ${why}.`, {
      hint: 'Have it issued anew with an RSA key of at least 2048 bits or a P-256 key.',
      cause
    })
  }
}
