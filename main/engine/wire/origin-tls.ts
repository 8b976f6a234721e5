import { isIP } from 'node:net'
import type net from 'node:net'
import tls from 'node:tls'
import type { X509Certificate } from 'node:crypto'
import type { Failure, OriginTls, TlsCheck } from '../../../shared/steps.js'
import type { Connected } from './connect.js'
import { OriginFileError, originContext } from './origin-context.js'
import { SocketWire } from './socket-wire.js'
import { tlsFacts } from './tls-facts.js'
import { tlsFault } from './tls-failure.js'

/**
 * Makes TLS on a connected socket, and checks what the target asks to be checked, no more. The runtime verifies without
 * refusing; what its verdict means is decided here, since servers switch the checks one by one. Never rejects.
 *
 * @param name the origin as messages say it. @param timeoutMs for the handshake; 0: none.
 */
export function secureOrigin(plain: net.Socket, how: OriginTls, name: string, timeoutMs: number, signal: AbortSignal): Promise<Connected> {
  return new Promise((resolve) => {
    plain.on('error', () => {})
    const started = start(plain, how, name)
    if ('failure' in started) {
      plain.destroy()
      return resolve(started)
    }
    const { secured } = started
    const timer =
      timeoutMs > 0
        ? setTimeout(() => end(failed('protocol', `${name} did not finish the TLS handshake within ${timeoutMs} ms.`)), timeoutMs)
        : undefined
    const abort = (): void => end(failed('protocol', `The TLS handshake with ${name} was given up.`))
    let over = false
    const end = (outcome: Connected): void => {
      if (over) return
      over = true
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      if ('failure' in outcome) secured.destroy()
      resolve(outcome)
    }
    signal.addEventListener('abort', abort)
    if (signal.aborted) abort()
    secured.on('error', (error: NodeJS.ErrnoException) => end(handshakeFailure(error, name)))
    secured.on('close', () => end(handshakeFailure(Object.assign(new Error('closed'), { code: 'ECONNRESET' }), name)))
    secured.once('secureConnect', () => {
      if (over) return
      const failure = check(secured, how, name)
      if (failure !== null) return end({ failure })
      const facts = tlsFacts(secured, how.serverName, false)
      end({ wire: SocketWire.over(secured, { tls: { ...facts, clientCertificate: null }, below: plain, first: null }) })
    })
  })
}

function start(plain: net.Socket, how: OriginTls, name: string): { readonly secured: tls.TLSSocket } | { readonly failure: Failure } {
  try {
    const secured = tls.connect({
      socket: plain,
      secureContext: originContext(how),
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
      // An address is no server name (RFC 6066 §3).
      ...(how.serverName === null || isIP(how.serverName) !== 0 ? {} : { servername: how.serverName }),
      ...(how.alpn.length === 0 ? {} : { ALPNProtocols: [...how.alpn] })
    })
    return { secured }
  } catch (thrown) {
    const says = thrown instanceof Error ? thrown.message : String(thrown)
    return failed(
      thrown instanceof OriginFileError ? 'certificateFile' : 'protocol',
      thrown instanceof OriginFileError ? says : `TLS to ${name}: ${says}`
    )
  }
}

function handshakeFailure(error: NodeJS.ErrnoException, name: string): { readonly failure: Failure } {
  const { check, says } = tlsFault(error)
  return failed(check, `TLS to ${name}: ${says}.`, error.code)
}

// ── what is checked, in the order that makes the plainest message ───────────────────────────────

function check(secured: tls.TLSSocket, how: OriginTls, name: string): Failure | null {
  // First: behind the other call Node 20 no longer finds the issuers.
  const chain = how.verify === null ? null : secured.getPeerCertificate(true)
  const certificate = secured.getPeerX509Certificate()
  if (certificate === undefined)
    return how.verify === null && how.checkName === null ? null : failed('untrusted', `${name} sent no certificate.`).failure
  return (
    (how.checkExpiry || how.verify !== null ? checkDates(certificate, name) : null) ??
    (how.verify === null ? null : (checkVerdict(secured, name) ?? checkDepth(chain, how.verify.depth, name))) ??
    (how.checkName === null ? null : checkNameOf(certificate, how.checkName, how.addressNames, name))
  )
}

