import type { Check, CheckCall, SectionCall } from '../walking/call.js'
import { allWords, nextWord } from '../words.js'
import { subnetError, subnetSays } from './address.js'
import { expressionError, stringExpressionError } from './expression.js'

type Provider = { readonly module: string; readonly check?: (rest: string, call: CheckCall) => string | null }

const unparsed = (wrong: string | null) => (wrong === null ? null : `Cannot parse expression in require line: ${wrong}`)
const expressions = (rest: string) => unparsed(stringExpressionError(rest))

const methods = new Set(
  'GET PUT POST DELETE CONNECT OPTIONS TRACE PATCH PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK VERSION-CONTROL CHECKOUT UNCHECKOUT CHECKIN UPDATE LABEL REPORT MKWORKSPACE MKACTIVITY BASELINE-CONTROL MERGE'.split(
    ' '
  )
)
function methodsError(rest: string): string | null {
  const unknown = allWords(rest).find((word) => !methods.has(word))
  return unknown === undefined ? null : `Invalid Method '${unknown}'`
}

function addressesError(rest: string): string | null {
  const words = allWords(rest)
  if (words.length === 0 || words[0] === '') return "'require ip' requires an argument"
  for (const word of words) {
    const wrong = subnetError(word)
    if (wrong !== null) return `ip address '${word}' appears to be invalid${wrong === 'no address' ? '' : `: ${subnetSays[wrong]}`}`
  }
  return null
}

/** Authorization providers by the word behind `Require`, with the module that registers each. */
const providers: Readonly<Record<string, Provider>> = {
  all: {
    module: 'authz_core',
    check: (rest) => (/^(granted|denied)$/i.test(rest) ? null : "Argument for 'Require all' must be 'granted' or 'denied'")
  },
  env: { module: 'authz_core' },
  method: { module: 'authz_core', check: methodsError },
  expr: { module: 'authz_core', check: (rest) => unparsed(expressionError(rest.replace(/^"(.*)"$/s, '$1'))) },
  ip: { module: 'authz_host', check: addressesError },
  host: { module: 'authz_host', check: expressions },
  'forward-dns': { module: 'authz_host', check: expressions },
  local: { module: 'authz_host' },
  user: { module: 'authz_user', check: expressions },
  'valid-user': { module: 'authz_user' },
  group: { module: 'authz_groupfile', check: expressions },
  'file-group': { module: 'authz_owner' },
  'file-owner': { module: 'authz_owner' },
  'dbm-group': { module: 'authz_dbm' },
  'dbm-file-group': { module: 'authz_dbm' },
  'dbd-group': { module: 'authz_dbd' },
  'dbd-login': { module: 'authz_dbd' },
  'dbd-logout': { module: 'authz_dbd' },
  'ldap-user': { module: 'authnz_ldap' },
  'ldap-group': { module: 'authnz_ldap' },
  'ldap-dn': { module: 'authnz_ldap' },
  'ldap-attribute': { module: 'authnz_ldap' },
  'ldap-filter': { module: 'authnz_ldap' },
  'ldap-search': { module: 'authnz_ldap' },
  ssl: { module: 'ssl', check: (rest) => (rest === '' ? null : "'Require ssl' does not take arguments") },
  'ssl-verify-client': { module: 'ssl', check: (rest) => (rest === '' ? null : "'Require ssl-verify-client' does not take arguments") }
}

/** Whether a provider is there to ask, and takes what it is told. */
function providerError(call: CheckCall, name: string, rest: string): string | null {
  const provider = Object.hasOwn(providers, name) ? providers[name] : undefined
  if (call.reading.authorizationAliases.has(name)) return null
  if (provider !== undefined && call.reading.modules.has(`${provider.module}_module`)) return provider.check?.(rest, call) ?? null
  return call.reading.modules.foreign ? null : `Unknown Authz provider: ${name}`
}

const require: Check = (call) => {
  const first = nextWord(call.text)
  const negated = first.word.toLowerCase() === 'not'
  const { word, rest } = negated ? nextWord(first.rest) : first
  const wrong = providerError(call, word, rest)
  if (wrong !== null) return wrong
  const group = call.scope.authorization
  if (negated && group.name !== '<RequireAll>')
    return `negative Require directive has no effect in ${group.name ?? '<RequireAny>'} directive`
  group.count++
  if (!negated) group.positive++
  return null
}

/** What mod_authn_core says of `<AuthnProviderAlias provider alias>`. */
export function authenticationAliasError(call: SectionCall): string | null {
  const [provider = '', alias = ''] = allWords(call.text.slice(0, call.text.lastIndexOf('>')))
  const wrong = authProvider({ ...call, words: [provider] })
  if (wrong === null) call.reading.authenticationAliases.add(alias)
  return wrong
}

/** What mod_authz_core says of `<AuthzProviderAlias provider alias arguments>`. */
export function requireAliasError(call: SectionCall): string | null {
  const [provider = '', alias = '', rest = ''] = allWords(call.text.slice(0, call.text.lastIndexOf('>')))
  const wrong = providerError(call, provider, rest)
  if (wrong === null) call.reading.authorizationAliases.add(alias)
  return wrong === null || wrong.startsWith('Unknown') ? wrong : `Can't parse 'Require ${provider} ${rest}': ${wrong}`
}

const allowDeny: Check = ({ words: [from = '', ...places] }) => {
  if (places.length > 0 && from.toLowerCase() !== 'from') return "allow and deny must be followed by 'from'"
  for (const place of places) {
    if (/^env=|^all$/i.test(place)) continue
    const wrong = subnetError(place)
    if (wrong === 'bad mask' || wrong === 'bad address') return subnetSays[wrong]
    if (wrong !== null && place.includes('/')) return 'An IP address was expected'
    if (wrong !== null && place.includes('#')) return 'No comments are allowed here'
  }
  return null
}

/** Authentication providers, with the module that registers each. */
const authentication: Readonly<Record<string, string>> = {
  file: 'authn_file',
  dbm: 'authn_dbm',
  dbd: 'authn_dbd',
  anon: 'authn_anon',
  socache: 'authn_socache',
  ldap: 'authnz_ldap'
}
const authProvider: Check = ({ words, reading }) => {
  const known = (name: string) => reading.modules.has(`${authentication[name] ?? ''}_module`) || reading.authenticationAliases.has(name)
  const unknown = words.find((name) => !known(name))
  return unknown === undefined || reading.modules.foreign ? null : `Unknown Authn provider: ${unknown}`
}

const authType: Check = ({ words: [text = ''] }) => {
  const wrong = stringExpressionError(text)
  return wrong === null ? null : `Cannot parse expression '${text}' in AuthType: ${wrong}`
}

export const access: readonly (readonly [string, Check])[] = [
  ['require', require],
  ['authbasicprovider', authProvider],
  ['authtype', authType],
  ['allow', allowDeny],
  ['deny', allowDeny]
]
