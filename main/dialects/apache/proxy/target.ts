import type { OriginTls, PoolKey, Target } from '../../../../shared/steps.js'
import { isIP } from 'node:net'
import type { Request } from '../request/request.js'
import { isTls } from './origin.js'
import type { Destination } from './translate.js'
import type { Worker } from './worker.js'

/** Where to connect to, and with which of its connections others may be shared. */
export function targetOf(r: Request, to: Destination, worker: Worker | null): Target {
  if (!isTls(to.scheme)) return worker !== null && sameOrigin(worker, to) ? worker.plain : { host: to.host, port: to.port, tls: null }
  return { host: to.host, port: to.port, tls: originTls(r, to) }
}

function sameOrigin(worker: Worker, to: Destination): boolean {
  return worker.origin.host === to.host && worker.origin.port === to.port
}

/** Connections are shared within a worker, and where a name is sent, within that name. */
export function poolKey(r: Request, target: Target, worker: Worker): PoolKey {
  const sni = target.tls?.serverName ?? ''
  return sni === '' ? `${r.server.index} ${worker.name}` : `${r.server.index} ${worker.name} ${sni}`
}

/** mod_ssl's client side. The name sent and checked is the client's Host where that is preserved. */
function originTls(r: Request, to: Destination): OriginTls {
  const conf = r.dir.ssl
  const name = r.dir.proxy.preserveHost === true ? (r.hostname ?? to.host) : to.host
  const checked = conf.checkName !== false && !(conf.checkName === undefined && conf.checkCn === false)
  const versions = conf.proxyProtocols
  const first = versions?.[0]
  const last = versions?.[versions.length - 1]
  return {
    serverName: isIP(name) === 0 ? name : null,
    checkName: checked ? name : null,
    verify: conf.proxyVerify === 'require' ? { caFile: conf.proxyCaFile ?? '', depth: conf.proxyDepth ?? 1 } : null,
    checkExpiry: conf.checkExpiry !== false,
    certificate: conf.proxyCertificate === undefined ? null : { certFile: conf.proxyCertificate, keyFile: conf.proxyCertificate },
    alpn: [],
    addressNames: false,
    ...(first === undefined ? {} : { minVersion: first }),
    ...(last === undefined ? {} : { maxVersion: last }),
    ...(conf.proxyCiphers === undefined ? {} : { ciphers: conf.proxyCiphers })
  }
}
