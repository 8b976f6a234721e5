import { parentPort } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import { checkCertificate } from '../certs/key-pair-files.js'
import type { Finding } from '../../shared/trace.js'
import { FileConfigHost } from './config-host.js'
import { loadConfig } from './load-config.js'
import type { ServeSpec } from './serve-spec.js'
import { serveThread } from '../../shared/thread-link.js'

/** Reads configs that are not served: a draft can be as wrong as it likes without the engine noticing. Just findings cross. */
export interface CheckMethods {
  check(params: ServeSpec): { readonly findings: readonly Finding[]; readonly accepted: boolean }
}

serveThread<CheckMethods>(parentPort as MessagePort, {
  check: (spec) => {
    const { loaded } = loadConfig(spec, new FileConfigHost(checkCertificate, spec.overlays), 0)
    return { findings: loaded.findings, accepted: loaded.site !== null }
  }
})
