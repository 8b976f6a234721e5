import type { CertificateRef } from '../../shared/site.js'

/** Where the engine gets the key pair that a site asked for by reference. The host hands it in (main/certs). */
export interface Certificates {
  /** @throws SwitchyardError where a file is unreadable or broken. */
  pair(ref: CertificateRef, serverName: string | null): Promise<CertificatePair>
}
/** PEM texts. `certificate` holds the end entity first, then what links it to its root. */
export interface CertificatePair {
  readonly certificate: string
  readonly key: string
}
