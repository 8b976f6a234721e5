import type { Check } from '../walking/call.js'
import { allWords } from '../words.js'
import { parseAddress } from './address.js'
import { stringExpressionError } from './expression.js'
import { missingPath } from './files.js'
import { atoi, duration } from './numbers.js'
import { hasReason } from './status.js'

const serverName: Check = ({ words: [name = ''] }) => {
  if (/[*?]|\[[^\]]*\]/.test(name)) return `Invalid ServerName "${name}" use ServerAlias to set multiple server names.`
  const host = name.includes('://') ? name.slice(name.indexOf('://') + 3) : name
  const colon = host.indexOf(':')
  const port = colon === -1 ? 1 : atoi(host.slice(colon + 1))
  return port > 0 && port < 65536 ? null : `The port number "${name}" is outside the appropriate range (i.e., 1..65535).`
}

const serverAlias: Check = ({ scope }) => (scope.virtual ? null : 'ServerAlias only used in <VirtualHost>')

/** httpd refuses a root that the main server lacks, and warns of a virtual host's (its `Warning:` is said by the finding). A desk need not have either. */
const documentRoot: Check = (call) => {
  const path = call.reading.path(call.words[0] ?? '')
  if (call.reading.host.stat(path) === 'directory') return null
  if (call.scope.virtual) return missingPath(call, `DocumentRoot [${path}] does not exist`)
  return missingPath(call, `DocumentRoot '${path}' is not a directory, or is not readable`)
}

const listen: Check = ({ words, reading }) => {
  if (words.length < 1 || words.length > 2) return 'Listen requires 1 or 2 arguments.'
  const address = parseAddress(words[0] ?? '')
  if (address === null) return 'Invalid address or port'
  if (address.port === null) return 'Port must be specified'
  const key = `${address.host === '*' ? '' : (address.host ?? '')}:${address.port}`
  if (reading.listeners.has(key)) return 'Cannot define multiple Listeners on the same IP:port'
  reading.listeners.add(key)
  // A name is looked up by httpd. Whether a production machine finds it is not for a desk to say, but one that is none fails everywhere.
  return address.host === null || address.host === '*' || /^[\w.:-]+$/.test(address.host) ? null : 'Listen setup failed'
}

const errorDocument: Check = ({ words: [status = '', text = ''] }) => {
  if (!hasReason(atoi(status))) return `Unsupported HTTP response code ${status}`
  if (text.toLowerCase() === 'default') return null
  const wrong = stringExpressionError(text)
  return wrong === null ? null : `Cannot parse expression in ErrorDocument: ${wrong}`
}

/** `Error`: says what it is told to. */
const error: Check = ({ text }) => {
  if (text === '') return 'The Error directive was used with no message.'
  const quoted = /^["']/.test(text) && text.endsWith(text.slice(0, 1))
  return quoted ? text.slice(1, -1) : text
}

const optionNames = new Set(
  'indexes includes includesnoexec followsymlinks symlinksifownermatch execcgi multiviews runscripts none all'.split(' ')
)
const options: Check = ({ text }) => {
  const words = allWords(text)
  const mixed = 'Either all Options must start with + or -, or no Option may.'
  let merging = false
  let wholesale = false
  for (const [i, word] of words.entries()) {
    const signed = /^[+-]/.test(word)
    if (signed && !merging && i > 0 && !wholesale) return mixed
    if (!signed && merging) return mixed
    merging ||= signed
    const option = signed ? word.slice(1) : word
    const key = option.toLowerCase()
    if (!optionNames.has(key)) return `Illegal option ${option}`
    if (key !== 'none' && key !== 'all') continue
    const shown = key === 'none' ? 'None' : 'All'
    if (i > 0) return `'Options ${shown}' must be the first ${key === 'none' ? 'Option' : 'option'} given.`
    if (merging) return `You may not use 'Options +${shown}' or 'Options -${shown}'.`
    wholesale = true
  }
  return null
}

const overrides = new Set('limit options fileinfo authconfig indexes none all'.split(' '))
const allowOverride: Check = ({ text }) => {
  for (const word of allWords(text)) {
    const [key = '', ...value] = word.split('=')
    const lower = key.toLowerCase()
    if (lower === 'nonfatal') {
      if (value.length === 0) return `=Override, =Unknown or =All expected after ${key}`
    } else if (!overrides.has(lower)) return `Illegal override option ${key}`
  }
  return null
}

const levels = new Set('emerg alert crit error warn notice info debug trace1 trace2 trace3 trace4 trace5 trace6 trace7 trace8'.split(' '))
const unknownLevel = 'Log level keyword must be one of emerg/alert/crit/error/warn/notice/info/debug/trace1/.../trace8'
const logLevel: Check = ({ words, reading }) => {
  for (const word of words) {
    const colon = word.lastIndexOf(':')
    const level = word.slice(colon + 1)
    const module = word.slice(0, Math.max(colon, 0))
    if (colon !== -1 && level === '') return `Module specifier '${module}' must be followed by a log level keyword`
    if (!levels.has(level.toLowerCase())) return colon === -1 ? unknownLevel : `${module}:${level}: ${unknownLevel}`
    if (colon !== -1 && !reading.modules.has(module) && !reading.modules.has(`${module}_module`)) return `Cannot find module ${module}`
  }
  return null
}

/** The number must not be below 0. */
const notNegative =
  (addition = ''): Check =>
  ({ name, words: [word = ''] }) =>
    atoi(word) < 0 ? `${name} "${word}" must be a non-negative integer${addition}` : null

const limitRequestBody: Check = ({ words: [word = ''] }) =>
  /^[\t-\r ]*\+?\d+$/.test(word) ? null : 'LimitRequestBody requires a non-negative integer.'

const keepAliveTimeout: Check = ({ words: [word = ''] }) => (duration(word, 's') === null ? 'KeepAliveTimeout has wrong format' : null)

const protocolOptions = new Set('allow0.9 require1.0 strict unsafe registeredmethods lenientmethods'.split(' '))
const httpProtocolOptions: Check = ({ words }) =>
  words.every((word) => protocolOptions.has(word.toLowerCase()))
    ? null
    : "HttpProtocolOptions accepts 'Unsafe' or 'Strict' (default), 'RegisteredMethods' or 'LenientMethods' (default), and 'Require1.0' or 'Allow0.9' (default)"

const recursion: Check = ({ words }) => (words.every((word) => atoi(word) > 0) ? null : 'The recursion limit must be greater than zero.')

export const core: readonly (readonly [string, Check])[] = [
  ['servername', serverName],
  ['serveralias', serverAlias],
  ['documentroot', documentRoot],
  ['listen', listen],
  ['errordocument', errorDocument],
  ['error', error],
  ['options', options],
  ['allowoverride', allowOverride],
  ['loglevel', logLevel],
  ['limitrequestline', notNegative()],
  ['limitrequestfieldsize', notNegative()],
  ['limitrequestfields', notNegative(' (0 = no limit)')],
  ['limitrequestbody', limitRequestBody],
  ['keepalivetimeout', keepAliveTimeout],
  ['httpprotocoloptions', httpProtocolOptions],
  ['limitinternalrecursion', recursion]
]
