import type { CertificateRef, ConfigHost, TlsSpec } from '../../../../shared/site.js'
import type { Finding } from '../../../../shared/trace.js'
import type { ServerConf } from '../config/server.js'
import type { Tree } from '../tree.js'

/** How a server meets TLS: its own certificate where the files are here, a local one where they are not. */
export function tlsOf(conf: ServerConf, name: string, tree: Tree, host: ConfigHost, findings: Finding[]): TlsSpec {
  return { ...localTls(conf, name), certificate: certificateOf(conf, name, tree, host, findings) }
}

/** The same, with a local certificate whatever the files. */
export function localTls(conf: ServerConf, name: string): TlsSpec {
  const { ssl } = conf
  const versions = ssl.protocols ?? []
  const first = versions[0]
  return {
    certificate: localCertificate(conf, name),
    alpn: ['http/1.1'],
    // OpenSSL's own floor, as distributions set it, where the config leaves older versions on
    minVersion: first === undefined || first === 'TLSv1' || first === 'TLSv1.1' ? lowest(conf) : first,
    maxVersion: versions[versions.length - 1] ?? 'TLSv1.3',
    ciphers: ssl.ciphers ?? null,
    clientCertificates: ssl.verifyClient === 'require' ? 'require' : ssl.verifyClient === 'optional' ? 'ask' : 'none',
    clientCaFile: ssl.caFile ?? null
  }
}

/** `SSLProtocol all` does not bring back what OpenSSL has switched off; naming an old version alone does. */
function lowest(conf: ServerConf): TlsSpec['minVersion'] {
  const versions = conf.ssl.protocols ?? []
  const newest = versions[versions.length - 1]
  return newest === 'TLSv1' || newest === 'TLSv1.1' ? newest : 'TLSv1.2'
}

function localCertificate(conf: ServerConf, name: string): CertificateRef {
  return { from: 'local', names: [name, ...conf.core.aliases] }
}

function certificateOf(conf: ServerConf, name: string, tree: Tree, host: ConfigHost, findings: Finding[]): CertificateRef {
  const { ssl } = conf
  const local = localCertificate(conf, name)
  const certFile = ssl.certificateFiles[0]
  const span = tree.byId[ssl.certificateId ?? -1]?.span ?? null
  if (certFile === undefined) {
    findings.push(
      finding('certificate-missing', 'info', `${name} names no SSLCertificateFile: it is served with a local certificate.`, span)
    )
    return local
  }
  const keyFile = ssl.keyFiles[0] ?? certFile
  const chain = ssl.chainFile === undefined ? [] : [ssl.chainFile]
  const missing = [certFile, keyFile, ...chain].find((file) => host.stat(file) === 'missing')
  if (missing !== undefined) {
    const message = `${missing} is not on this machine: ${name} is served with a local certificate instead.`
    findings.push({
      ...finding('certificate-missing', 'info', message, span),
      hint: 'Trust the local authority: in Certificates, or by the command ca install.'
    })
    return local
  }
  const problem = host.checkCertificate(certFile, keyFile, ...chain)
  if (problem !== null) findings.push(finding('certificate-broken', 'error', `${certFile}: ${problem}`, span))
  return { from: 'files', certFile, keyFile, ...(ssl.chainFile === undefined ? {} : { chainFile: ssl.chainFile }) }
}

function finding(code: string, severity: Finding['severity'], message: string, span: Finding['span']): Finding {
  return { code, severity, message, span, routing: false }
}
