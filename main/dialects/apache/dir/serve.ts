import type { FileFacts, Step } from '../../../../shared/steps.js'
import { answerHead } from '../http/answer-head.js'
import { ownUrl } from '../http/server-name.js'
import { set } from '../http/table.js'
import { escapePath } from '../http/uri.js'
import { allowed } from '../core/methods.js'
import type { Flow } from '../request/flow.js'
import type { Request } from '../request/request.js'
import { entityTag, preconditions } from './conditions.js'
import { rangeOf } from './range.js'
import { namedSo, withCharset } from './types.js'

/** mod_dir and the default handler: a file, the index of a directory, or the way there. */
export function serveFile(flow: Flow, r: Request, files: readonly FileFacts[]): Step {
  const [asked, ...indexes] = files
  if (asked === undefined) return flow.die(r, 404)
  if (asked.kind === 'directory') {
    if (!r.uri.endsWith('/')) return slash(flow, r)
    const index = indexes.find((file) => file.kind === 'file')
    return index === undefined ? noIndex(flow, r, asked) : send(flow, r, index)
  }
  if (asked.kind === 'file' && !r.uri.endsWith('/')) return send(flow, r, asked)
  return notThere(flow, r, asked)
}

function slash(flow: Flow, r: Request): Step {
  if (r.dir.dir.slash === false) return flow.die(r, 404)
  const url = ownUrl(r, `${escapePath(r.uri)}/`)
  set(r.out, 'Location', r.args === null ? url : `${url}?${r.args}`)
  return flow.die(r, 301)
}

function noIndex(flow: Flow, r: Request, directory: FileFacts): Step {
  const { fallback } = r.dir.dir
  if (fallback !== undefined && r.prev === null) {
    r.tookPart(fallback.id)
    return flow.redirect(r, fallback.path)
  }
  const names = (r.dir.dir.index ?? ['index.html']).join(',')
  const why = 'and server-generated directory index forbidden by Options directive'
  flow.log('error', 'autoindex', 'AH01276', `Cannot serve directory ${directory.path}: No matching DirectoryIndex (${names}) found, ${why}`)
  return flow.die(r, 403)
}

function notThere(flow: Flow, r: Request, file: FileFacts): Step {
  const { fallback } = r.dir.dir
  if (file.kind === 'missing' && fallback !== undefined && r.prev === null) {
    r.tookPart(fallback.id)
    return flow.redirect(r, fallback.path)
  }
  if (file.kind === 'denied') {
    flow.log(
      'error',
      'core',
      'AH00035',
      `access to ${r.uri} denied (filesystem path '${file.path}') because search permissions are missing on a component of the path`
    )
    return flow.die(r, 403)
  }
  if (r.method === 'OPTIONS') return allowed(r)
  flow.log('info', 'core', 'AH00128', `File does not exist: ${file.path}`)
  return flow.die(r, file.kind === 'other' ? 403 : 404)
}

function send(flow: Flow, r: Request, file: FileFacts): Step {
  if (r.method === 'OPTIONS') return allowed(r)
  if (r.method !== 'GET' && r.method !== 'HEAD' && r.method !== 'POST') return flow.die(r, 405)
  set(r.out, 'Last-Modified', new Date(Math.floor(Math.min(file.mtimeMs, r.nowUs / 1000) / 1000) * 1000).toUTCString())
  const tag = entityTag(r, file)
  if (tag !== null) set(r.out, 'ETag', tag)
  set(r.out, 'Accept-Ranges', 'bytes')
  const named = namedSo(r, file.path)
  r.contentType = withCharset(r, named.type)
  const verdict = r.prev === null ? preconditions(r, file, tag) : null
  if (verdict === 412) return flow.die(r, 412)
  if (verdict === 304) return notModified(r)
  r.named = named
  return sendBytes(flow, r, file, tag)
}

function notModified(r: Request): Step {
  r.status = 304
  const { head, persist } = answerHead(r, { filters: 'all', length: null, proxied: false })
  return { do: 'respond', head, body: [], persist }
}

function sendBytes(flow: Flow, r: Request, file: FileFacts, tag: string | null): Step {
  const range = r.status === 200 ? rangeOf(r, file.bytes, tag, file.mtimeMs) : null
  if (range === 'unsatisfiable') {
    set(r.errOut, 'Content-Range', `bytes */${file.bytes}`)
    return flow.die(r, 416)
  }
  const part = { path: file.path, fromByte: range?.from ?? 0, bytes: range?.bytes ?? file.bytes }
  if (range !== null) r.status = 206
  set(r.out, 'Content-Length', String(part.bytes))
  if (range !== null) set(r.out, 'Content-Range', `bytes ${range.from}-${range.from + range.bytes - 1}/${file.bytes}`)
  const { head, persist } = answerHead(r, { filters: 'all', length: null, proxied: false })
  return { do: 'respond', head, body: r.headerOnly || part.bytes === 0 ? [] : [part], persist }
}
