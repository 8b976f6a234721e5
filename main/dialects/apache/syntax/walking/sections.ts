import { override } from '../modules.js'
import { nextWord } from '../words.js'
import { compiles } from '../checks/pattern.js'
import { expressionError } from '../checks/expression.js'
import { virtualHostAddressError } from '../checks/address.js'
import { proxySectionError } from '../checks/proxy-section.js'
import { authenticationAliasError, requireAliasError } from '../checks/require.js'
import { contextError, globalOnly, notIn, serverOnly } from './context.js'
import type { Section, SectionCall } from './call.js'
import { newGroup, requestScope, serverFacts } from './scope.js'

/** What a section's line says between its name and the last `>`; or what httpd says of it. */
function headOf(call: SectionCall, forbidden: number): { head: string } | { error: string } {
  const error = contextError(call.name, call.node, call.scope, forbidden)
  if (error !== null) return { error }
  const end = call.text.lastIndexOf('>')
  return end === -1 ? { error: `${call.name}> directive missing closing '>'` } : { head: call.text.slice(0, end) }
}
function requiredHead(call: SectionCall, forbidden: number): { head: string } | { error: string } {
  const found = headOf(call, forbidden)
  return 'error' in found || found.head !== '' ? found : { error: `${call.name}> directive requires additional arguments` }
}
const tooMany = (call: SectionCall) => `Multiple ${call.name}> arguments not (yet) supported.`
const badPattern = 'Regex could not be compiled'

/** A section whose argument is a path, or a pattern: always, or behind `~`. */
function pathSection(forbidden: number, always: boolean): Section {
  return (call) => {
    const found = requiredHead(call, forbidden)
    if ('error' in found) return found.error
    const first = nextWord(found.head)
    const tilde = !always && first.word === '~'
    const { word, rest } = tilde ? nextWord(first.rest) : first
    if ((always || tilde) && !compiles(word)) return badPattern
    call.walk(requestScope(call.scope, call.name.startsWith('<Files') && call.scope.perRequest ? call.scope.overrides : undefined))
    return rest === '' ? null : tooMany(call)
  }
}

const virtualHost: Section = (call) => {
  const found = requiredHead(call, globalOnly & ~notIn.virtualHost)
  const nests = contextError(call.name, call.node, call.scope, globalOnly)
  if (nests !== null) return nests
  if ('error' in found) return found.error
  const error = virtualHostAddressError(found.head)
  if (error !== null) return error
  call.walk({ ...call.scope, virtual: true, authorization: newGroup(null), conditions: { last: null }, server: serverFacts() })
  return null
}

const danglingElse = '<Else> or <ElseIf> section without previous <If> or <ElseIf> section in same scope'
function condition(name: '<If' | '<ElseIf' | '<Else'): Section {
  const takesExpression = name !== '<Else'
  return (call) => {
    const found = takesExpression ? requiredHead(call, notIn.limit) : headOf(call, notIn.limit)
    if ('error' in found) return found.error
    if (!takesExpression && found.head !== '') return '<Else> does not take an argument'
    const { word, rest } = nextWord(found.head)
    const wrong = takesExpression ? expressionError(word) : null
    if (wrong !== null) return `Cannot parse condition clause: ${wrong}`
    call.walk(requestScope(call.scope, call.scope.perRequest ? call.scope.overrides : undefined))
    const { conditions } = call.scope
    if (name !== '<If' && (conditions.last === null || conditions.last === '<Else')) return danglingElse
    conditions.last = name
    return rest === '' ? null : `Multiple ${call.name}> arguments not supported.`
  }
}

function limit(except: boolean): Section {
  return (call) => {
    const found = requiredHead(call, 0)
    if ('error' in found) return found.error
    if (!except && / TRACE /.test(` ${found.head} `)) return 'TRACE cannot be controlled by <Limit>, see TraceEnable'
    call.walk({ ...call.scope, limited: true })
    return null
  }
}

const onlyNegative = '<RequireAll> directive contains only negative authorization directives'
function requireGroup(name: '<RequireAll>' | '<RequireAny>' | '<RequireNone>'): Section {
  return (call) => {
    const found = headOf(call, 0)
    if ('error' in found) return found.error
    if (found.head !== '') return `${call.name}> directive doesn't take additional arguments`
    const outer = call.scope.authorization
    const group = newGroup(name)
    call.walk({ ...call.scope, overrides: override.authConfig, limited: true, authorization: group })
    if (group.count === 0) return `${name} directive contains no authorization directives`
    if (name === '<RequireNone>' && outer.name !== '<RequireAll>')
      return `${name} directive has no effect in ${outer.name ?? '<RequireAny>'} directive`
    if (name === '<RequireAll>' && group.positive === 0) call.reading.refuseLater(onlyNegative, call.node.span)
    outer.count++
    if (name !== '<RequireNone>') outer.positive++
    return null
  }
}

/** `<AuthnProviderAlias>`, `<AuthzProviderAlias>`: a provider with settings of its own. */
function providerAlias(words: number, check: Section): Section {
  return (call) => {
    const found = requiredHead(call, globalOnly)
    if ('error' in found) return found.error
    const first = nextWord(found.head)
    if (words > 1 && nextWord(first.rest).word === '') return `${call.name}> directive requires additional arguments`
    call.walk({ ...call.scope, overrides: override.authConfig | override.directory })
    return check(call)
  }
}

const proxySection: Section = (call) => {
  const found = headOf(call, serverOnly)
  if ('error' in found) return found.error
  const { word: path, rest } = nextWord(found.head)
  if (call.name === '<ProxyMatch' && !compiles(path)) return badPattern
  call.walk(requestScope(call.scope, override.all | override.directory | override.proxy))
  return proxySectionError(call, path, rest)
}

/** Sections by lower-case name. What is not here is walked in the scope around it. */
export const sections: ReadonlyMap<string, Section> = new Map<string, Section>([
  ['<virtualhost', virtualHost],
  ['<directory', pathSection(serverOnly, false)],
  ['<directorymatch', pathSection(serverOnly, true)],
  ['<location', pathSection(serverOnly, false)],
  ['<locationmatch', pathSection(serverOnly, true)],
  ['<files', pathSection(notIn.location | notIn.limit, false)],
  ['<filesmatch', pathSection(notIn.location | notIn.limit, true)],
  ['<if', condition('<If')],
  ['<elseif', condition('<ElseIf')],
  ['<else', condition('<Else')],
  ['<limit', limit(false)],
  ['<limitexcept', limit(true)],
  ['<requireall', requireGroup('<RequireAll>')],
  ['<requireany', requireGroup('<RequireAny>')],
  ['<requirenone', requireGroup('<RequireNone>')],
  ['<authnprovideralias', providerAlias(2, authenticationAliasError)],
  ['<authzprovideralias', providerAlias(2, requireAliasError)],
  ['<proxy', proxySection],
  ['<proxymatch', proxySection]
])
