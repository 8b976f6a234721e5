import { caStatus } from '../certs/ca-command.js'
import type { Authorities } from '../certs/authorities.js'
import type { ListenerFacts } from '../../shared/contract.js'
import { ownLine } from './own-line.js'

/** Where the demo is to be seen: its socket, and its page. */
export function demoPlaces({ port, tls }: Pick<ListenerFacts, 'port' | 'tls'>): string {
  const s = tls ? 's' : ''
  return `demo ws${s}://localhost:${port}/demo/chat · page http${s}://localhost:${port}/demo/`
}

/** What a browser will say of its certificate, and the way out; null where some store trusts an authority of ours. */
export async function trustNote(authorities: Authorities): Promise<string | null> {
  const status = await caStatus({ authorities })
  const trusted = status.authorities.some(({ trust }) => trust.some(({ state }) => state === 'trusted'))
  return trusted ? null : `Browsers do not trust its certificate yet: ${ownLine('ca', 'install')} has this machine trust it.`
}
