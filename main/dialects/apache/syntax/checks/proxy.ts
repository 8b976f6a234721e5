import type { Check, CheckCall } from '../walking/call.js'
import { allWords } from '../words.js'
import { atoi } from './numbers.js'
import { compiles } from './pattern.js'
import { parameterError } from './proxy-parameters.js'
import { withoutSocket } from './proxy-url.js'
import {
  balancerName,
  defineBalancer,
  defineTarget,
  defineWorker,
  hasBalancer,
  hasWorker,
  isBalancer,
  type Parameters
} from './proxy-workers.js'

function keyAndValue(word: string): readonly [string, string] {
  const equals = word.indexOf('=')
  return [word.slice(0, equals), word.slice(equals + 1)]
}

const flags = /^(nocanon|interpolate|noquery)$/i
const badParameter = "Invalid ProxyPass|ProxyPassMatch parameter. Parameter must be in the form 'key=value'."

/** mod_proxy's add_pass. */
function proxyPass(always: boolean): Check {
  return (call) => {
    const words = [...allWords(call.text)]
    const tilde = !call.scope.perRequest && words[0] === '~'
    if (tilde && always) return "ProxyPassMatch invalid syntax ('~' usage)."
    if (tilde) words.shift()
    const path = call.scope.perRequest ? '' : words.shift()
    const [url, ...rest] = words
    const parsed = passParameters(call, url ?? '', rest)
    if (typeof parsed === 'string') return parsed
    if (path === undefined || url === undefined) return 'ProxyPass|ProxyPassMatch needs a path when not defined in a location'
    if (withoutSocket(url) === null) return 'ProxyPass|ProxyPassMatch uses an invalid "unix:" URL'
    const isPattern = always || tilde
    if (isPattern && !call.scope.perRequest && !compiles(path)) return 'Regular expression could not be compiled.'
    if (url === '!') return null
    const wrong = defineTarget(call, url, parsed, isPattern)
    return wrong === null ? null : `ProxyPass ${wrong}`
  }
}

/** Flags left out, `mapping` judged; a later value of a key stands in the place of the first. */
function passParameters(call: CheckCall, url: string, words: readonly string[]): Parameters | string {
  const parameters = new Map<string, readonly [string, string]>()
  for (const word of words.filter((word) => !flags.test(word))) {
    if (!word.includes('=')) {
      return call.scope.perRequest && url.startsWith('/')
        ? 'ProxyPass|ProxyPassMatch can not have a path when defined in a location.'
        : badParameter
    }
    const [key, value] = keyAndValue(word)
    if (key.toLowerCase() !== 'mapping') parameters.set(key.toLowerCase(), [key, value])
    else if (!/^(encoded|servlet)$/i.test(value)) return 'unknown mapping'
  }
  return [...parameters.values()]
}

const proxyPassReverse: Check = ({ words, scope }) => {
  const second = words[1]
  const plain = second === undefined || second.toLowerCase() === 'interpolate'
  if (!scope.perRequest) return plain ? 'ProxyPassReverse needs a path when not defined in a location' : null
  return plain ? null : 'ProxyPassReverse can not have a path when defined in a location'
}

/** mod_proxy's add_member. */
const balancerMember: Check = (call) => {
  const words = allWords(call.text)
  const names = words.filter((word) => !word.includes('='))
  const section =
    call.node.parent === null || !call.scope.perRequest ? undefined : (allWords(call.node.parent.rest.replace(/>[^>]*$/, ''))[0] ?? '')
  const [path, url, extra] = section === undefined ? names : [section, ...names]
  if (extra !== undefined) {
    return section === undefined
      ? "Invalid BalancerMember parameter. Parameter must be in the form 'key=value'"
      : 'BalancerMember can not have a balancer name when defined in a location'
  }
  if (path === undefined) return 'BalancerMember must define balancer name when outside <Proxy > section'
  if (url === undefined) return 'BalancerMember must define remote proxy server'
  if (withoutSocket(url) === null) return 'BalancerMember uses an invalid "unix:" URL'
  const parameters = words.filter((word) => word.includes('=')).map(keyAndValue)
  const wrong =
    (hasBalancer(call, path) ? null : defineBalancer(call, path, [])) ??
    defineWorker(call, `member of ${balancerName(path)}`, url, parameters)
  return wrong === null ? null : `BalancerMember ${wrong}`
}

