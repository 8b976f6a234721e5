import { parentPort, workerData } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import { Authorities } from '../certs/authorities.js'
import { Issuer } from '../certs/issuer.js'
import { RingWriter } from '../capture/ring/ring-writer.js'
import { nowUs } from '../engine/clock.js'
import type { EngineEvent, EngineMethods, EngineThreadData } from './engine-methods.js'
import { EngineService } from './engine-service.js'
import { serveThread } from '../../shared/thread-link.js'

/** Screens see at most so many log lines a second live; all of them are in the capture. */
const maxToldPerSecond = 200

const data = workerData as EngineThreadData
const port = parentPort as MessagePort
const authorities = new Authorities({ dataDir: data.dataDir })
const issuer = new Issuer({ authorities })
const service = new EngineService({
  certificates: issuer,
  checkCertificate: (certFile, keyFile, chainFile) => issuer.check(certFile, keyFile, chainFile),
  coverNames: async (names) => (await authorities.authoritiesFor(names)).refused,
  recorder: data.ring === null ? null : new RingWriter(data.ring),
  onLog: (entry, exchange, connection) => {
    if (mayTell()) port.postMessage({ event: 'log', ...entry, atUs: nowUs(), exchange, connection } satisfies EngineEvent)
  },
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
  closeTunnel: ({ exchange }) => service.closeTunnel(exchange)
})

let toldSecond = 0
let told = 0
function mayTell(): boolean {
  const second = Math.floor(performance.now() / 1000)
  if (second !== toldSecond) {
    toldSecond = second
    told = 0
  }
  return ++told <= maxToldPerSecond
}
