import type { ResponseHead } from '../../../../shared/heads.js'
import type { Request } from '../request/request.js'
import { findToken, get, unset, type Table } from '../http/table.js'
import { reverseCookie, reverseLocation } from './reverse.js'
import { viaValue } from './request-head.js'

export interface OriginAnswer {
  /** The origin's fields as mod_proxy_http keeps them: mapped back, those of one hop gone, cookies last. */
  readonly table: Table
  readonly upgrade: string | null
  readonly transferEncoding: string | null
  readonly closes: boolean
}

const hopByHop = ['keep-alive', 'proxy-authenticate', 'te', 'trailer', 'upgrade'] as const

/** Reads an origin's head into an answer's table. */
export function originAnswer(r: Request, head: ResponseHead): OriginAnswer {
  const table: Table = []
  const cookies: Table = []
  for (let i = 0; i < head.fields.length; i += 2) {
    const name = head.fields[i] as string
    const value = head.fields[i + 1] as string
    if (name.length === 10 && name.toLowerCase() === 'set-cookie') cookies.push(name, reverseCookie(r, value))
    else table.push(name, mapped(r, name, value))
  }
  const transferEncoding = get(table, 'transfer-encoding') ?? null
  if (transferEncoding !== null) unset(table, 'content-length')
  const upgrade = get(table, 'upgrade') ?? null
  const closes = clearConnection(table)
  for (const name of hopByHop) unset(table, name)
  // on a 101 the cookies stay where the table's end is, too
  table.push(...cookies)
  const via = r.server.conf.proxy.via ?? 'off'
  if (via === 'on' || via === 'full') table.push('Via', viaValue(r))
  return { table, upgrade, transferEncoding, closes }
}

function mapped(r: Request, name: string, value: string): string {
  switch (name.length) {
    case 3:
    case 8:
    case 11:
    case 16:
      return locations.has(name.toLowerCase()) ? reverseLocation(r, value) : value
    default:
      return value
  }
}
const locations = new Set(['location', 'content-location', 'uri', 'destination'])

/** Takes `Connection` out with every field that it nominates. True: it said close. */
function clearConnection(table: Table): boolean {
  const connection = get(table, 'connection')
  if (connection === undefined) return false
  for (const name of connection.split(',')) {
    const lower = name.trim().toLowerCase()
    if (lower !== '') unset(table, lower)
  }
  unset(table, 'connection')
  unset(table, 'proxy-connection')
  return findToken(connection, 'close')
}
