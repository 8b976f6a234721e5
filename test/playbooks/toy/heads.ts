import { fieldValue, indexOfField, listMembers } from '../../../shared/fields.js'
import type { Fields } from '../../../shared/fields.js'
import type { RequestHead, ResponseHead } from '../../../shared/heads.js'

const reasons: Readonly<Record<number, string>> = {
  100: 'Continue',
  302: 'Found',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  421: 'Misdirected Request',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout'
}

/** Fields of one connection, which a proxy does not pass on (RFC 9110 §7.6.1). */
const ofTheConnection = ['connection', 'upgrade', 'keep-alive', 'te']

export function bodyText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1').trimEnd()
}

export function plainHead(status: number, fields: Fields = []): ResponseHead {
  return { version: 'HTTP/1.1', status, reason: reasons[status] ?? '', fields }
}

export function answerHead(status: number, fields: Fields, bytes: number): ResponseHead {
  return plainHead(status, [...fields, 'Content-Length', String(bytes)])
}

/** The head that goes to an origin: Host is the origin's, the connection's fields are left behind. */
export function forwardHead(
  request: RequestHead,
  to: { readonly host: string; readonly port: number },
  upgrading: boolean,
  hideExpect: boolean
): RequestHead {
  const kept = without(request.fields, hideExpect ? [...ofTheConnection, 'host', 'expect'] : [...ofTheConnection, 'host'])
  const fields = ['Host', `${to.host}:${to.port}`, ...kept, 'X-Forwarded-Host', fieldValue(request.fields, 'host') ?? '']
  if (upgrading) fields.push('Connection', 'Upgrade', 'Upgrade', fieldValue(request.fields, 'upgrade') as string)
  return { method: request.method, target: request.target, version: 'HTTP/1.1', fields }
}

/** A question aside has the request's fields, but neither its body nor its wish to upgrade. */
export function asideHead(request: RequestHead, path: string, to: { readonly host: string; readonly port: number }): RequestHead {
  const kept = without(request.fields, [...ofTheConnection, 'host', 'content-length', 'transfer-encoding', 'expect'])
  const fields = ['Host', `${to.host}:${to.port}`, ...kept, 'X-Original-Target', request.target]
  return { method: 'GET', target: path.replace('@', '/'), version: 'HTTP/1.1', fields }
}

/** An origin's head as the client gets it. */
export function relayedHead(request: RequestHead, head: ResponseHead, added: Fields, keep: boolean): ResponseHead {
  const dropped = request.version === 'HTTP/1.1' ? ofTheConnection : [...ofTheConnection, 'transfer-encoding']
  const fields = [...without(head.fields, dropped), ...added, ...(keep ? [] : ['Connection', 'close'])]
  return { version: 'HTTP/1.1', status: head.status, reason: head.reason, fields }
}

/** Whether the client's connection can go on: it speaks 1.1, does not say close, and the answer's end shows. */
export function keepsAlive(request: RequestHead, head: ResponseHead): boolean {
  const ends =
    indexOfField(head.fields, 'content-length') >= 0 || indexOfField(head.fields, 'transfer-encoding') >= 0 || head.status === 204
  return request.version === 'HTTP/1.1' && ends && !listMembers(request.fields, 'connection').includes('close')
}

function without(fields: Fields, names: readonly string[]): string[] {
  const kept: string[] = []
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] as string
    if (!names.includes(name.toLowerCase())) kept.push(name, fields[i + 1] as string)
  }
  return kept
}
