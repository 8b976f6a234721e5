import type { SectionCall } from '../walking/call.js'
import { allWords } from '../words.js'
import { parameterError } from './proxy-parameters.js'
import { withoutSocket } from './proxy-url.js'
import { defineTarget, isBalancer } from './proxy-workers.js'

/** What mod_proxy says of `<Proxy URL key=value …>` behind the URL, once what stands inside is done. */
export function proxySectionError(call: SectionCall, path: string, rest: string): string | null {
  if (rest === '') return null
  if (call.name === '<ProxyMatch') return 'Multiple <ProxyMatch> arguments not (yet) supported.'
  if (/[*?]|\[[^\]]*\]/.test(path)) return '<Proxy> arguments are not supported for wildchar url.'
  if (!path.includes(':')) return '<Proxy> arguments are not supported for non url.'
  if (withoutSocket(path) === null) return '<Proxy/ProxyMatch > uses an invalid "unix:" URL'
  const undefinedTarget = defineTarget(call, path, [])
  if (undefinedTarget !== null) return `<Proxy ${undefinedTarget}`
  return parametersError(call, path, rest)
}

function parametersError(call: SectionCall, path: string, rest: string): string | null {
  for (const word of allWords(rest)) {
    const equals = word.indexOf('=')
    if (equals === -1) return "Invalid Proxy parameter. Parameter must be in the form 'key=value'"
    const wrong = parameterError(isBalancer(path) ? 'balancer' : 'worker', word.slice(0, equals), word.slice(equals + 1), call.reading)
    if (wrong !== null) return `<Proxy ${wrong} ${word}; ${path}`
  }
  return null
}
