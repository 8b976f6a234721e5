import type { Explanation } from '../../../shared/contract.js'
import { fieldValue, hasMember } from '../../../shared/fields.js'
import type { Fields } from '../../../shared/fields.js'
import type { RequestHead, ResponseHead } from '../../../shared/heads.js'
import type { Step, Target } from '../../../shared/steps.js'
import type { AddressMap } from '../address-map.js'
import type { PortMapping } from './port-mapping.js'

/** A step that would be done next, and what was asked for. */
export interface Told {
  readonly step: Step
  readonly asked: RequestHead | null
  readonly addresses: AddressMap
  readonly ports: PortMapping | null
}
type Outcome = Pick<Explanation, 'outcome' | 'head'>

/** A step in one plain sentence, and the head that would go out with it. */
export function outcomeOf({ step, asked, addresses, ports }: Told): Outcome {
  switch (step.do) {
    case 'send':
      return { outcome: sentWords(step.head, step.to, asked, addresses), head: originHead(step.head) }
    case 'respond':
      return answeredHere(ports?.out(step.head) ?? step.head)
    case 'close':
      return { outcome: 'the connection is closed without an answer', head: null }
    default:
      return { outcome: 'nothing is sent', head: null }
  }
}

function sentWords(head: RequestHead, to: Target, asked: RequestHead | null, addresses: AddressMap): string {
  const upgrades = asksUpgrade(head.fields)
  const scheme = `${upgrades ? 'ws' : 'http'}${to.tls === null ? '' : 's'}`
  const standard = to.port === (to.tls === null ? 80 : 443)
  const url =
    to.path === undefined
      ? `${scheme}://${bracketed(to.host)}${standard ? '' : `:${to.port}`}${head.target}`
      : `${to.path} for ${head.target}`
  const address = addresses.addressOf(to)
  const mapped = address.host === to.host && address.port === to.port ? '' : `, mapped to ${bracketed(address.host)}:${address.port}`
  return `sent to ${url}${mapped} ${sentAs(upgrades, asked)}`
}

function sentAs(upgrades: boolean, asked: RequestHead | null): string {
  if (upgrades) return 'as an upgrade'
  return asked !== null && asksUpgrade(asked.fields) ? 'as plain HTTP, without its upgrade' : 'as plain HTTP'
}

function asksUpgrade(fields: Fields): boolean {
  return fieldValue(fields, 'upgrade') !== undefined && hasMember(fields, 'connection', 'upgrade')
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

function originHead({ method, target, version, fields }: RequestHead): Outcome['head'] {
  return { to: 'origin', startLine: `${method} ${target} ${version}`, fields: pairs(fields) }
}

function answeredHere({ version, status, reason, fields }: ResponseHead): Outcome {
  const location = fieldValue(fields, 'location')
  const words = reason === '' ? String(status) : `${status} ${reason}`
  return {
    outcome: `answered here with ${words}${location === undefined ? '' : `, to ${location}`}`,
    head: { to: 'client', startLine: `${version} ${words}`, fields: pairs(fields) }
  }
}

function pairs(fields: Fields): (readonly [string, string])[] {
  return Array.from({ length: fields.length / 2 }, (_, at) => [fields[2 * at] as string, fields[2 * at + 1] as string] as const)
}
