import tls from 'node:tls'
import { noRenegotiation } from '../wire/no-renegotiation.js'

/** How to meet one client's TLS. */
export interface TlsSetup {
  /** Equal setups have equal keys: they share one context. */
  readonly key: string
  readonly options: tls.TlsOptions
}

const maxContexts = 128

/** Contexts by key, the ones used last. Making one parses certificates and keys. */
export class TlsContexts {
  readonly #byKey = new Map<string, tls.SecureContext>()

  /** @throws what OpenSSL says of certificates, keys and ciphers that do not fit. */
  context(setup: TlsSetup): tls.SecureContext {
    const known = this.#byKey.get(setup.key)
    const context = known ?? tls.createSecureContext(contextOptions(setup.options))
    // The map keeps the order of insertion: what is used goes to its end.
    this.#byKey.delete(setup.key)
    this.#byKey.set(setup.key, context)
    if (this.#byKey.size > maxContexts) this.#byKey.delete(this.#byKey.keys().next().value as string)
    return context
  }
}

function contextOptions(options: tls.TlsOptions): tls.SecureContextOptions {
  return {
    honorCipherOrder: true,
    // Sessions are resumed with client certificates too (OpenSSL refuses those without a context's name).
    sessionIdContext: 'switchyard',
    ...options,
    secureOptions: (options.secureOptions ?? 0) | noRenegotiation
  }
}
