import type { Check } from '../walking/call.js'
import { allWords } from '../words.js'
import { expressionError } from './expression.js'
import { missingPath } from './files.js'
import { atoi } from './numbers.js'

const file: Check = (call) => {
  const path = call.reading.path(call.words[0] ?? '')
  if (/^(engine|pkcs11):/.test(call.words[0] ?? '')) return null
  if (call.reading.host.stat(path) === 'file' && call.reading.host.readFile(path) !== '') return null
  return missingPath(call, `${call.name}: file '${path}' does not exist or is empty`)
}
const folder: Check = (call) => {
  const path = call.reading.path(call.words[0] ?? '')
  return call.reading.host.stat(path) === 'directory' ? null : missingPath(call, `${call.name}: directory '${path}' does not exist`)
}

const protocols = new Set(['SSLv3', 'TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3', 'all'].map((name) => name.toLowerCase()))
const protocol: Check = ({ name, text }) => {
  for (const word of allWords(text)) {
    const plain = word.replace(/^[+-]/, '')
    const lower = plain.toLowerCase()
    if (lower === 'sslv2' && !word.startsWith('-')) return 'SSLProtocol: SSLv2 is no longer supported'
    if (lower === 'sslv3' && !word.startsWith('-')) return 'SSLv3 not supported by this version of OpenSSL'
    if (lower !== 'sslv2' && !protocols.has(lower)) return `${name}: Illegal protocol '${plain}'`
  }
  return null
}

const cipherSuite: Check = ({ words: [first = '', second], scope }) => {
  if (second === undefined || first === 'SSL') return null
  if (first !== 'TLSv1.3') return `protocol '${first}' not supported`
  return scope.perRequest ? 'TLSv1.3 ciphers cannot be set inside a directory context' : null
}

const depth: Check = ({ name, words: [word = ''] }) => (atoi(word) < 0 ? `${name}: Invalid argument '${word}'` : null)

const optionNames = new Set(
  'stdenvvars exportcertdata fakebasicauth strictrequire optrenegotiate legacydnstringformat exportbothcertdata'.split(' ')
)
const options: Check = ({ text }) => {
  const unknown = allWords(text)
    .map((word) => word.replace(/^[+-]/, ''))
    .find((word) => !optionNames.has(word.toLowerCase()))
  return unknown === undefined ? null : `SSLOptions: Illegal option '${unknown}'`
}

const sslRequire: Check = ({ text }) => {
  const wrong = expressionError(text)
  return wrong === null ? null : `Cannot parse expression: ${wrong}`
}

const sessionCache: Check = ({ words: [word = ''], reading }) => {
  const name = word.split(':')[0] ?? ''
  if (/^(none|nonenotnull)$/i.test(word) || reading.modules.has(`socache_${name}_module`)) return null
  return `SSLSessionCache: '${name}' session cache not supported (known names: ). Maybe you need to load the appropriate socache module (mod_socache_${name}?).`
}

const seconds: Check = ({ name, words: [word = ''] }) => (atoi(word) < 0 ? `${name}: Invalid argument` : null)

export const ssl: readonly (readonly [string, Check])[] = [
  ...['certificatefile', 'certificatekeyfile', 'certificatechainfile', 'cacertificatefile', 'cadnrequestfile', 'carevocationfile'].map(
    (name) => [`ssl${name}`, file] as const
  ),
  ...[
    'proxycacertificatefile',
    'proxycarevocationfile',
    'proxymachinecertificatefile',
    'proxymachinecertificatechainfile',
    'sessionticketkeyfile'
  ].map((name) => [`ssl${name}`, file] as const),
  ...[
    'cacertificatepath',
    'cadnrequestpath',
    'carevocationpath',
    'proxycacertificatepath',
    'proxycarevocationpath',
    'proxymachinecertificatepath'
  ].map((name) => [`ssl${name}`, folder] as const),
  ['sslprotocol', protocol],
  ['sslproxyprotocol', protocol],
  ['sslciphersuite', cipherSuite],
  ['sslproxyciphersuite', cipherSuite],
  ['sslverifydepth', depth],
  ['sslproxyverifydepth', depth],
  ['ssloptions', options],
  ['sslrequire', sslRequire],
  ['sslsessioncache', sessionCache],
  ['sslsessioncachetimeout', seconds]
]
