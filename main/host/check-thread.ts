import { parentPort } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import type { Replies } from '../../shared/contract.js'
import type { Sketch } from '../../shared/site.js'
import { checkCertificate } from '../certs/key-pair-files.js'
import { FileConfigHost } from './config-host.js'
import { loadConfig } from './load-config.js'
import type { ServeSpec } from './serve-spec.js'
import { serveThread } from '../../shared/thread-link.js'

/** Reads configs that are not served: a draft can be as wrong as it likes without the engine noticing. */
export interface CheckMethods {
  check(params: ServeSpec): Replies['config.check']
}

serveThread<CheckMethods>(parentPort as MessagePort, {
  check: (spec) => {
    const { loaded } = loadConfig(spec, new FileConfigHost(checkCertificate, spec.overlays), 0)
    return { findings: loaded.findings, sketch: loaded.sketch === null ? null : plain(loaded.sketch()) }
  }
})

function plain({ listeners, hosts }: Sketch): Sketch {
  return { listeners: listeners.map(({ address, port, tls }) => ({ address, port, tls })), hosts }
}