/** The end entity's own dates (RFC 5280 §4.1.2.5). */
function checkDates(certificate: X509Certificate, name: string): Failure | null {
  const now = Date.now()
  if (now > Date.parse(certificate.validTo))
    return failed('expired', `The certificate of ${name} expired on ${day(certificate.validTo)}.`).failure
  if (now < Date.parse(certificate.validFrom)) {
    return failed('notYetValid', `The certificate of ${name} is not valid before ${day(certificate.validFrom)}.`).failure
  }
  return null
}

/** The runtime's verdict on the chain. It covers the dates of every certificate in it, as the servers' own verification does. */
function checkVerdict(secured: tls.TLSSocket, name: string): Failure | null {
  // Declared as an Error, it is the code itself in every runtime so far.
  const verdict = secured.authorizationError as Error | string | null | undefined
  if (verdict === null || verdict === undefined) return null
  const code = typeof verdict === 'string' ? verdict : ((verdict as NodeJS.ErrnoException).code ?? verdict.message)
  const known = verdicts[code] ?? { check: 'untrusted', says: 'is not trusted' }
  return failed(known.check, `The certificate of ${name} ${known.says} (${code}).`, code).failure
}

const verdicts: Readonly<Partial<Record<string, { readonly check: TlsCheck; readonly says: string }>>> = {
  CERT_HAS_EXPIRED: { check: 'expired', says: 'or one that it is signed by has expired' },
  CERT_NOT_YET_VALID: { check: 'notYetValid', says: 'or one that it is signed by is not valid yet' },
  DEPTH_ZERO_SELF_SIGNED_CERT: { check: 'selfSigned', says: 'is signed by itself, and not among the authorities that are trusted' },
  SELF_SIGNED_CERT_IN_CHAIN: { check: 'untrusted', says: 'is signed by an authority that is not trusted' },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: { check: 'untrusted', says: 'is signed by an authority that is not known' },
  UNABLE_TO_GET_ISSUER_CERT: { check: 'untrusted', says: 'is signed by an authority that is not known' },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: { check: 'untrusted', says: 'is signed by an authority that is not known' }
}

/** How far the root may stand above the end entity, which stands at 0 (`SSLProxyVerifyDepth` counts so). */
function checkDepth(chain: tls.DetailedPeerCertificate | null, depth: number, name: string): Failure | null {
  let certificate: tls.DetailedPeerCertificate | null | undefined = chain
  for (let at = 0; certificate; at++) {
    if (at > depth) return failed('untrusted', `The root of the certificate of ${name} stands more than ${depth} above it.`).failure
    const issuer: tls.DetailedPeerCertificate | undefined = certificate.issuerCertificate
    certificate = issuer?.fingerprint256 === certificate.fingerprint256 ? null : issuer
  }
  return null
}

/** RFC 6125 §6, with the common name where no DNS name is given. */
function checkNameOf(certificate: X509Certificate, expected: string, addressNames: boolean, name: string): Failure | null {
  const asAddress = addressNames && isIP(expected) !== 0 && certificate.checkIP(expected) !== undefined
  if (asAddress || certificate.checkHost(expected) !== undefined) return null
  const carries = certificate.subjectAltName ?? certificate.subject.replaceAll('\n', ', ')
  return failed('wrongName', `The certificate of ${name} is not for ${expected}: it says ${carries.slice(0, 200)}.`).failure
}

function failed(checked: TlsCheck, message: string, systemCode?: string): { readonly failure: Failure } {
  return { failure: { cause: 'tls', check: checked, message, ...(systemCode === undefined ? {} : { systemCode }) } }
}

function day(date: string): string {
  return new Date(date).toISOString().slice(0, 10)
}
