import { aliasOf, redirectOf } from '../alias/redirect.js'
import { granted } from '../authz/check.js'
import { directoryWalk, fileWalk, locationWalk, proxyWalk } from '../core/walk.js'
import type { Walked } from '../config/server.js'
import { serveFile } from '../dir/serve.js'
import { applyFixed, applyRules } from '../env/apply.js'
import { fixHeaders } from '../headers/fixup.js'
import { cleaned, isClean } from '../http/uri.js'
import { serveProxied } from '../proxy/handler.js'
import { destination, translateProxy, type Destination } from '../proxy/translate.js'
import { answerOptions, answerTrace } from '../core/methods.js'
import type { FileFacts, Step } from '../../../../shared/steps.js'
import type { Flow } from './flow.js'
import { mostCandidates, candidates } from '../dir/candidates.js'
import type { Request } from './request.js'

/** After the head was read: early headers, then variables. */
export function postReadRequest(r: Request): void {
  const { headers } = r.server.base
  if (headers.request.length > 0) fixHeaders(r, r.headersIn, headers.request, true)
  if (headers.always.length > 0) fixHeaders(r, r.errOut, headers.always, true)
  if (headers.onSuccess.length > 0) fixHeaders(r, r.out, headers.onSuccess, true)
  if (r.server.conf.env.rules.length > 0) applyRules(r, r.server.conf.env.rules)
}

/** ap_process_request_internal, then the handler: each phase in httpd's own order. */
export function process(flow: Flow, r: Request): Step {
  const status = translate(r)
  if (status !== null) return flow.die(r, status)
  const base = r.server.plain
  if (r.proxied !== null) {
    const walked = locationWalk(r, proxyWalk(r, r.proxied, base))
    r.dir = walked.conf
    return handleProxied(flow, r, r.proxied)
  }
  if (r.method === 'TRACE') return answerTrace(flow, r)
  if (r.unparsedUri === '*' && r.method === 'OPTIONS') return answerOptions(r)
  return handleFile(flow, r, base)
}

/** Location walk, then translate_name: mod_proxy, then mod_alias, then the core's DocumentRoot. */
function translate(r: Request): number | null {
  r.dir = locationWalk(r, r.server.plain).conf
  const path = isClean(r.uri)
    ? r.uri
    : cleaned(r.uri, {
        mergeSlashes: r.server.conf.core.mergeSlashes !== false,
        encodedSlashes: r.dir.core.encodedSlashes ?? 'off'
      })
  if (typeof path === 'number') return path
  if (path !== r.uri) {
    r.uri = path
    r.dir = locationWalk(r, r.server.plain).conf
  }
  r.proxied = translateProxy(r)
  if (r.proxied !== null) return null
  return translateAlias(r)
}

function translateAlias(r: Request): number | null {
  const { alias } = r.server.conf
  if (alias.redirects.length > 0 || r.dir.alias.whole !== undefined) {
    const status = redirectOf(r, r.dir.alias, alias.redirects)
    if (status !== null) return status
  }
  r.filename = aliasOf(r, alias.aliases)
  if (r.filename !== null) return null
  if (!r.uri.startsWith('/') && r.uri !== '*') return 400
  const root = r.server.conf.core.documentRoot
  if (root !== undefined) r.routedBy(root.id)
  r.filename = r.server.documentRoot.replace(/\/$/, '') + r.uri
  return null
}

/** header_parser, access_checker: null where the request may go on. */
function access(flow: Flow, r: Request, what: string): Step | null {
  if (r.dir.env.rules.length > 0) applyRules(r, r.dir.env.rules)
  if (granted(r, r.dir.authz)) return null
  flow.log('error', 'authz_core', 'AH01630', `client denied by server configuration: ${what}`)
  return flow.die(r, 403)
}

/** fixups that all requests go through; a status ends them. */
function fixups(r: Request): number | null {
  if (r.dir.env.fixed.length > 0) applyFixed(r, r.dir.env.fixed)
  const { alias } = r.dir
  if (alias.redirects.length > 0 || alias.whole !== undefined) {
    const status = redirectOf(r, alias, alias.redirects)
    if (status !== null) return status
  }
  if (r.dir.headers.request.length > 0) fixHeaders(r, r.headersIn, r.dir.headers.request, false)
  return null
}

function handleProxied(flow: Flow, r: Request, proxied: NonNullable<Request['proxied']>): Step {
  const refused = access(flow, r, `proxy:${proxied.real}${proxied.rest}`)
  if (refused !== null) return refused
  const to = destination(r, proxied)
  if (to === 403) return flow.die(r, 403)
  if (to !== null && 'unreadable' in to) {
    flow.log('error', 'proxy_http', 'AH01083', `error parsing URL ${to.unreadable}: Invalid host/port`)
    return flow.die(r, 400)
  }
  const status = fixups(r)
  if (status !== null) return flow.die(r, status)
  return to === null ? noHandler(flow, r, proxied.real) : serveProxied(flow, r, to satisfies Destination)
}

function noHandler(flow: Flow, r: Request, url: string): Step {
  const scheme = url.split(':')[0] ?? ''
  flow.log('warning', 'proxy', 'AH01144', `No protocol handler was valid for the URL ${r.uri} (scheme '${scheme}').`)
  return flow.die(r, 500)
}

function handleFile(flow: Flow, r: Request, base: Walked): Step {
  const file = r.filename ?? ''
  if (file.includes('\0') || r.uri === '*') return flow.die(r, 400)
  // what was cleaned by its slashes must not leave the root by backslashes, which part folders on Windows
  if (/\\\.\.(?:[\\/]|$)|\/\.\.\\/.test(r.uri)) return flow.die(r, 404)
  const directories = fileWalk(r, file, directoryWalk(r, file, base))
  r.dir = locationWalk(r, directories).conf
  const refused = access(flow, r, file)
  if (refused !== null) return refused
  return flow.wait({ do: 'lookAt', paths: candidates(r, file) }, (outcome) => {
    if (outcome.was !== 'files') return flow.die(r, 500)
    return fixAndServe(flow, r, outcome.files.slice(0, mostCandidates))
  })
}

function fixAndServe(flow: Flow, r: Request, files: readonly FileFacts[]): Step {
  const status = fixups(r)
  return status !== null ? flow.die(r, status) : serveFile(flow, r, files)
}
