import { fieldValue } from '../../../../shared/fields.js'
import { substitute } from '../http/regex.js'
import type { Request } from '../request/request.js'
import type { EnvDir, EnvRule } from './module.js'

/** mod_setenvif: sets variables by what a request looks like; by server when it was read, by directory before access checks. */
export function applyRules(r: Request, rules: readonly EnvRule[]): void {
  for (const rule of rules) {
    const value = valueOf(r, rule) ?? ''
    const match = rule.pattern.exec(value)
    if (match === null) {
      r.missedBy(rule.id)
      continue
    }
    r.tookPart(rule.id)
    for (const { name, value: set } of rule.sets) {
      if (set === null) r.env.delete(name)
      else r.env.set(name, substitute(set, match))
    }
  }
}

function valueOf(r: Request, rule: EnvRule): string | undefined {
  switch (rule.of) {
    case 'remoteAddr':
      return r.arrival.client.address
    case 'serverAddr':
      return r.arrival.address
    case 'uri':
      return r.uri
    case 'method':
      return r.method
    case 'protocol':
      return r.protocolText
    case 'named':
      return fieldValue(r.headersIn, rule.name.toLowerCase()) ?? r.env.get(rule.name)
    case 'namedLike':
      return lastLike(r, rule.nameLike)
  }
}

function lastLike(r: Request, name: RegExp | null): string | undefined {
  let value: string | undefined
  if (name === null) return value
  for (let i = 0; i < r.headersIn.length; i += 2) if (name.test(r.headersIn[i] as string)) value = r.headersIn[i + 1]
  return value
}

/** mod_env at fixups. */
export function applyFixed(r: Request, fixed: EnvDir['fixed']): void {
  for (const { name, value, id } of fixed) {
    r.tookPart(id)
    if (value === null) r.env.delete(name)
    else r.env.set(name, value)
  }
}
