import { readFileSync, statSync } from 'node:fs'
import tls from 'node:tls'
import { runtimeRoots } from '../../../shared/steps.js'
import type { OriginTls } from '../../../shared/steps.js'
import { noRenegotiation } from './no-renegotiation.js'

const maxContexts = 64
const contexts = new Map<string, tls.SecureContext>()

/** One of our own files cannot be used. */
export class OriginFileError extends Error {}

/**
 * The context to speak TLS to an origin with, shared by equal ones (a bundle of authorities takes milliseconds to
 * parse). A file that changed on disk makes a new one.
 *
 * @throws OriginFileError naming the file.
 */
export function originContext(how: OriginTls): tls.SecureContext {
  const files = [how.verify?.caFile ?? null, how.certificate?.certFile ?? null, how.certificate?.keyFile ?? null]
  const key = JSON.stringify([files.map(version), how.minVersion ?? '', how.maxVersion ?? '', how.ciphers ?? ''])
  const context = contexts.get(key) ?? make(how)
  contexts.delete(key)
  contexts.set(key, context)
  if (contexts.size > maxContexts) contexts.delete(contexts.keys().next().value as string)
  return context
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
    ...(how.verify === null || how.verify.caFile === runtimeRoots ? {} : { ca: read(how.verify.caFile) }),
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

function read(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (thrown) {
    throw new OriginFileError(`${file} cannot be read: ${(thrown as Error).message}`)
  }
}
