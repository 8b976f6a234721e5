import type { OutlineHost } from '../../shared/contract.js'
import type { Connection } from './connection.svelte.js'
import type { Session } from './session.svelte.js'

/** The hosts of the config that is served, asked for while a component is there and again with each new config. */
export class ServedHosts {
  #hosts = $state.raw<readonly OutlineHost[]>([])

  constructor(connection: Connection, session: Session) {
    $effect(() => {
      if (session.config?.generation === undefined || !connection.ready) return
      const asking = new AbortController()
      const keep = ({ hosts }: { readonly hosts: readonly OutlineHost[] }): void => void (this.#hosts = hosts)
      // Without an answer the lines go by the address.
      connection.request('config.outline', {}, asking.signal).then(keep, () => {})
      return () => asking.abort()
    })
  }

  get hosts(): readonly OutlineHost[] {
    return this.#hosts
  }
}
