import { constants } from 'node:crypto'

/**
 * Servers refuse renegotiation (RFC 9325 §3.5), and so do we on both sides: the handle of a TLS socket is moved when its
 * handshake is over. 0 under BoringSSL, which has no such option, since it never lets a peer renegotiate.
 */
export const noRenegotiation: number = (constants as Partial<typeof constants>).SSL_OP_NO_RENEGOTIATION ?? 0
