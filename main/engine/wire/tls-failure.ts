import type { TlsCheck } from '../../../shared/steps.js'

/**
 * What an error of the TLS layer means. OpenSSL and BoringSSL name reasons alike, up to versions in them
 * (`ERR_SSL_TLSV1_ALERT_UNKNOWN_CA`, `ERR_SSL_SSLV3_ALERT_…`); alerts are those of RFC 8446 §6.
 */
export function tlsFault(error: NodeJS.ErrnoException): { readonly check: TlsCheck; readonly says: string } {
  const alert = alertName(error)
  if (alert === 'protocol_version') return { check: 'protocol', says: 'no TLS version in common (alert protocol_version)' }
  if (alert !== null) return { check: 'alert', says: `the other side refused with the alert ${alert}` }
  const code = error.code ?? ''
  const known = reasons.find(([pattern]) => pattern.test(code))
  if (known !== undefined) return { check: 'protocol', says: known[1] }
  return { check: 'protocol', says: `the TLS handshake failed (${code || error.message})` }
}

/** The name of the alert that the peer sent, as RFC 8446 §6 has it, or null where it sent none. */
export function alertName(error: NodeJS.ErrnoException): string | null {
  const found = /^ERR_SSL_(?:TLSV1|TLSV13|TLSV1_3|SSLV3)_ALERT_(?<name>\w+)$/.exec(error.code ?? '')?.groups?.['name']
  return found === undefined ? null : found.toLowerCase()
}

const reasons: readonly (readonly [RegExp, string])[] = [
  [
    /WRONG_VERSION_NUMBER|HTTP_REQUEST|HTTPS_PROXY_REQUEST|PACKET_LENGTH_TOO_LONG|UNKNOWN_PROTOCOL|BAD_PACKET/,
    'the other side does not speak TLS'
  ],
  [/UNSUPPORTED_PROTOCOL|NO_PROTOCOLS_AVAILABLE|VERSION_TOO_LOW/, 'no TLS version in common'],
  [/NO_SHARED_CIPHER|NO_CIPHERS_AVAILABLE|NO_SHARED_GROUP|NO_SUITABLE_KEY_SHARE|NO_SUITABLE_SIGNATURE/, 'no cipher in common'],
  [/NO_APPLICATION_PROTOCOL/, 'no application protocol in common (ALPN)'],
  [/PEER_DID_NOT_RETURN_A_CERTIFICATE/, 'the other side sent no certificate'],
  [/CERTIFICATE_VERIFY_FAILED/, 'the certificate of the other side is not trusted'],
  [/^ECONNRESET$|^EPIPE$/, 'the connection was closed during the TLS handshake']
]