/** mod_proxy's set_proxy_param: inside of `<Proxy URL>` its URL is the name. */
const proxySet: Check = (call) => {
  const parent = call.node.parent
  const inside = parent !== null && parent.key.startsWith('<proxy')
  const words = allWords(call.text)
  const name = inside ? (allWords(parent.rest)[0] ?? '').replace(/>.*$/, '') : (words[0] ?? '')
  const undefinedTarget = inside ? defineInside(call, name, parent.key === '<proxymatch') : missingTarget(call, name)
  return undefinedTarget ?? settingError(call, name, inside ? words : words.slice(1))
}
function defineInside(call: CheckCall, name: string, isPattern: boolean): string | null {
  const wrong = isBalancer(name) ? defineBalancer(call, name, []) : defineWorker(call, 'worker', name, [], isPattern)
  return wrong === null ? null : `ProxySet ${wrong}`
}
function missingTarget(call: CheckCall, name: string): string | null {
  if (isBalancer(name)) return hasBalancer(call, name) ? null : `ProxySet can not find '${name}' Balancer.`
  return hasWorker(call, 'worker', name) ? null : `ProxySet can not find '${name}' Worker.`
}
function settingError(call: CheckCall, name: string, words: readonly string[]): string | null {
  for (const word of words) {
    if (!word.includes('=')) return "Invalid ProxySet parameter. Parameter must be in the form 'key=value'"
    const [key, value] = keyAndValue(word)
    const wrong = parameterError(isBalancer(name) ? 'balancer' : 'worker', key, value, call.reading)
    if (wrong !== null) return `ProxySet: ${wrong} ${key}=${value}; ${name}`
  }
  return null
}

const proxyTimeout: Check = ({ words: [word = ''] }) => (atoi(word) < 1 ? 'Proxy Timeout must be at least 1 second.' : null)

const bufferBytes: Check = ({ name, words: [word = ''] }) =>
  atoi(word) < 512 && atoi(word) !== 0 ? `${name} must be >= 512 bytes, or 0 for system default.` : null

const errorOverride: Check = ({ words: [first = '', ...codes] }) => {
  if (!/^(on|off)$/i.test(first)) return 'ProxyErrorOverride first parameter must be one of: off | on'
  let on = first.toLowerCase() === 'on'
  for (const code of codes) {
    if (/^(on|off)$/i.test(code)) on = code.toLowerCase() === 'on'
    else if (!/^\d/.test(code)) return 'ProxyErrorOverride: status codes to intercept must be numeric'
    else if (!on) return "ProxyErrorOverride: status codes must follow a value of 'on'"
    else if (atoi(code) < 400 || atoi(code) > 599)
      return 'ProxyErrorOverride: status codes to intercept must be valid HTTP Status Codes >=400 && <600'
  }
  return null
}

function proxyRemote(isPattern: boolean): Check {
  return ({ name, words: [match = '', url = ''] }) => {
    const host = /^[^:]*:\/\/(.+)$/s.exec(url)?.[1]
    if (host === undefined) return `${name}: Bad syntax for a remote proxy server`
    const port = /:(.*)$/s.exec(host)?.[1]
    if (port !== undefined && (!/^[\t-\r ]*\+?\d/.test(port) || atoi(port) > 65535))
      return `${name}: Bad syntax for a remote proxy server (bad port number)`
    return isPattern && !compiles(match) ? 'Regular expression for ProxyRemoteMatch could not be compiled.' : null
  }
}

/** Ports, or ranges of them. httpd names just what it stumbled over. */
const allowConnect: Check = ({ words }) => {
  for (const word of words) {
    if (!/^\d/.test(word)) return 'AllowCONNECT: port numbers must be numeric'
    if (!/^\d+(-[\t-\r ]*[+-]?\d+)?$/.test(word)) return `Cannot parse '${word.replace(/^\d+-/, '')}' as port number`
  }
  return null
}

const proxyDomain: Check = ({ words: [word = ''] }) => (word.startsWith('.') ? null : 'ProxyDomain: domain name must start with a dot.')

export const proxy: readonly (readonly [string, Check])[] = [
  ['proxypass', proxyPass(false)],
  ['proxypassmatch', proxyPass(true)],
  ['proxypassreverse', proxyPassReverse],
  ['balancermember', balancerMember],
  ['proxyset', proxySet],
  ['proxytimeout', proxyTimeout],
  ['proxyiobuffersize', bufferBytes],
  ['proxyreceivebuffersize', bufferBytes],
  ['proxyerroroverride', errorOverride],
  ['proxyremote', proxyRemote(false)],
  ['proxyremotematch', proxyRemote(true)],
  ['proxydomain', proxyDomain],
  ['allowconnect', allowConnect]
]
