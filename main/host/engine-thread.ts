import { parentPort, workerData } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import { Authorities } from '../certs/authorities.js'
import { Issuer } from '../certs/issuer.js'
import { RingWriter } from '../capture/ring/ring-writer.js'
import { nowUs } from '../engine/clock.js'
import type { EngineEvent, EngineMethods, EngineThreadData } from './engine-methods.js'
import { EngineService } from './engine-service.js'
import { issueBeside } from './issuing.js'
import { LiveLog } from './live-log.js'
import { serveThread } from '../../shared/thread-link.js'

const data = workerData as EngineThreadData
const port = parentPort as MessagePort
const log = new LiveLog((lines) => port.postMessage({ event: 'log', lines } satisfies EngineEvent))
const authorities = new Authorities({ dataDir: data.dataDir })
const issuer = new Issuer({ authorities, issue: issueBeside(data.dataDir) })
const service = new EngineService({
  certificates: issuer,
  checkCertificate: (certFile, keyFile, chainFile) => issuer.check(certFile, keyFile, chainFile),
  coverNames: async (names) => (await authorities.authoritiesFor(names)).refused,
  recorder: data.ring === null ? null : new RingWriter(data.ring),
  onLog: (entry, exchange, connection) => log.tell(entry, nowUs(), exchange, connection),
  first: data.first
})

serveThread<EngineMethods>(port, {
  serve: (spec) => service.serve(spec),
  reload: () => service.reload(),
  stop: async ({ how }) => {
    await service.stop(how)
    return null
  },
  trace: ({ decision, request }) => service.trace(decision, request),
  counters: () => service.counters,
  older: () => service.older,
  outline: () => service.outline,
  explain: (question) => service.explain(question),
  closeTunnel: ({ exchange }) => service.closeTunnel(exchange)
})
