import { fieldValue } from '../../../shared/fields.js'
import type { RequestHead } from '../../../shared/heads.js'
import type { Decision, Finding, Trace, TraceLine } from '../../../shared/trace.js'
import type { Server } from './config/server.js'
import { answersTo } from './core/vhosts.js'
import { leftOutFor } from './left-out.js'
import { parseHost } from './request/read-request.js'
import { written } from './site.js'
import type { Directive, Tree } from './tree.js'

/** What a config is told by. */
export interface Told {
  readonly tree: Tree
  readonly findings: readonly Finding[]
  readonly servers: readonly Server[]
}

/** The words for a decision: what each directive did, why others did not act, and which were left out. `request` null: none could be read. */
export function traceOf({ tree, findings, servers }: Told, decision: Decision, request: RequestHead | null): Trace {
  const lines: TraceLine[] = []
  // The line that matched, then the one that made the worker of its backend, where that is another.
  const [matched, worker] = decision.took.filter((id) => isProxied(tree.byId[id]))
  const backend = matched !== undefined
  for (const id of decision.took) {
    const { key } = tree.byId[id] ?? {}
    if (key === 'virtualhost') lines.push(line(tree, id, 'applied', (directive) => virtualHostSays(directive, servers, request)))
    else if (!backend && key === 'requestheader') lines.push(line(tree, id, 'missed', noBackendSays))
    else if (id === matched && worker !== undefined) lines.push(line(tree, id, 'applied', sharedWorkerSays))
    else if (id === worker) lines.push(line(tree, id, 'applied', workerSays))
    else lines.push(line(tree, id, 'applied', applied))
  }
  for (const id of decision.missed) lines.push(line(tree, id, 'missed', (directive) => missed(tree, directive, request)))
  if (request !== null) lines.push(...leftOutLines(tree, findings, decision))
  if (!tree.byId.some((each) => each.key === 'listen'))
    lines.push(note('no Listen', 'The config has no Listen; the ports come from its virtual hosts or the command line.'))
  if (tree.modulesAssumed) {
    lines.push(note('no LoadModule', 'The config loads no module; those that a distribution enables for a proxy count as loaded.'))
  }
  return { decision, lines }
}

function line(tree: Tree, id: number, verdict: TraceLine['verdict'], says: (directive: Directive) => string): TraceLine {
  const directive = tree.byId[id]
  if (directive === undefined) return note('unknown directive', `No directive ${id} in this config.`)
  return { verdict, directive: written(directive), span: directive.span, says: says(directive) }
}

function leftOutLines(tree: Tree, findings: readonly Finding[], decision: Decision): TraceLine[] {
  return leftOutFor(tree, findings, decision).map(({ directive, says }) => ({
    verdict: 'leftOut',
    directive: written(directive),
    span: directive.span,
    says
  }))
}

function note(directive: string, says: string): TraceLine {
  return { verdict: 'note', directive, span: null, says }
}

function applied(directive: Directive): string {
  const [first = '', second = '', third = ''] = directive.args
  switch (directive.key) {
    case 'location':
    case 'locationmatch':
    case 'directory':
    case 'directorymatch':
    case 'proxy':
      return `What stands in this section holds for the request.`
    case 'proxypass':
    case 'proxypassmatch':
      return proxyPassSays(directive)
    case 'proxypassreverse':
      return `A Location that begins with ${second === '' ? first : second} was given this server's own address.`
    case 'proxypreservehost':
      return first.toLowerCase() === 'on' ? "The origin is sent the client's own Host." : 'The origin is sent its own name as Host.'
    case 'requestheader':
      return `${first} of the field ${second} on the way to the origin.`
    case 'header':
      return `${first === 'always' || first === 'onsuccess' ? second : first} of the field ${first === 'always' || first === 'onsuccess' ? third : second} on the way to the client.`
    case 'redirect':
    case 'redirectmatch':
    case 'redirectpermanent':
    case 'redirecttemp':
      return 'The request was answered with this redirect.'
    case 'errordocument':
      return `Status ${first} is answered with ${second}.`
    case 'require':
      return 'This rule was asked whether the client may come in.'
    case 'documentroot':
      return 'No ProxyPass, Redirect or Alias took the path: it is looked for in this folder.'
    default:
      return 'This line took part.'
  }
}

/** Of those at the address: the one with the name that the request is for, else the first. */
function virtualHostSays({ id, args }: Directive, servers: readonly Server[], request: RequestHead | null): string {
  const fits = 'This virtual host answers: it fits the address, and'
  const host = request === null ? '' : hostOf(request)
  const server = servers.find((each) => each.id === id)
  if (host === '') return `${fits} is the first that does.`
  const named = server !== undefined && (answersTo(server, host) || args.some((place) => parseHost(place.toLowerCase())?.host === host))
  return named ? `${fits} ${host} is its name.` : `${fits} is the first that does; none of them is called ${host}.`
}

