import { SwitchyardError } from '../../../shared/errors.js'
import type { NativeRoute } from './native-config.js'
import { patterns } from './read-config.js'

const example = "For example: --route '/ws/=ws://127.0.0.1:3000/'"

/**
 * Reads one `--route '[HOST]/PATH=URL'`.
 * @throws SwitchyardError `bad-argument`, which names the part that is wrong
 */
export function routeFromArgument(text: string): NativeRoute {
  const scheme = /=[A-Za-z][A-Za-z0-9+.-]*:\/\//.exec(text)
  const equals = scheme?.index ?? text.indexOf('=')
  if (equals < 0) throw refused(text, 'has no "=" between path and origin')
  const from = text.slice(0, equals)
  const to = text.slice(equals + 1)
  const slash = from.indexOf('/')
  const host = slash < 0 ? from : from.slice(0, slash)
  const match = slash < 0 ? '' : from.slice(slash)
  if (host !== '' && !patterns.host.test(host))
    throw refused(text, `has ${quoted(host)} where a path that begins with "/", or a host name, is expected`)
  if (isBareWord(host) && match !== '') throw forgotSlash(text, host)
  if (!patterns.match.test(match)) throw refused(text, `needs a path in ASCII that begins with "/", without "?" and "#", before the "="`)
  checkOrigin(text, to)
  return host === '' ? { match, to } : { match, host, to }
}

/** A host of production has a dot: `ws/=…` is a path whose first slash was forgotten. */
function isBareWord(host: string): boolean {
  return /^[A-Za-z0-9_-]+$/.test(host) && host.toLowerCase() !== 'localhost'
}
function forgotSlash(text: string, word: string): SwitchyardError {
  return new SwitchyardError(
    'bad-argument',
    `--route ${quoted(text)} has ${quoted(word)} where a path that begins with "/", or a host name with a dot, is expected.`,
    {
      hint: `For a path: --route '/${text}'`
    }
  )
}

function checkOrigin(text: string, to: string): void {
  if (patterns.to.test(to)) return
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(to)?.[1]
  if (scheme === undefined) throw refused(text, `needs a URL after the "=", such as ws://127.0.0.1:3000/, not ${quoted(to)}`)
  if (!['ws', 'wss', 'http', 'https'].includes(scheme))
    throw refused(text, `names the scheme ${quoted(scheme)}; ws, wss, http and https are known`)
  if (/[?#]/.test(to)) throw refused(text, 'has a query or a fragment in its origin; the query of the request goes on by itself')
  if (to.includes('@')) throw refused(text, 'has a user name in its origin; set an Authorization field in a switchyard.json instead')
  const port = /^[^/]*\/\/(?:\[[^\]]*\]|[^:/]*):([^/]*)/.exec(to)?.[1]
  if (port !== undefined && !(Number(port) >= 1 && Number(port) <= 65_535))
    throw refused(text, `has the port ${quoted(port)}; ports go from 1 to 65535`)
  throw refused(text, `has an origin that cannot be read: ${quoted(to)}`)
}

function refused(text: string, why: string): SwitchyardError {
  return new SwitchyardError('bad-argument', `--route ${quoted(text)} ${why}.`, { hint: example })
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 119)}…` : text)
}
