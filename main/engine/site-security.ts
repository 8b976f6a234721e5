import type tls from 'node:tls'
import type { Arrival, ClientHello, Site, TlsFailure, TlsRefusal, TlsSpec } from '../../shared/site.js'
import type { LogEntry } from '../../shared/steps.js'
import { readFile } from 'node:fs/promises'
import type { Certificates, CertificatePair } from './certificates.js'
import type { SecureListening, TlsSetup } from './listen/secure.js'
import type { Endpoint, Wire } from './wire/wire.js'

export interface SecurityParts {
  readonly site: () => Site
  readonly certificates: Certificates
  readonly arrival: (remote: Endpoint, local: Endpoint) => Arrival
  readonly onSecure: (wire: Wire) => void
  /** A plain request on the TLS port. */
  readonly onPlainInstead: (wire: Wire) => void
  /** A handshake failed: what the dialect logs of it, and in plain words. */
  readonly onRefused: (entries: readonly LogEntry[], failure: string, remote: Endpoint) => void
}

/** How a TLS port meets its clients: as the site of the moment says, with certificates by reference. */
export function siteSecurity(parts: SecurityParts): SecureListening {
  return {
    secure: async (hello, { remote, local }) => await setup(parts, hello, parts.arrival(remote, local)),
    onSecure: parts.onSecure,
    onNotTls: parts.onPlainInstead,
    onTlsFailure: (failure, remote) => refused(parts, failure, remote)
  }
}

async function setup({ site, certificates }: SecurityParts, hello: ClientHello, arrival: Arrival): Promise<TlsSetup | TlsRefusal> {
  const spec = site().secure(arrival, hello)
  if ('refuse' in spec) return spec
  const pair = await certificates.pair(spec.certificate, hello.serverName)
  const clientCa = spec.clientCaFile === null ? null : await readFile(spec.clientCaFile, 'latin1')
  return { key: setupKey(spec, pair), options: options(spec, pair, clientCa) }
}

/** Equal for specs that can share a context; a renewed certificate makes another. */
function setupKey(spec: TlsSpec, { certificate }: CertificatePair): string {
  const { alpn, minVersion, maxVersion, ciphers, clientCertificates, clientCaFile } = spec
  return JSON.stringify([certificate, alpn, minVersion, maxVersion, ciphers, clientCertificates, clientCaFile])
}

function options(spec: TlsSpec, { certificate, key }: CertificatePair, clientCa: string | null): tls.TlsOptions {
  return {
    cert: certificate,
    key,
    minVersion: spec.minVersion,
    maxVersion: spec.maxVersion,
    requestCert: spec.clientCertificates !== 'none',
    rejectUnauthorized: spec.clientCertificates === 'require',
    ...(spec.alpn.length === 0 ? {} : { ALPNProtocols: [...spec.alpn] }),
    ...(spec.ciphers === null ? {} : { ciphers: spec.ciphers }),
    ...(clientCa === null ? {} : { ca: clientCa })
  }
}

function refused({ site, arrival, onRefused }: SecurityParts, failure: TlsFailure, remote: Endpoint): void {
  const closing = site().refused(arrival(remote, { address: '', port: 0 }), failure)
  const name = failure.serverName === null ? '' : ` (asked for ${failure.serverName})`
  onRefused(closing.log, `TLS: ${failure.message}${name}`, remote)
}
