import { holdsFor as expressionHolds } from '../expr/expression.js'
import type { Request } from '../request/request.js'
import type { AuthzDir, HostRule, Rule } from './module.js'
import { addressBytes, holds } from './network.js'

/** Whether a request may come in: mod_authz_core's rules, and mod_access_compat's where they are used. */
export function granted(r: Request, conf: AuthzDir): boolean {
  return hostsGranted(r, conf) && rulesGranted(r, conf.rules)
}

/** Rules side by side are as in `<RequireAny>`; none at all lets everybody in. */
function rulesGranted(r: Request, rules: readonly Rule[]): boolean {
  if (rules.length === 0) return true
  return anyOf(r, rules) === true
}

/** true: granted · false: denied · null: says nothing (a `not` alone never grants). */
function verdict(r: Request, rule: Rule): boolean | null {
  const plain = holdsFor(r, rule)
  r.tookPart(rule.id)
  if (!rule.not) return plain
  return plain === true ? false : null
}

function holdsFor(r: Request, rule: Rule): boolean | null {
  switch (rule.kind) {
    case 'granted':
      return true
    case 'denied':
      return false
    case 'address': {
      const address = addressBytes(r.arrival.client.address)
      return rule.networks.some((each) => holds(each, address))
    }
    case 'expr':
      return expressionHolds(r, rule.condition)
    case 'local':
      return isLocal(r)
    case 'env':
      return rule.names.some((name) => r.has(name))
    case 'method':
      return rule.names.includes(r.method)
    case 'all':
      return allOf(r, rule.rules)
    case 'any':
      return anyOf(r, rule.rules)
    case 'none':
      return rule.rules.some((each) => verdict(r, each) === true) ? false : null
  }
}

function isLocal(r: Request): boolean {
  const { address } = r.arrival.client
  return address === '::1' || address.startsWith('127.') || address === r.arrival.address
}

function allOf(r: Request, rules: readonly Rule[]): boolean | null {
  let result: boolean | null = null
  for (const rule of rules) {
    const each = verdict(r, rule)
    if (each === false) return false
    if (each === true) result = true
  }
  return result
}

function anyOf(r: Request, rules: readonly Rule[]): boolean | null {
  let result: boolean | null = null
  for (const rule of rules) {
    const each = verdict(r, rule)
    if (each === true) return true
    if (each === false) result = false
  }
  return result
}

function hostsGranted(r: Request, conf: AuthzDir): boolean {
  if (conf.hosts.length === 0 && conf.order === undefined) return true
  const allowed = conf.hosts.some((rule) => rule.allow && matches(r, rule))
  const denied = conf.hosts.some((rule) => !rule.allow && matches(r, rule))
  if (conf.order === 'allowDeny' || conf.order === 'mutual') return allowed && !denied
  return allowed || !denied
}

function matches(r: Request, rule: HostRule): boolean {
  const is =
    rule.networks === 'all' ||
    (rule.env !== null && envHolds(r, rule.env)) ||
    rule.networks.some((each) => holds(each, addressBytes(r.arrival.client.address)))
  if (is) r.tookPart(rule.id)
  return is
}

function envHolds(r: Request, name: string): boolean {
  return name.startsWith('!') ? !r.has(name.slice(1)) : r.has(name)
}
