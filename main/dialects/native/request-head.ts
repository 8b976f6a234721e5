import { hasMember, indexOfField, listMembers } from '../../../shared/fields.js'
import type { Fields } from '../../../shared/fields.js'
import type { RequestHead } from '../../../shared/heads.js'
import type { Arrival } from '../../../shared/site.js'
import { editFields } from './field-edits.js'
import type { Forward } from './routes.js'

/** Where a request wants to go, taken out of its head once. */
export interface Wanted {
  /** As in the Host field (or the authority of an absolute target, RFC 9112 §3.2.2). */
  readonly authority: string
  /** Path as sent, without query. */
  readonly path: string
  /** With its question mark; empty where there is none. */
  readonly query: string
}

/** @returns null for a target that names no path of a host: `*`, `host:port`; one with a user or an empty host (RFC 9110 §4.2) */
export function wantedBy(head: RequestHead): Wanted | null {
  let { target } = head
  const at = indexOfField(head.fields, 'host')
  let authority = at < 0 ? '' : (head.fields[at + 1] as string)
  if (target.charCodeAt(0) !== 0x2f) {
    const parts = /^https?:\/\/([^/?#@]+)(.*)$/i.exec(target)
    if (parts === null || (parts[2] as string).startsWith('@')) return null
    authority = parts[1] as string
    target = (parts[2] as string).startsWith('/') ? (parts[2] as string) : `/${parts[2] as string}`
  }
  const mark = target.indexOf('?')
  return mark < 0 ? { authority, path: target, query: '' } : { authority, path: target.slice(0, mark), query: target.slice(mark) }
}

/** A Host without its port, lower case. */
export function hostName(authority: string): string {
  return authority
    .replace(/:\d*$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase()
}

/**
 * What a client asks to upgrade to, as far as the route lets it (RFC 9110 §7.8): null where it does not ask, may not, or
 * does not name it in Connection. An HTTP/1.0 client's wish is not one.
 */
export function upgradeAsked(head: RequestHead, action: Forward): string | null {
  if (action.upgrade === 'none') return null
  const at = indexOfField(head.fields, 'upgrade')
  if (at < 0 || head.version !== 'HTTP/1.1') return null
  if (!hasMember(head.fields, 'connection', 'upgrade')) return null
  const tokens = listMembers(head.fields, 'upgrade')
  if (action.upgrade === 'any') return tokens.length === 0 ? null : tokens.join(', ')
  return tokens.find((token) => token.toLowerCase() === 'websocket') ?? null
}

/** Whether the 101 names something that was asked for. */
export function upgradeAgrees(asked: string, fields: Fields): boolean {
  const names = asked.split(',').map((name) => name.trim().toLowerCase())
  const answered = listMembers(fields, 'upgrade')
  return answered.length > 0 && answered.every((name) => names.includes(name.toLowerCase()))
}

export function hasBody(fields: Fields): boolean {
  const at = indexOfField(fields, 'content-length')
  return (at >= 0 && fields[at + 1] !== '0') || indexOfField(fields, 'transfer-encoding') >= 0
}

/** The head that goes to the origin: the client's fields in their order, the connection's own taken out, X-Forwarded-* put behind. */
export function originHead(
  head: RequestHead,
  arrival: Arrival,
  action: Forward,
  authority: string,
  target: string,
  upgrade: string | null
): RequestHead {
  const nominated = nominatedBy(head.fields, upgrade !== null && action.upgrade === 'any')
  const fields: string[] = []
  let forwardedFor = ''
  let counted = false
  let host = action.hostField ?? authority
  for (let i = 0; i < head.fields.length; i += 2) {
    const name = head.fields[i] as string
    const value = head.fields[i + 1] as string
    switch (name.toLowerCase()) {
      case 'host':
        fields.push(name, host)
        host = ''
        break
      case 'connection':
      case 'upgrade':
      case 'keep-alive':
      case 'proxy-connection':
      case 'te':
      case 'trailer':
      case 'x-forwarded-proto':
      case 'x-forwarded-host':
        break
      case 'content-length':
        // Several that say the same go on as one (RFC 9110 §8.6).
        if (!counted) fields.push(name, value)
        counted = true
        break
      case 'x-forwarded-for':
        forwardedFor += `${value}, `
        break
      default:
        if (nominated === null || !nominated.has(name.toLowerCase())) fields.push(name, value)
    }
  }
  // HTTP/1.0 needs no Host, 1.1 does (RFC 9112 §3.2).
  if (host !== '') fields.unshift('Host', host)
  fields.push('X-Forwarded-For', forwardedFor + arrival.client.address, 'X-Forwarded-Proto', arrival.tls === null ? 'http' : 'https')
  if (authority !== '') fields.push('X-Forwarded-Host', authority)
  const edited = editFields(fields, action.requestEdits)
  if (upgrade !== null) edited.push('Connection', connectionFor(head, action), 'Upgrade', upgrade)
  return { method: head.method, target, version: 'HTTP/1.1', fields: edited }
}

/** Some upgrades nominate fields of theirs, such as HTTP2-Settings: they go along. */
function connectionFor(head: RequestHead, action: Forward): string {
  if (action.upgrade !== 'any') return 'Upgrade'
  return listMembers(head.fields, 'connection')
    .filter((option) => !/^(?:close|keep-alive)$/i.test(option))
    .join(', ')
}

/** Names that Connection nominates beside its usual words; null where there are none, as nearly always. */
function nominatedBy(fields: Fields, keep: boolean): ReadonlySet<string> | null {
  const at = indexOfField(fields, 'connection')
  if (at < 0 || keep) return null
  const value = fields[at + 1] as string
  if (indexOfField(fields, 'connection', at + 2) < 0 && /^(?:keep-alive|close|upgrade|keep-alive, upgrade)$/i.test(value)) return null
  // Some name fields that no hop may take away; those stay (RFC 9110 §7.6.1).
  const names = listMembers(fields, 'connection').map((option) => option.toLowerCase())
  return new Set(names.filter((name) => !endToEnd.has(name)))
}
const endToEnd: ReadonlySet<string> = new Set(['host', 'content-length', 'transfer-encoding', 'cache-control', 'authorization', 'cookie'])
