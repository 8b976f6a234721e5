import type { ToyConfig, ToyLocation } from './toy/config.js'

/** The texts that wire scripts are made of: requests as clients write them and as the toy sends them on, answers, frames. */

export const listen = [{ port: 8080 }]
export const config = (locations: Readonly<Record<string, ToyLocation>>, more: Partial<ToyConfig> = {}): ToyConfig => ({
  listen,
  locations,
  ...more
})

/** Lines ended as HTTP ends them; the empty line of a head is written out. */
export function lines(...all: readonly string[]): string {
  return all.map((line) => `${line}\r\n`).join('')
}

/** A client's request without body. */
export const asks = (target: string, ...fields: string[]): string => lines(`GET ${target} HTTP/1.1`, 'Host: www.test', ...fields, '')
/** The same as an origin gets it. */
export const asked = (origin: string, target: string, ...fields: string[]): string =>
  lines(`GET ${target} HTTP/1.1`, `Host: ${origin}:80`, ...fields, 'X-Forwarded-Host: www.test', '')

export const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='
export const upgrades = (target: string, version = 'HTTP/1.1'): string =>
  lines(`GET ${target} ${version}`, 'Host: www.test', 'Upgrade: websocket', 'Connection: Upgrade', key, '')
export const upgraded = (origin: string, target: string): string =>
  lines(`GET ${target} HTTP/1.1`, `Host: ${origin}:80`, key, 'X-Forwarded-Host: www.test', 'Connection: Upgrade', 'Upgrade: websocket', '')
export const switches = lines(
  'HTTP/1.1 101 Switching Protocols',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
  ''
)
export const ok = (body: string, ...fields: string[]): string =>
  lines('HTTP/1.1 200 OK', ...fields, `Content-Length: ${body.length}`, '') + body
export const says = (status: string, more: readonly string[] = []): string => {
  const body = `${status.slice(0, 3)} says the toy\n`
  return lines(`HTTP/1.1 ${status}`, 'Content-Type: text/plain', `Content-Length: ${body.length}`, ...more, '') + body
}
export const closes = ['Connection: close']

/** RFC 6455 §5.7: a single-frame text message "Hello", masked and not. */
export const helloMasked = '\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58'
export const hello = '\x81\x05Hello'

export const post = (...fields: string[]): string => lines('POST /form HTTP/1.1', 'Host: www.test', 'Content-Length: 5', ...fields, '')
export const posted = (origin: string, ...fields: string[]): string =>
  lines('POST /form HTTP/1.1', `Host: ${origin}:80`, 'Content-Length: 5', ...fields, 'X-Forwarded-Host: www.test', '')
export const bad = lines('HTTP/1.1 502 Bad Gateway', 'Content-Length: 3', '') + 'bad'
