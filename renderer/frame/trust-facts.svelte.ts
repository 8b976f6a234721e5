import type { AuthorityFacts } from '../../shared/contract.js'
import type { Connection } from '../state/connection.svelte.js'

/** In how many trust stores of this machine the local authorities stand: the colour of a lock. */
export class TrustFacts {
  #authorities = $state.raw<readonly AuthorityFacts[]>([])
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Asks when the host answers, and when the window is looked at again: stores are changed elsewhere, too. */
  start(): () => void {
    const ask = (): void => void this.#ask()
    const remove = this.#connection.onReady(ask)
    addEventListener('focus', ask)
    addEventListener('authorities-changed', ask)
    return () => {
      remove()
      removeEventListener('focus', ask)
      removeEventListener('authorities-changed', ask)
    }
  }

  get #stores(): AuthorityFacts['trust'] {
    return this.#authorities.flatMap(({ trust }) => trust)
  }
  get everywhere(): boolean {
    return this.#stores.length > 0 && this.#stores.every(({ state }) => state === 'trusted')
  }
  get says(): string {
    const stores = this.#stores
    const trusted = stores.filter(({ state }) => state === 'trusted').length
    if (this.everywhere) return 'TLS, by an authority that this machine trusts'
    return stores.length === 0 ? 'TLS, by a local authority' : `TLS, by a local authority: trusted in ${trusted} of ${stores.length}`
  }

  async #ask(): Promise<void> {
    try {
      this.#authorities = (await this.#connection.request('authorities.list', {})).authorities
    } catch {
      // Without an answer the lock stays amber; Certificates says why.
    }
  }
}
