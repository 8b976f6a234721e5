import { parentPort, workerData } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import type { Authority, NewEndEntity } from '../certs/authority.js'
import { hostName } from '../certs/host-name.js'
import { issueFrom, type IssueTimes } from '../certs/issued-folder.js'
import { serveThread } from '../../shared/thread-link.js'

/** Makes end entities beside the engine: to encode one takes one to two milliseconds, in which no frame would pass. */
export interface IssuerMethods {
  issue(params: { readonly authority: Authority; readonly names: readonly string[]; readonly times: IssueTimes }): NewEndEntity
}

const issue = issueFrom((workerData as { readonly dataDir: string }).dataDir)
serveThread<IssuerMethods>(parentPort as MessagePort, {
  // As text: a Buffer, as of an address, does not come across as one.
  issue: ({ authority, names, times }) =>
    issue(
      authority,
      names.flatMap((name) => hostName(name) ?? []),
      times
    )
})