/** As it chooses the virtual host: an absolute URI's counts more than the field. Empty: none is named. */
function hostOf({ target, fields }: RequestHead): string {
  const absolute = /^[a-z][a-z0-9+.-]*:\/\/(?:[^@/?]*@)?([^/?]*)/i.exec(target)?.[1]
  return parseHost(absolute ?? fieldValue(fields, 'host') ?? '')?.host ?? ''
}

/** Whether a directive sends to a backend. `ProxyPass /path !` does not. */
function isProxied(directive: Directive | undefined): boolean {
  return directive !== undefined && /^proxypass(?:match)?$/.test(directive.key) && !directive.args.includes('!')
}

/** It acts on every request that comes so far, but what it changes goes nowhere. */
function noBackendSays({ args: [action = '', field = ''] }: Directive): string {
  return `It changes what goes to a backend (${action} ${field}), and the request went to none.`
}

function sharedWorkerSays(directive: Directive): string {
  return `The first match: the request goes to ${targetOf(directive)}, by the worker that another line made for this backend.`
}
function workerSays({ args }: Directive): string {
  const parameters = args.filter((word) => /^\w+=/.test(word)).join(' ')
  return `This line made the worker of the backend, which serves every line that leads there: ${parameters === '' ? 'its parameters hold' : `${parameters} holds`} here, too.`
}
function targetOf({ args }: Directive): string {
  return args.find((word) => /^(https?|wss?):\/\//i.test(word)) ?? ''
}

function proxyPassSays(directive: Directive): string {
  if (directive.args.includes('!')) return 'Paths that match are not proxied.'
  const upgrade = directive.args.find((word) => /^upgrade=/i.test(word))
  const target = targetOf(directive)
  if (upgrade !== undefined) return `The first match: the request goes to ${target}; upgrades to "${upgrade.slice(8)}" may pass.`
  if (/^wss?:/i.test(target))
    return `The first match: the request goes to ${target}; a handshake with "Upgrade: websocket" is passed as one, anything else as plain HTTP.`
  return `The first match: the request goes to ${target} as plain HTTP; without upgrade= a WebSocket handshake is not passed as one.`
}

function missed(tree: Tree, directive: Directive, request: RequestHead | null): string {
  switch (directive.key) {
    case 'requestheader':
    case 'header':
      return conditionSays(tree, directive)
    case 'proxypass':
    case 'proxypassmatch':
      return `${pathOf(request)} does not begin with ${directive.args[0] ?? ''}${slashHint(directive, request)}.`
    case 'proxypassreverse':
      return `The answer's Location does not begin with ${directive.args[1] ?? directive.args[0] ?? ''}.`
    case 'setenvif':
    case 'setenvifnocase':
    case 'browsermatch':
      return `Its pattern does not fit this request${seen(directive, request)}.`
    default:
      return 'This line stood on the way and did not apply.'
  }
}

function pathOf(request: RequestHead | null): string {
  return request === null ? 'The path' : (request.target.split('?')[0] ?? '')
}

function slashHint(directive: Directive, request: RequestHead | null): string {
  const fake = directive.args[0] ?? ''
  return request !== null && fake.endsWith('/') && pathOf(request) === fake.slice(0, -1) ? ' (the slash at its end is missing)' : ''
}

function seen(directive: Directive, request: RequestHead | null): string {
  const name = directive.key === 'browsermatch' ? 'User-Agent' : (directive.args[0] ?? '')
  const value = request === null ? undefined : fieldValue(request.fields, name.toLowerCase())
  return value === undefined ? '' : ` (${name}: ${value})`
}

/** A condition on a variable: whether anything in the config could ever set it. */
function conditionSays(tree: Tree, directive: Directive): string {
  const condition = directive.args.find((word) => /^env=/i.test(word))?.slice(4) ?? ''
  const name = condition.replace(/^!/, '')
  if (condition.startsWith('!')) return `It did not fire: the variable ${name} is set.`
  if (mayBeSet(tree, name)) return `It did not fire: the variable ${name} is not set for this request.`
  const header = /^HTTP_/.test(name) ? ` (fields of a request are no variables at this point)` : ''
  return `It did not fire: no directive sets a variable ${name}${header}, so this line never does anything.`
}

/** Whether a `SetEnv`, `SetEnvIf` or the like names a variable. */
export function mayBeSet(tree: Tree, name: string): boolean {
  return tree.byId.some((each) => {
    if (!/^(setenv|setenvif|setenvifnocase|browsermatch|browsermatchnocase|passenv|rewriterule|setenvifexpr)$/.test(each.key)) return false
    return each.args.some((word) => word === name || word.startsWith(`${name}=`) || word.includes(`E=${name}`))
  })
}
