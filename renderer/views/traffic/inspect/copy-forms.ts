import type { ExchangeRow } from '../../../../shared/rows.js'

/** A payload as base64. */
export function base64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(text)
}

interface Place {
  readonly url: string
  readonly tls: boolean
}

/**
 * A line for a shell that opens the same tunnel again through the listener here, under the host that was asked for; without cookies
 * and authorization.
 */
export function connectLine(
  exchange: Pick<ExchangeRow, 'scheme' | 'host' | 'target' | 'subprotocol'>,
  listeners: readonly Place[]
): string {
  const { scheme, host, target, subprotocol } = exchange
  const tls = scheme === 'https'
  const listener = listeners.find((each) => each.tls === tls)
  const at = listener === undefined ? host : new URL(listener.url).host
  const words = ['switchyard', 'connect', quoted(`${tls ? 'wss' : 'ws'}://${at}${target}`)]
  if (at !== host) words.push('--header', quoted(`Host: ${host}`))
  if (subprotocol !== '') words.push('--protocol', quoted(subprotocol))
  return words.join(' ')
}
/** In single quotes where a shell would read something into it. */
function quoted(word: string): string {
  return /^[\w:/.,@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
