import type { Check } from '../walking/call.js'
import { allWords } from '../words.js'
import { subnetError, subnetSays } from './address.js'
import { expressionError } from './expression.js'
import { missingPath } from './files.js'
import { compiles } from './pattern.js'

/** mod_reqtimeout. */
const requestReadTimeout: Check = ({ text }) => {
  for (const word of allWords(text)) {
    const [, key, value = ''] = /^([^=]*)=(.*)$/s.exec(word) ?? []
    if (key === undefined) return "Invalid RequestReadTimeout parameter. Parameter must be in the form 'key=value'"
    const wrong = stageError(key, value)
    if (wrong !== null) return `RequestReadTimeout: ${key}=${value}: ${wrong}`
  }
  return null
}
function stageError(key: string, value: string): string | null {
  if (!/^(handshake|header|body)$/i.test(key)) return 'Unknown RequestReadTimeout parameter'
  const [, initial = value, rate] = /^(.*?),minrate=(.*)$/is.exec(value) ?? []
  if (rate === undefined) return value.includes('-') ? 'Must set MinRate option if using timeout range' : numberError(value)
  if (numberError(rate) !== null) return numberError(rate)
  if (Number(rate) === 0) return 'Minimum data rate must be larger than 0'
  const [from = '', to] = initial.split(/-(.*)/s)
  const wrong = (to === undefined ? null : numberError(to)) ?? numberError(from)
  if (wrong !== null) return wrong
  return to !== undefined && Number(to) !== 0 && Number(from) >= Number(to) ? 'Maximum timeout must be larger than initial timeout' : null
}
function numberError(text: string): string | null {
  if (text === '') return 'Number missing'
  return /^[\t-\r ]*\+?\d+$/.test(text) ? null : `Cannot parse '${text}' as number`
}

/** mod_remoteip. A name that is no address is looked up by httpd; here it is left alone, if it is one that can be. */
const trustedProxies: Check = ({ name, words }) => {
  for (const word of words) {
    const [address = '', mask] = word.split('/')
    if (!/^[\d.]+$|:/.test(address)) {
      if (mask !== undefined) return `RemoteIP: Error parsing IP ${word} the subnet /${mask} is invalid for ${name}`
      if (!/^[\w.-]*$/.test(address)) return `RemoteIP: Error parsing IP ${word} (Name or service not known error) for ${name}`
      continue
    }
    const wrong = subnetError(word)
    if (wrong !== null)
      return `RemoteIP: Error parsing IP ${word} (${wrong === 'bad mask' ? subnetSays[wrong] : subnetSays['bad address']} error) for ${name}`
  }
  return null
}

const substitute: Check = ({ text }) => {
  const line = allWords(text)[0] ?? ''
  if (!/^s/i.test(line)) return 'Bad Substitute format, must be an s/// pattern'
  const delimiter = line[1] ?? ''
  const parts = delimiter === '' ? [] : line.slice(2).split(delimiter)
  const [from = '', to, flags = ''] = parts
  if (from === '' || to === undefined) return 'Bad Substitute format, must be a complete s/// pattern'
  if (!/^[infq]*$/i.test(parts.slice(2).join(delimiter))) return 'Bad Substitute flag, only s///[infq] are supported'
  return /n/i.test(flags) || compiles(from) ? null : 'Substitute could not compile regex'
}

/** mod_log_config's condition. */
const customLog: Check = ({ words: [, , clause] }) => {
  if (clause === undefined || /^env=(?!$|!$)/i.test(clause)) return null
  if (/^env=/i.test(clause)) return 'missing environment variable name'
  if (!/^expr=/i.test(clause)) return 'error in condition clause'
  return clause.length === 5 ? 'missing condition' : expressionError(clause.slice(5))
}

const typesConfig: Check = (call) =>
  call.reading.host.stat(call.reading.path(call.words[0] ?? '')) === 'missing'
    ? missingPath(call, `${call.name}: ${call.words[0] ?? ''} is not here`)
    : null

export const otherModules: readonly (readonly [string, Check])[] = [
  ['requestreadtimeout', requestReadTimeout],
  ['remoteiptrustedproxy', trustedProxies],
  ['remoteipinternalproxy', trustedProxies],
  ['substitute', substitute],
  ['customlog', customLog],
  ['globallog', customLog],
  ['typesconfig', typesConfig]
]
