import type { Command, Module } from '../config/module.js'
import type { Directive } from '../tree.js'
import { compileCondition, type Condition } from '../expr/expression.js'
import { network, type Network } from './network.js'

/** A `Require` line or a `<RequireAll>` and its kin; `not` turns what it says around. */
export type Rule =
  | { readonly kind: 'granted' | 'denied'; readonly not: boolean; readonly id: number }
  | { readonly kind: 'address'; readonly networks: readonly Network[]; readonly not: boolean; readonly id: number }
  | { readonly kind: 'expr'; readonly condition: Condition; readonly not: boolean; readonly id: number }
  | { readonly kind: 'local'; readonly not: boolean; readonly id: number }
  | { readonly kind: 'env'; readonly names: readonly string[]; readonly not: boolean; readonly id: number }
  | { readonly kind: 'method'; readonly names: readonly string[]; readonly not: boolean; readonly id: number }
  | { readonly kind: 'all' | 'any' | 'none'; readonly rules: readonly Rule[]; readonly not: boolean; readonly id: number }

/** `Order`, `Allow`, `Deny` of mod_access_compat. */
export interface HostRule {
  readonly allow: boolean
  readonly networks: readonly Network[] | 'all'
  readonly env: string | null
  readonly id: number
}
export interface AuthzDir {
  rules: Rule[]
  order?: 'denyAllow' | 'allowDeny' | 'mutual'
  hosts: HostRule[]
}
type AuthzCommand = Command<null, AuthzDir>
type Place = Parameters<AuthzCommand>[0]

const require: AuthzCommand = (place) => {
  const rule = requireRule(place, place.directive)
  if (rule !== null) place.dir.rules.push(rule)
}

function requireRule(place: Place, directive: Directive): Rule | null {
  let words = directive.args
  const not = words[0]?.toLowerCase() === 'not'
  if (not) words = words.slice(1)
  const [provider = '', ...values] = words
  const id = directive.id
  switch (provider.toLowerCase()) {
    case 'all':
      return { kind: values[0]?.toLowerCase() === 'granted' ? 'granted' : 'denied', not, id }
    case 'ip':
      return { kind: 'address', networks: values.flatMap((each) => network(each) ?? []), not, id }
    case 'local':
      return { kind: 'local', not, id }
    case 'env':
      return { kind: 'env', names: values, not, id }
    case 'method':
      return { kind: 'method', names: values.map((each) => each.toUpperCase()), not, id }
    case 'expr': {
      const condition = compileCondition(values.length === 1 ? (values[0] as string) : directive.text.replace(/^\s*(not\s+)?expr\s+/i, ''))
      if (condition !== null) return { kind: 'expr', condition, not, id }
      place.say('unsupported-directive', 'warning', `The expression of ${directive.name} is not modelled yet.`, { routing: true })
      return null
    }
    default:
      place.say(
        'unsupported-directive',
        'warning',
        `Require ${provider} is not modelled yet: who may come in is not decided as in production.`,
        {
          routing: true
        }
      )
      return null
  }
}

function container(kind: 'all' | 'any' | 'none'): AuthzCommand {
  return (place) => {
    const rule = containerRule(place, place.directive, kind)
    if (rule !== null) place.dir.rules.push(rule)
  }
}
const containers: Readonly<Record<string, 'all' | 'any' | 'none'>> = { requireall: 'all', requireany: 'any', requirenone: 'none' }

function containerRule(place: Place, directive: Directive, kind: 'all' | 'any' | 'none'): Rule | null {
  const rules = directive.children.flatMap((child) => {
    const inner = containers[child.key]
    return (inner === undefined ? requireRule(place, child) : containerRule(place, child, inner)) ?? []
  })
  return rules.length === 0 ? null : { kind, rules, not: false, id: directive.id }
}

const orders: Readonly<Record<string, NonNullable<AuthzDir['order']>>> = {
  'deny,allow': 'denyAllow',
  'allow,deny': 'allowDeny',
  'mutual-failure': 'mutual'
}

function hosts(allow: boolean): AuthzCommand {
  return (place) => {
    const id = place.directive.id
    for (const word of place.args.slice(1)) {
      if (word.toLowerCase() === 'all') place.dir.hosts.push({ allow, networks: 'all', env: null, id })
      else if (word.toLowerCase().startsWith('env=')) place.dir.hosts.push({ allow, networks: [], env: word.slice(4), id })
      else {
        const found = network(word)
        if (found !== null) place.dir.hosts.push({ allow, networks: [found], env: null, id })
        else
          place.say('unsupported-directive', 'warning', `${place.directive.name} from ${word}: clients are not known by name here.`, {
            routing: true
          })
      }
    }
  }
}

export const authzModule: Module<null, AuthzDir> = {
  createServer: () => null,
  mergeServer: () => null,
  createDir: () => ({ rules: [], hosts: [] }),
  // AuthMerging Off: what a section says replaces what stood around it
  mergeDir: (base, add) => {
    const order = add.order ?? base.order
    return {
      rules: add.rules.length > 0 ? add.rules : base.rules,
      hosts: add.hosts.length > 0 ? add.hosts : base.hosts,
      ...(order === undefined ? {} : { order })
    }
  },
  commands: {
    require,
    requireall: container('all'),
    requireany: container('any'),
    requirenone: container('none'),
    order: ({ dir, args }) => void (dir.order = orders[(args[0] ?? '').toLowerCase()] ?? 'denyAllow'),
    allow: hosts(true),
    deny: hosts(false)
  }
}
