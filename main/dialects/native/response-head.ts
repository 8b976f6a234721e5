import { fieldValue, indexOfField, listMembers } from '../../../shared/fields.js'
import type { Fields } from '../../../shared/fields.js'
import type { RequestHead, ResponseHead } from '../../../shared/heads.js'
import type { Persist } from '../../../shared/steps.js'
import { editFields } from './field-edits.js'
import type { FieldEdits } from './field-edits.js'

/** How long a kept connection may stay silent, and how long its next head may take. */
export const kept: Persist = { keep: true, idleMs: 75_000, headMs: 30_000 }
export const ended: Persist = { keep: false, idleMs: 0, headMs: 0 }

const reasons: Readonly<Record<number, string>> = {
  200: 'OK',
  204: 'No Content',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  414: 'URI Too Long',
  426: 'Upgrade Required',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'HTTP Version Not Supported'
}

export function reasonOf(status: number): string {
  return reasons[status] ?? ''
}

/** Whether the client wants its connection kept (RFC 9112 §9.3). */
export function wantsKept(head: RequestHead): boolean {
  const at = indexOfField(head.fields, 'connection')
  if (at < 0) return head.version === 'HTTP/1.1'
  const options = listMembers(head.fields, 'connection').map((option) => option.toLowerCase())
  return !options.includes('close') && (head.version === 'HTTP/1.1' || options.includes('keep-alive'))
}

/** The origin's final head as the client gets it, framed as the client's version allows, and whether its connection goes on. */
export function clientHead(
  request: RequestHead,
  head: ResponseHead,
  edits: FieldEdits | null,
  mayKeep: boolean
): { readonly head: ResponseHead; readonly persist: Persist } {
  const modern = request.version === 'HTTP/1.1'
  const bodyless = request.method === 'HEAD' || head.status === 204 || head.status === 304
  const chunked = indexOfField(head.fields, 'transfer-encoding') >= 0
  const delimited = bodyless || (!chunked && indexOfField(head.fields, 'content-length') >= 0)
  const fields = passedOn(head, modern && !(bodyless && chunked), chunked)
  if (modern && !delimited && !chunked) fields.push('Transfer-Encoding', 'chunked')
  const keep = mayKeep && (modern || delimited)
  const edited = editFields(fields, edits)
  connectionField(edited, modern, keep)
  return { head: { version: 'HTTP/1.1', status: head.status, reason: head.reason, fields: edited }, persist: keep ? kept : ended }
}

/** The head of an answer made here, `Content-Length` and `Connection` included. `bytes`: null where the status has no body. */
export function ownHead(
  request: RequestHead | null,
  status: number,
  fields: Fields,
  bytes: number | null,
  mayKeep: boolean
): { readonly head: ResponseHead; readonly persist: Persist } {
  const own = bytes === null ? [...fields] : [...fields, 'Content-Length', String(bytes)]
  connectionField(own, request === null || request.version === 'HTTP/1.1', mayKeep)
  return { head: { version: 'HTTP/1.1', status, reason: reasonOf(status), fields: own }, persist: mayKeep ? kept : ended }
}

/** The 101 for the client: as the origin wrote it, but for what the route changes. */
export function switchingHead(head: ResponseHead, edits: FieldEdits | null): ResponseHead | 'asReceived' {
  return edits === null ? 'asReceived' : { ...head, fields: editFields([...head.fields], edits) }
}

/** Fields of the connection stay behind; `Upgrade` goes on with a 426, which is nothing without it (RFC 9110 §15.5.22). */
function passedOn(head: ResponseHead, keepCoding: boolean, chunked: boolean): string[] {
  const nominated = listMembers(head.fields, 'connection').map((option) => option.toLowerCase())
  const fields: string[] = []
  let counted = false
  for (let i = 0; i < head.fields.length; i += 2) {
    const name = head.fields[i] as string
    switch (name.toLowerCase()) {
      case 'connection':
      case 'keep-alive':
      case 'proxy-connection':
      case 'te':
      case 'trailer':
        continue
      case 'upgrade':
        if (head.status !== 426) continue
        break
      case 'transfer-encoding':
        if (!keepCoding) continue
        break
      case 'content-length':
        // Beside a coding it says nothing true (RFC 9112 §6.3); several that say the same go on as one (RFC 9110 §8.6).
        if (!chunked && !counted) fields.push(name, (head.fields[i + 1] as string).replace(/[ \t]*,.*$/, ''))
        counted = true
        continue
      default:
        if (nominated.length > 0 && nominated.includes(name.toLowerCase())) continue
    }
    fields.push(name, head.fields[i + 1] as string)
  }
  return fields
}

function connectionField(fields: string[], modern: boolean, keep: boolean): void {
  const upgrade = fieldValue(fields, 'upgrade') !== undefined
  if (!keep) fields.push('Connection', upgrade ? 'Upgrade, close' : 'close')
  else if (upgrade) fields.push('Connection', 'Upgrade')
  else if (!modern) fields.push('Connection', 'keep-alive')
}
