import { PrefixIndex } from '../../prefix-index.js'
import { override } from '../modules.js'

/** What httpd's cmd_parms says of the place where a directive stands. */
export interface Scope {
  /** Bits that a directive's own must meet. */
  readonly overrides: number
  /** Inside of a section for a part of the requests (`cmd->path`): `<Directory>`, `<Location>`, `<Files>`, `<If>`, `<Proxy>`. */
  readonly perRequest: boolean
  readonly virtual: boolean
  /** Inside of `<Limit>` or `<LimitExcept>`, or what counts as that. */
  readonly limited: boolean
  /** Where `Require` lines are gathered: one group a section. */
  readonly authorization: AuthorizationGroup
  /** The last `<If>`, `<ElseIf>` or `<Else>` of this section. */
  readonly conditions: { last: '<If' | '<ElseIf' | '<Else' | null }
  readonly server: ServerFacts
}
export interface AuthorizationGroup {
  /** null: a group that comes into being with its first line, any of which suffices. */
  readonly name: '<RequireAll>' | '<RequireAny>' | '<RequireNone>' | null
  count: number
  /** How many of them are not `Require not`. */
  positive: number
}
/** What checks remember of one server, main or virtual. */
export interface ServerFacts {
  /** Balancers by name. */
  readonly balancers: Set<string>
  /** Workers by group and name. */
  readonly workers: PrefixIndex<true>
}

/** ap_process_config_tree's start: authorization is not for a whole server. */
export function serverScope(): Scope {
  return {
    overrides: (override.server | override.all) & ~(override.authConfig | override.limit),
    perRequest: false,
    virtual: false,
    limited: false,
    authorization: newGroup(null),
    conditions: { last: null },
    server: serverFacts()
  }
}
/** Nothing is remembered yet. */
export function serverFacts(): ServerFacts {
  return { balancers: new Set(), workers: new PrefixIndex() }
}
export function newGroup(name: AuthorizationGroup['name']): AuthorizationGroup {
  return { name, count: 0, positive: 0 }
}
/** Inside of a section that configures a part of the requests. */
export function requestScope(scope: Scope, overrides: number = override.all | override.directory): Scope {
  return { ...scope, overrides, perRequest: true, authorization: newGroup(null), conditions: { last: null } }
}
