import type { CheckCall } from '../walking/call.js'
import { parameterError } from './proxy-parameters.js'
import { withoutSocket, workerUrl } from './proxy-url.js'

export type Parameters = readonly (readonly [key: string, value: string])[]

/** `balancer://name`, case aside. */
export function isBalancer(url: string): boolean {
  return url.slice(0, 9).toLowerCase() === 'balancer:'
}
export function balancerName(url: string): string {
  return url.replace(/^([^:]*:\/\/[^/]*).*$/s, '$1').toLowerCase()
}

/**
 * Defines the worker or balancer of a URL for this server, unless it has one that fits; then sets its parameters, unless
 * they are another worker's (the first to name it wins). Says what httpd says.
 */
export function defineTarget(call: CheckCall, url: string, parameters: Parameters, isPattern = false): string | null {
  return isBalancer(url) ? defineBalancer(call, url, parameters) : defineWorker(call, 'worker', url, parameters, isPattern)
}

export function defineBalancer(call: CheckCall, url: string, parameters: Parameters): string | null {
  if (!/^[^:]*:\/\/./.test(url)) return `Bad syntax for a balancer name (${url})`
  call.scope.server.balancers.add(balancerName(url))
  return firstWrong(call, 'balancer', parameters)
}

/** `group`: `worker` for a server's own, else the balancer that the worker is a member of. */
export function defineWorker(call: CheckCall, group: string, url: string, parameters: Parameters, isPattern = false): string | null {
  if (hasWorker(call, group, url)) return null
  const found = workerUrl(url, isPattern)
  if ('error' in found) return found.error
  call.scope.server.workers.set(`${group} ${found.name}`, true)
  return firstWrong(call, 'worker', parameters)
}

/** ap_proxy_get_worker: one whose name begins the URL, at least up to its path. */
export function hasWorker(call: CheckCall, group: string, url: string): boolean {
  const plain = withoutSocket(url) ?? url
  const [, head = '', path = ''] = /^([^:]*:\/\/[^/]+)(.*)$/s.exec(plain) ?? []
  if (head === '') return false
  const lower = `${group} ${head.toLowerCase()}`
  return call.scope.server.workers.of(lower + path, lower.length).length > 0
}
export function hasBalancer(call: CheckCall, url: string): boolean {
  return call.scope.server.balancers.has(balancerName(url))
}

function firstWrong(call: CheckCall, of: 'worker' | 'balancer', parameters: Parameters): string | null {
  for (const [key, value] of parameters) {
    const wrong = parameterError(of, key, value, call.reading)
    if (wrong !== null) return wrong
  }
  return null
}
