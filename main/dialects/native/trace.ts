import { fieldValue } from '../../../shared/fields.js'
import type { RequestHead } from '../../../shared/heads.js'
import type { Decision, Trace, TraceLine } from '../../../shared/trace.js'
import type { NativeDirective } from './directives.js'
import { defaults } from './native-config.js'
import { hostFits, pathAtOrigin, pathFits } from './routes.js'
import type { Forward, Route } from './routes.js'
import { hostName, upgradeAsked, wantedBy } from './request-head.js'
import type { Wanted } from './request-head.js'

/** A decision in words: the route that took the request and its keys, what stood for keys that are not there, and the near misses. */
export function traceOf(
  decision: Decision,
  request: RequestHead | null,
  routes: readonly Route[],
  directives: readonly NativeDirective[]
): Trace {
  const route = routes.find(({ id }) => id === decision.took[0]) ?? null
  const wanted = request === null ? null : wantedBy(request)
  const taken = route === null ? [noRoute(wanted)] : takenLines(decision, request, wanted, route, directives)
  return { decision, lines: [...taken, ...missedLines(decision, wanted, routes, directives)] }
}

function takenLines(
  decision: Decision,
  request: RequestHead | null,
  wanted: Wanted | null,
  route: Route,
  directives: readonly NativeDirective[]
): TraceLine[] {
  const lines = decision.took.map((id): TraceLine => {
    const directive = directives[id] as NativeDirective
    return { verdict: 'applied', directive: directive.text, span: directive.span, says: appliedSays(directive.key, route, wanted) }
  })
  const action = route.action
  if (request === null || action.does !== 'forward') return lines
  const line = upgradeLine(request, action, directives, decision)
  return line === null ? lines : [...lines, line]
}

/** Why a request that asks for an upgrade gets one or not: the question that people come with. */
function upgradeLine(request: RequestHead, action: Forward, directives: readonly NativeDirective[], decision: Decision): TraceLine | null {
  const wish = fieldValue(request.fields, 'upgrade')
  if (wish === undefined) return null
  const written = directives.find(({ key }, id) => key === 'upgrade' && decision.took.includes(id))
  const directive = written?.text ?? `default "upgrade": "${defaults.upgrade}"`
  const span = written?.span ?? null
  const asked = upgradeAsked(request, action)
  if (asked !== null) {
    return {
      verdict: written === undefined ? 'default' : 'note',
      directive,
      span,
      says: `The client asks for ${wish}; ${asked} is asked of the origin.`
    }
  }
  return {
    verdict: 'missed',
    directive: `"upgrade": "${action.upgrade}"`,
    span,
    says: `The client’s Upgrade: ${wish} was left out: ${whyNot(request, action)}.`
  }
}

function whyNot(request: RequestHead, action: Forward): string {
  if (action.upgrade === 'none') return 'this route upgrades nothing'
  if (request.version !== 'HTTP/1.1') return `an ${request.version} client cannot upgrade (RFC 9110 §7.8)`
  const connection = fieldValue(request.fields, 'connection')
  if (!/\bupgrade\b/i.test(connection ?? '')) return `its Connection field (${connection ?? 'none'}) does not name Upgrade`
  return `only ${action.upgrade} may be asked for`
}

function appliedSays(key: string, route: Route, wanted: Wanted | null): string {
  const action = route.action
  switch (key) {
    case 'route':
      return `The longest prefix of ${wanted?.path ?? 'the path'}${route.host === null ? '' : ` for ${route.host}`}.`
    case 'to':
      return action.does === 'forward' ? forwardSays(action, route, wanted) : ''
    case 'files':
      return 'The file is looked for in this folder.'
    case 'redirect':
      return 'Answered with this redirect.'
    case 'respond':
      return 'Answered from here.'
    case 'preserveHost':
      return action.does === 'forward' && action.hostField !== null ? `Host is ${action.hostField}.` : 'Host is the client’s.'
    case 'stripPrefix':
      return action.does === 'forward' && action.strip ? `${route.prefix || '/'} is taken off the path.` : 'The prefix stays on the path.'
    case 'requestHeaders':
      return 'Fields of the request were changed before they went to the origin.'
    case 'responseHeaders':
      return 'Fields of the answer were changed before they went to the client.'
    case 'timeouts':
      return 'These limits hold instead of the defaults.'
    case 'upgrade':
      return 'Says which upgrades may be asked for.'
    case 'verify':
      return 'Says how the origin’s certificate is checked.'
    default:
      return 'Took part.'
  }
}

function forwardSays(action: Forward, route: Route, wanted: Wanted | null): string {
  const to = `${action.target.host}:${action.target.port}`
  return wanted === null ? `Sent to ${to}.` : `Sent to ${to} as ${pathAtOrigin(action, route, wanted.path, wanted.query)}.`
}

function noRoute(wanted: Wanted | null): TraceLine {
  const says = wanted === null ? 'The request names no path that a route could match.' : `No route matches ${wanted.path}: 404.`
  return { verdict: 'note', directive: 'routes', span: null, says }
}

/** Routes that would have taken it but for the host, or but for a slash. */
function missedLines(
  decision: Decision,
  wanted: Wanted | null,
  routes: readonly Route[],
  directives: readonly NativeDirective[]
): TraceLine[] {
  if (wanted === null) return []
  const host = hostName(wanted.authority)
  return routes
    .filter(({ id }) => id !== decision.took[0])
    .flatMap((route) => {
      const says = missedSays(route, wanted, host)
      const directive = directives[route.id] as NativeDirective
      return says === null ? [] : [{ verdict: 'missed', directive: directive.text, span: directive.span, says } as const]
    })
}

function missedSays(route: Route, wanted: Wanted, host: string): string | null {
  if (pathFits(route, wanted.path)) {
    return hostFits(route, host)
      ? 'It matches as well, but another prefix is longer.'
      : `Its host is ${route.host}, the request’s is ${host || 'none'}.`
  }
  if (!hostFits(route, host)) return null
  if (route.match.endsWith('/') && wanted.path === route.prefix)
    return `It matches ${route.match} and what is below, not ${wanted.path} itself.`
  if (wanted.path.startsWith(route.match)) return `It matches whole segments: ${wanted.path} goes on after ${route.match} without a slash.`
  return null
}
