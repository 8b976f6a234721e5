import { X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import tls from 'node:tls'
import { runtimeRoots } from '../../../shared/steps.js'
import type { OriginTls } from '../../../shared/steps.js'
import { noRenegotiation } from './no-renegotiation.js'

const maxContexts = 64
interface Held {
  readonly context: tls.SecureContext
  /** What the files looked like. */
  readonly versions: string
}
const contexts = new Map<string, Held>()

/** One of our own files cannot be used. */
export class OriginFileError extends Error {}

/**
 * The context to speak TLS to an origin with, shared by equal ones (a bundle of authorities takes milliseconds to
 * parse). A file that changed on disk makes a new one; a change that cannot be used leaves the old one, as the real servers,
 * which read such files when they start, go on with what they have.
 *
 * @throws OriginFileError naming the file.
 */
export function originContext(how: OriginTls): tls.SecureContext {
  const files = [how.verify?.caFile ?? null, how.certificate?.certFile ?? null, how.certificate?.keyFile ?? null]
  const key = JSON.stringify([files, how.minVersion ?? '', how.maxVersion ?? '', how.ciphers ?? ''])
  const versions = files.map(version).join('\n')
  const old = contexts.get(key)
  const held = old?.versions === versions ? old : { context: makeOr(old?.context, how), versions }
  contexts.delete(key)
  contexts.set(key, held)
  if (contexts.size > maxContexts) contexts.delete(contexts.keys().next().value as string)
  return held.context
}

function makeOr(old: tls.SecureContext | undefined, how: OriginTls): tls.SecureContext {
  try {
    return make(how)
  } catch (thrown) {
    if (old === undefined) throw thrown
    return old
  }
}

function version(file: string | null): string {
  if (file === null || file === runtimeRoots) return file ?? ''
  const stat = statSync(file, { throwIfNoEntry: false })
  return `${file} ${stat === undefined ? 'missing' : `${stat.mtimeMs} ${stat.size} ${stat.ino}`}`
}

function make(how: OriginTls): tls.SecureContext {
  const options: tls.SecureContextOptions = {
    // Servers leave the level of versions and ciphers to their directives.
    ...(how.minVersion === undefined ? {} : { minVersion: how.minVersion }),
    ...(how.maxVersion === undefined ? {} : { maxVersion: how.maxVersion }),
    ...(how.ciphers === undefined ? {} : { ciphers: how.ciphers }),
    ...(how.verify === null || how.verify.caFile === runtimeRoots ? {} : { ca: readAuthorities(how.verify.caFile) }),
    ...(how.certificate === null ? {} : { cert: read(how.certificate.certFile), key: read(how.certificate.keyFile) }),
    secureOptions: noRenegotiation
  }
  try {
    return tls.createSecureContext(options)
  } catch (thrown) {
    const files = [how.verify?.caFile, how.certificate?.certFile, how.certificate?.keyFile].filter((file) => file !== undefined)
    throw new OriginFileError(`${files.join(', ') || 'The TLS settings for the origin'} cannot be used: ${(thrown as Error).message}`)
  }
}

/** OpenSSL takes a text without a certificate for no authorities at all, and whoever is checked then for untrusted. */
function readAuthorities(file: string): Buffer {
  const pem = read(file)
  try {
    new X509Certificate(pem)
    return pem
  } catch (thrown) {
    throw new OriginFileError(`${file} holds no certificate that can be read: ${(thrown as Error).message}`)
  }
}

function read(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (thrown) {
    throw new OriginFileError(`${file} cannot be read: ${(thrown as Error).message}`)
  }
}
