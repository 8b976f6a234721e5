import type tls from 'node:tls'
import type { TlsFacts } from '../../../shared/site.js'

/** What a finished handshake came to. Asked before the handle is moved: the socket knows nothing of it afterwards. */
export function tlsFacts(socket: tls.TLSSocket, serverName: string | null, verified: boolean): TlsFacts {
  const alpn = socket.alpnProtocol
  const certificate = socket.getPeerX509Certificate()
  return {
    serverName,
    protocol: socket.getProtocol() ?? '',
    cipher: socket.getCipher()?.name ?? '',
    alpn: typeof alpn === 'string' && alpn !== '' ? alpn : null,
    clientCertificate: certificate === undefined ? null : { subject: certificate.subject.replaceAll('\n', ', '), verified }
  }
}
